// SPDX-License-Identifier: MIT
// Results of configs by the seeds of their trials: what a comparison pairs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "query/reader.hpp"
#include "query/sweeps.hpp"

namespace ubp {

struct SeededResults {
  std::int64_t sweep_id = 0;
  std::string sweep;        ///< its name
  std::int64_t config = 0;  ///< its number
  std::string name;         ///< SWEEP/NUMBER
  nlohmann::json params;    ///< the swept ones, by name
  std::int64_t failed = 0;  ///< replicates whose last attempt failed
  std::int64_t folds = 0;   ///< that its trials hold out in turn; 0: none
  bool raced = false;       ///< a race decided how many seeds it has
  /// By the seed of the trial, of each replicate the last complete attempt: equal seeds in two configs make a pair,
  /// also across sweeps.
  std::map<std::int64_t, double> values;

  std::vector<double> all() const;  ///< by seed
  double mean() const;
};

/// The configs of a sweep that have results of `metric`, one of its objectives, best first: by means_over_all_seeds(),
/// of the sweep's first objective as in the view leaderboard. Or only the one of that number.
std::vector<SeededResults> seeded_results(Reader&, const SweepFacts&, std::optional<std::int64_t> config = {});
/// Of the sweep's first objective.
std::vector<SeededResults> seeded_results(Reader&, std::int64_t sweep_id, std::optional<std::int64_t> config = {});
/// The same configs in the same order, but with what test rows say of them, which did not choose them: the numbers of
/// tested_listing(). Throws as test_metric().
std::vector<SeededResults> tested_results(Reader&, const SweepFacts&, std::optional<std::int64_t> config = {});

/// The same configs, and how far their codes were above what training is held against: the last value of METRIC_gain
/// ([[metric]] baselines) of each trial. Without configs of which none is recorded.
std::vector<SeededResults> gained_results(Reader&, const SweepFacts&, std::optional<std::int64_t> config = {});

/// The means of configs; if any was raced, as if each had every seed that any of them has, since a race gives them
/// different ones, and some seeds are easier than others: the mean of a config, less what its seeds and plus what all
/// seeds are worth on average. Where all have the same seeds: the means. Ranks are by these numbers, here and in the
/// view leaderboard, which computes the same (`adjusted_mean`). Without a race seeds are missing because trials failed:
/// what those would have come to, nobody knows.
///
/// What a seed is worth is found seed by seed, those of most configs first, the smaller number first among equals: the
/// mean, over the configs that have it and earlier ones, of its value less what the earlier seeds of that config leave
/// of their values on average; where there is no such config, the mean of what the earlier seeds are worth. That is
/// least squares of value = config + seed where each config has the first so many seeds, as in a race.
std::vector<double> means_over_all_seeds(const std::vector<SeededResults>&);

/// Config numbers of the best `limit` configs that have a value, best first.
std::vector<std::int64_t> best_configs(Reader&, const SweepFacts&, std::int64_t limit);

}  // namespace ubp
