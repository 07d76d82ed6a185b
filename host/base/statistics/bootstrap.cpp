// SPDX-License-Identifier: MIT
#include "base/statistics/bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ubp::statistics {
namespace {

/// Uniform in [0, n), n < 2^32: the high half of a product, whose bias is n / 2^32.
std::size_t index_below(std::size_t n, std::uint64_t word) {
  return static_cast<std::size_t>(((word >> 32) * n) >> 32);
}

double mean_of_known(std::span<const double> values) {
  double total = 0, n = 0;
  for (const double v : values)
    if (!std::isnan(v)) total += v, ++n;
  return total / n;
}

}  // namespace

Bounds bootstrap_bounds(const Strata& strata, const std::function<double(const Strata&)>& statistic,
                        const RandomWords& words, double level, int draws) {
  Strata drawn = strata;
  std::vector<double> found(static_cast<std::size_t>(draws));
  std::vector<std::uint64_t> random;
  for (double& value : found) {
    for (std::size_t s = 0; s < strata.size(); ++s) {
      assert(!strata[s].empty());
      random.resize(strata[s].size());
      words(random);
      for (std::size_t i = 0; i < random.size(); ++i) drawn[s][i] = strata[s][index_below(strata[s].size(), random[i])];
    }
    value = statistic(drawn);
  }
  return {quantile(found, (1 - level) / 2), quantile(found, (1 + level) / 2)};
}

std::vector<double> probability_best(const std::vector<std::vector<double>>& results, const RandomWords& words,
                                     int draws) {
  std::vector<double> share(results.size(), 0), means;
  for (const std::vector<double>& row : results) means.push_back(mean_of_known(row));
  const std::size_t seeds = results.empty() ? 0 : results.front().size();
  std::vector<std::uint64_t> random(seeds);
  std::vector<double> drawn(seeds);
  for (int draw = 0; draw < draws; ++draw) {
    words(random);
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> winners;
    for (std::size_t c = 0; c < results.size(); ++c) {
      if (std::isnan(means[c])) continue;
      for (std::size_t i = 0; i < seeds; ++i) drawn[i] = results[c][index_below(seeds, random[i])];
      const double found = mean_of_known(drawn), mean = std::isnan(found) ? means[c] : found;
      if (mean < best) winners.clear();
      if (mean <= best) winners.push_back(c);
      best = std::min(best, mean);
    }
    for (const std::size_t c : winners) share[c] += 1 / static_cast<double>(winners.size());
  }
  for (double& s : share) s /= draws;
  return share;
}

}  // namespace ubp::statistics
