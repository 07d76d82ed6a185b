// SPDX-License-Identifier: MIT
// Rows with labels that a metric keeps from several updates: all of them, or a sample that does not depend on how they
// were cut into batches.
#pragma once

#include <ubp/components.hpp>

#include "linalg.hpp"

namespace metrics {

/// Of a batch, what a metric asked for, as doubles or (labels, assignments) 64-bit integers. Throws Error if the host
/// gave none, or gave other numbers.
inline ubp::View needed(const ubp::View& v, const char* who, const char* what, bool is_index = false) {
  if (!v) throw ubp::Error(std::string(who) + ": the host gave no " + what, UBP_E_STATE);
  if (v.raw().dtype_code != (is_index ? 0 : 2) || v.raw().dtype_bits != 64)
    throw ubp::Error(std::string(who) + ": the host gave " + what + " of another type", UBP_E_DTYPE);
  return v;
}
inline ubp::View needed_index(const ubp::View& v, const char* who, const char* what) {
  return needed(v, who, what, true);
}
inline ubp::View optional(const ubp::View& v, const char* who, const char* what) {
  return v ? needed(v, who, what) : v;
}

class Rows {
 public:
  Matrix x;
  std::vector<std::int64_t> label;

  /// `limit` 0: keep every row. Else keep a uniform sample of so many (Vitter's algorithm R, seeded by the row's
  /// place).
  void start(std::int64_t limit = 0) {
    x = {}, label.clear();
    limit_ = limit, seen_ = 0;
  }
  std::int64_t size() const { return static_cast<std::int64_t>(label.size()); }

  /// `labels` may be empty: then all are 0.
  void add(const char* who, const ubp::View& rows, const ubp::View& labels) {
    if (rows.rows() == 0) return;
    if (x.cols == 0) x.cols = rows.row_count();
    if (x.cols == 0) throw ubp::Error(std::string(who) + ": rows without numbers", UBP_E_SHAPE);
    if (rows.row_count() != x.cols)
      throw ubp::Error(std::string(who) + ": rows of " + std::to_string(rows.row_count()) + " numbers after rows of " +
                           std::to_string(x.cols),
                       UBP_E_SHAPE);
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
      const double* from = rows.row<double>(i);
      for (std::int64_t j = 0; j < x.cols; ++j)
        if (!std::isfinite(from[j]))
          throw ubp::Error(std::string(who) + ": a row holds a number that is not finite", UBP_E_NUMERIC);
      const std::int64_t y = labels ? labels.data<std::int64_t>()[i] : 0;
      if (y < 0) throw ubp::Error(std::string(who) + ": label " + std::to_string(y) + " is no class index");
      add_row(from, x.cols, y);
    }
  }
  void add_row(const double* from, std::int64_t columns, std::int64_t y) {
    x.cols = columns;
    const std::int64_t seen = seen_++;
    if (limit_ == 0 || seen < limit_) {
      x.values.insert(x.values.end(), from, from + columns);
      label.push_back(y);
    } else if (const std::int64_t place = ubp::Hash("rows kept by a metric", seen).below(seen + 1); place < limit_) {
      std::copy_n(from, columns, x.row(place));
      label[place] = y;
    }
  }

 private:
  std::int64_t limit_ = 0, seen_ = 0;
};

}  // namespace metrics
