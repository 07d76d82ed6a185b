// SPDX-License-Identifier: MIT
// The best way to pair rows with columns, one to one.
#pragma once

#include <algorithm>
#include <vector>

#include "rows.hpp"

namespace metrics {

/// For each row of `gain` the column that it is paired with, so that the sum of gain(row, column) is the largest; -1
/// for the surplus rows of a table that has fewer columns. The Hungarian method with potentials, shortest augmenting
/// paths (Jonker, Volgenant 1987), on the padded square table.
inline std::vector<std::int64_t> best_matching(const Matrix& gain) {
  const auto rows = static_cast<std::int64_t>(gain.shape(0)), columns = static_cast<std::int64_t>(gain.shape(1)),
             m = std::max(rows, columns);
  const auto at = [&](std::int64_t y, std::int64_t c) { return y < rows && c < columns ? gain(y, c) : 0.0; };
  std::vector<double> u(m + 1), v(m + 1);
  std::vector<std::int64_t> owner(m + 1, -1);  // of each column; the last one is where a search starts
  for (std::int64_t y = 0; y < m; ++y) {
    std::vector<double> least(m + 1, ubp::infinity);
    std::vector<std::int64_t> before(m + 1, m);
    std::vector<bool> is_done(m + 1, false);
    std::int64_t column = m;
    owner[m] = y;
    while (owner[column] >= 0) {
      is_done[column] = true;
      const std::int64_t row = owner[column];
      double delta = ubp::infinity;
      std::int64_t next = m;
      for (std::int64_t c = 0; c < m; ++c) {
        if (is_done[c]) continue;
        if (const double cost = -at(row, c) - u[row] - v[c]; cost < least[c]) least[c] = cost, before[c] = column;
        if (least[c] < delta) delta = least[c], next = c;
      }
      for (std::int64_t c = 0; c <= m; ++c)
        if (is_done[c])
          u[owner[c]] += delta, v[c] -= delta;
        else
          least[c] -= delta;
      column = next;
    }
    while (column != m) {
      owner[column] = owner[before[column]];
      column = before[column];
    }
  }
  std::vector<std::int64_t> partner(static_cast<std::size_t>(rows), -1);
  for (std::int64_t c = 0; c < columns; ++c)
    if (owner[c] < rows) partner[owner[c]] = c;
  return partner;
}

}  // namespace metrics
