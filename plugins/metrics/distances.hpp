// SPDX-License-Identifier: MIT
// Squared Euclidean distances between rows, as matrix products.
#pragma once

#include <utility>

#include <xtensor-blas/xblas.hpp>

#include "rows.hpp"

namespace metrics {

/// d_j = |a - b_j|^2, never below 0, where it was -2 a b_j.
UBP_VECTORIZED static inline void add_norms(std::int64_t n, double norm, const double* __restrict norms,
                                            double* __restrict d) {
  for (std::int64_t j = 0; j < n; ++j) d[j] = std::max(0.0, norm + norms[j] + d[j]);
}

/// Rows between which distances are asked for. Equal rows have equal distances, to the last bit: neighbours and
/// clusters depend on ties. BLAS sums the last rows and columns of a product in another order where they fill no tile
/// of its kernels, so that rows of zeros fill the last tile.
class Points {
 public:
  static constexpr std::int64_t kTile = 8;  ///< blocks of rows begin at a multiple of it

  explicit Points(Matrix rows) : count_(static_cast<std::int64_t>(rows.shape(0))), x_(std::move(rows)) {
    x_.resize({static_cast<std::size_t>(whole_tiles(count_)), x_.shape(1)});
    norms_ = squared_norms(x_);
  }
  std::int64_t count() const { return count_; }
  std::int64_t columns() const { return static_cast<std::int64_t>(x_.shape(1)); }
  const double* row(std::int64_t i) const { return &x_(i, 0); }
  const Vector& norms() const { return norms_; }  ///< |row|^2, and zeros that fill the last tile

  /// out [i, j] = |a_i - b_j|^2 = |a_i|^2 + |b_j|^2 - 2 a_i b_j, never below 0, of rows [first, first + m) of this and
  /// rows [from, from + n) of `b`. `out` is larger, by what fills the last tiles.
  void squared_distances(std::int64_t first, std::int64_t m, const Points& b, std::int64_t from, std::int64_t n,
                         Matrix& out) const {
    const std::int64_t rows = whole_tiles(m), columns = whole_tiles(n);
    out.resize({static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)});
    xt::blas::gemm(rows_of(x_, first, rows), rows_of(b.x_, from, columns), out, false, true, -2.0);
    for (std::int64_t i = 0; i < m; ++i) add_norms(n, norms_(first + i), &b.norms_(from), &out(i, 0));
  }

 private:
  static std::int64_t whole_tiles(std::int64_t rows) { return (rows + kTile - 1) / kTile * kTile; }

  std::int64_t count_;
  Matrix x_;
  Vector norms_;
};

/// Calls use(i, |x_i - x_j|^2 of all j) for every row i of x, in order.
template <class F>
void for_each_distances(const Points& x, F&& use) {
  constexpr std::int64_t kBlock = 32;  // its distances stay in the cache
  Matrix d;
  for (std::int64_t first = 0; first < x.count(); first += kBlock) {
    const std::int64_t m = std::min(kBlock, x.count() - first);
    x.squared_distances(first, m, x, 0, x.count(), d);
    for (std::int64_t i = 0; i < m; ++i) use(first + i, static_cast<const double*>(&d(i, 0)));
  }
}

}  // namespace metrics
