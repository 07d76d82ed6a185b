// SPDX-License-Identifier: MIT
// Rows with labels that a metric keeps from several updates: all of them, or a sample that does not depend on how they
// were cut into batches.
#pragma once

#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <ubp/components.hpp>

namespace metrics {

/// Row-major, in a vector: rows can be added, and a larger shape has the numbers of the smaller one and zeros.
using Matrix = xt::xtensor_container<std::vector<double>, 2, xt::layout_type::row_major>;
using Vector = xt::xtensor<double, 1>;

class Rows {
 public:
  Matrix x;  ///< [size, numbers of a row]
  std::vector<std::int64_t> label;

  /// `limit` 0: keep every row. Else keep a uniform sample of so many (Vitter's algorithm R, seeded by the row's
  /// place).
  void start(std::int64_t limit = 0) {
    x = Matrix(), label.clear();
    limit_ = limit, seen_ = 0;
  }
  std::int64_t size() const { return static_cast<std::int64_t>(label.size()); }

  /// `labels` may be empty: then all are 0.
  void add(const char* who, const ubp::View& rows, const ubp::View& labels) {
    if (rows.rows() == 0) return;
    const std::int64_t columns = label.empty() ? rows.row_count() : static_cast<std::int64_t>(x.shape(1));
    if (columns == 0) throw ubp::Error(std::string(who) + ": rows without numbers", UBP_E_SHAPE);
    if (rows.row_count() != columns)
      throw ubp::Error(std::string(who) + ": rows of " + std::to_string(rows.row_count()) + " numbers after rows of " +
                           std::to_string(columns),
                       UBP_E_SHAPE);
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      const double* from = rows.row<double>(i);
      for (std::int64_t j = 0; j < columns; ++j)
        if (!std::isfinite(from[j]))
          throw ubp::Error(std::string(who) + ": a row holds a number that is not finite", UBP_E_NUMERIC);
      const std::int64_t y = labels ? labels.data<std::int64_t>()[i] : 0;
      if (y < 0) throw ubp::Error(std::string(who) + ": label " + std::to_string(y) + " is no class index");
      add_row(from, columns, y);
    }
  }
  void add_row(const double* from, std::int64_t columns, std::int64_t y) {
    const std::int64_t seen = seen_++;
    if (limit_ == 0 || seen < limit_) {
      x.storage().insert(x.storage().end(), from, from + columns);
      label.push_back(y);
      x.resize({label.size(), static_cast<std::size_t>(columns)});
    } else if (const std::int64_t place = ubp::Hash("rows kept by a metric", seen).below(seen + 1); place < limit_) {
      std::copy_n(from, columns, &x(place, 0));
      label[place] = y;
    }
  }

 private:
  std::int64_t limit_ = 0, seen_ = 0;
};

/// Rows [first, first + n) of `x`, in place: a Matrix, or a const one.
template <class M>
auto rows_of(M& x, std::int64_t first, std::int64_t n) {
  const std::array<std::size_t, 2> shape{static_cast<std::size_t>(n), x.shape(1)};
  return xt::adapt(x.data() + first * static_cast<std::int64_t>(shape[1]), shape[0] * shape[1], xt::no_ownership(),
                   shape);
}

/// |row|^2 of each row.
inline Vector squared_norms(const Matrix& x) { return xt::sum(xt::square(x), {1}); }

/// Gives every row the length 1, but for those of zeros.
inline void normalise(Matrix& x) {
  const Vector length = xt::sqrt(squared_norms(x));
  for (std::size_t i = 0; i < length.size(); ++i)
    if (length(i) > 0) xt::row(x, i) /= length(i);
}

/// Subtracts the columns' means of `x` from both: differences stay, distances lose fewer digits to a far-off centre.
inline void centre(Matrix& x, Matrix* other = nullptr) {
  const Vector mean = xt::sum(x / static_cast<double>(x.shape(0)), {0});
  for (Matrix* m : {&x, other})
    for (std::size_t i = 0; m && i < m->shape(0); ++i) xt::noalias(xt::row(*m, i)) -= mean;
}

}  // namespace metrics
