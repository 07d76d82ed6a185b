// SPDX-License-Identifier: MIT
// How well clusters are separated.
#pragma once

#include <limits>
#include <map>
#include <optional>

#include "distances.hpp"

namespace metrics {

/// mean (b - a) / max(a, b) over rows: a the mean distance to the others of the own cluster, b to those of the nearest
/// other one; 0 of a row that is alone (Rousseeuw 1987). Nothing if the rows have one cluster, or each its own.
inline std::optional<double> silhouette(const Points& x, const std::vector<std::int64_t>& cluster) {
  std::map<std::int64_t, std::int64_t> index;
  for (std::int64_t c : cluster) index.emplace(c, static_cast<std::int64_t>(index.size()));
  const std::int64_t n = x.count(), k = static_cast<std::int64_t>(index.size());
  if (k < 2 || k >= n) return std::nullopt;
  std::vector<std::int64_t> own;
  std::vector<double> size(k), sum(k);
  for (std::int64_t c : cluster) size[own.emplace_back(index[c])] += 1;
  double total = 0;
  for_each_distances(x, [&](std::int64_t i, const double* squared) {
    if (size[own[i]] == 1) return;
    std::fill(sum.begin(), sum.end(), 0.0);
    for (std::int64_t j = 0; j < n; ++j) sum[own[j]] += j == i ? 0 : std::sqrt(squared[j]);
    const double a = sum[own[i]] / (size[own[i]] - 1);
    double b = std::numeric_limits<double>::infinity();
    for (std::int64_t c = 0; c < k; ++c)
      if (c != own[i]) b = std::min(b, sum[c] / size[c]);
    if (std::max(a, b) > 0) total += (b - a) / std::max(a, b);
  });
  return total / static_cast<double>(n);
}

}  // namespace metrics
