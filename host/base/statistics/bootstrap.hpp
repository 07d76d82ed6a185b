// SPDX-License-Identifier: MIT
// What other draws of the seeds would have said (Efron 1979).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/statistics/estimates.hpp"

namespace ubp::statistics {

/// Fills a span with independent uniform words: `Random::words` of a named stream of engine/random.hpp, whose layer is
/// below this one. What is drawn with them depends on nothing else.
using RandomWords = std::function<void(std::span<std::uint64_t>)>;

/// Values that are drawn together: stratum s has values of its own, as one data set or config has its seeds.
using Strata = std::vector<std::vector<double>>;

/// The interval of `statistic` over draws with replacement, within each stratum: its quantiles at (1 -+ level) / 2
/// (percentile interval; rliable, Agarwal et al. 2021). REQUIRES: no stratum is empty. NaN where a draw's statistic is.
Bounds bootstrap_bounds(const Strata&, const std::function<double(const Strata&)>& statistic, const RandomWords&,
                        double level = 0.95, int draws = 2'000);

/// How often each config has the smallest mean, over draws of the seeds with replacement, the same for all configs:
/// `results` is configs x seeds, NaN where a config has no result. Configs that are equal in a draw share it; one that
/// has none of the seeds drawn has the mean of all that it has, one without any result never wins.
std::vector<double> probability_best(const std::vector<std::vector<double>>& results, const RandomWords&,
                                     int draws = 10'000);

}  // namespace ubp::statistics
