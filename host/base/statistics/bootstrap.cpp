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
  std::vector<double> share(results.size(), 0);
  const std::size_t seeds = results.empty() ? 0 : results.front().size();
  std::vector<std::uint64_t> random(seeds);
  double counted = 0;
  for (int draw = 0; draw < draws; ++draw) {
    words(random);
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> winners;
    for (std::size_t c = 0; c < results.size(); ++c) {
      double total = 0, n = 0;
      for (const std::uint64_t word : random) {
        const double value = results[c][index_below(seeds, word)];
        if (!std::isnan(value)) total += value, ++n;
      }
      if (n == 0 || total / n > best) continue;
      if (total / n < best) winners.clear();
      best = total / n;
      winners.push_back(c);
    }
    for (const std::size_t c : winners) share[c] += 1 / static_cast<double>(winners.size());
    counted += winners.empty() ? 0 : 1;
  }
  for (double& s : share) s = counted > 0 ? s / counted : 0;
  return share;
}

}  // namespace ubp::statistics
