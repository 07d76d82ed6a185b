// SPDX-License-Identifier: MIT
// How alike two representations of the same rows are: three measures that know nothing of each other, of which none is
// the right one (ReSi, arXiv:2408.00531). None minds a rotation, a permutation of columns or one scale for all of them.
#pragma once

#include <cstdint>
#include <vector>

namespace ubp::search {

/// Which estimate of HSIC linear CKA is made of. `biased` is what arXiv:1905.00414 prints; it rises with the width
/// where that is near the number of rows, also between representations that have nothing in common. `unbiased` (Song
/// et al., JMLR 13, 2012; arXiv:2010.15327) does not, and may be below 0.
enum class Cka : std::uint8_t { biased, unbiased };

/// What is compared of a representation, computed once. Memory: 8 rows (rows + width) bytes and 8 rows^2.
class Representation {
 public:
  static constexpr std::int64_t kNeighbours = 10;

  /// `values`: [rows, width], finite, row-major. Columns that are constant but for rounding are 0 once centred.
  /// REQUIRES: rows > kNeighbours, width > 0. Throws std::invalid_argument.
  Representation(const std::vector<double>& values, std::int64_t rows, std::int64_t width);

  std::int64_t rows() const { return rows_; }
  std::int64_t width() const { return width_; }
  bool is_constant() const { return constant_; }  ///< all rows are equal

 private:
  friend double linear_cka(const Representation&, const Representation&, Cka);
  friend double procrustes(const Representation&, const Representation&);
  friend double neighbour_overlap(const Representation&, const Representation&);

  std::int64_t rows_, width_;
  bool constant_ = false;
  std::int64_t rank_ = 0;       ///< columns of `turned_`: the width, but no more than there are rows
  std::vector<double> turned_;  ///< [rows, rank]: centred, of unit norm, turned so that it is no wider than it is high
  std::vector<double> products_;    ///< [rows, rows], of rows of that
  std::vector<std::int64_t> near_;  ///< [rows, kNeighbours], each row's ascending
};

/// Linear CKA of the centred columns, 1 at the most; NaN if one is constant, or has no unbiased HSIC with itself.
double linear_cka(const Representation&, const Representation&, Cka);

/// The nuclear norm of X'Y, both centred and of unit Frobenius norm: 1 where a rotation makes the one of the other, 0
/// where they have nothing in common. The orthogonal Procrustes distance is 2 - 2 times this. NaN if one is constant.
double procrustes(const Representation&, const Representation&);

/// The mean over rows of the Jaccard index of their kNeighbours nearest rows by cosine, the row itself left out.
/// Cosines that differ by less than 1e-12 count as equal, of which the row with the smaller number is nearer; with a
/// row of zeros, every cosine is 0.
double neighbour_overlap(const Representation&, const Representation&);

/// Which estimate is honest for representations of these widths: `unbiased` as soon as one is wider than a tenth of the
/// rows.
Cka estimate_for(std::int64_t rows, std::int64_t widest);

}  // namespace ubp::search
