// SPDX-License-Identifier: MIT
// Which score that needs no labels chooses the configs that scores with labels would choose: rank correlations over
// configs, data set by data set, and a sign test over the data sets.
//
// A score with labels is a number that a metric emits which needs labels or factors; one without is any other number of
// a metric, the training loss, what the objective logs, and how alike the codes of different seeds are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plugin/manifest.hpp"
#include "query/drawn.hpp"
#include "query/sweeps.hpp"

namespace ubp {

/// A series that could choose, or could judge what was chosen.
struct ChoosingScore {
  std::string name;  ///< "valid.mse"
  bool higher_is_better = false;
  bool uses_labels = false;
};

/// The configs of one data set: of each, by score, the mean over its seeds.
struct ScoredConfigs {
  std::string name;  ///< of the sweep; of one with blocks also its block: "many iris"
  std::vector<ChoosingScore> scores;
  std::vector<std::map<std::string, double>> configs;
};

/// What the components of a sweep's trials are called: what to ask for their manifests.
struct UsedComponent {
  std::int32_t kind = 0;  ///< UBP_K_OBJECTIVE, UBP_K_METRIC
  std::string id;
};
std::vector<UsedComponent> judging_components(Reader&, std::int64_t sweep_id);

/// Which scores to look at, by name without a split, as "probe_accuracy"; empty: all there are.
struct ChoosingNames {
  std::vector<std::string> scores, judges;  ///< without labels, with labels
};

/// Of the last complete attempt of each replicate the last number of each series. `manifests`: of the components above.
/// Judges are read from test rows, else valid, else training rows; the others from valid rows, else training, else test
/// rows, so that what chooses has not seen what judges where there are rows for both. `notes`: what was left out, a
/// sentence each. Throws Error (usage) with the nearest name if nothing is called as `names` has it.
std::vector<ScoredConfigs> scored_configs(Reader&, const SweepFacts&, const std::vector<const Manifest*>& manifests,
                                          const ChoosingNames& names, std::vector<std::string>& notes);

/// One score, beside one judge, on one data set.
struct ScoreAgainstJudge {
  std::string dataset, score, judge;
  std::size_t configs = 0;            ///< that have both
  double rho = 0, low = 0, high = 0;  ///< Spearman's; 1: the better the score, the better the judge; 95 % of bootstrap
  double regret = 0;  ///< what the config of the best score lacks to the best one by the judge, over best - worst
  double chance = 0;  ///< the same of a config drawn by lot
};

/// One score, beside one judge, over all data sets that have both.
struct ScoreOverDataSets {
  std::string score, judge;
  std::size_t datasets = 0;
  std::size_t above = 0, better = 0;       ///< whose rho is above 0; whose regret is below chance
  double rho = 0, regret = 0, chance = 0;  ///< means
  double p = 0;                            ///< sign test of the rhos
  double p_adjusted = 0;                   ///< for all scores beside this judge (Holm)
  double p_regret = 0;                     ///< sign test of chance - regret

  static constexpr double kAlpha = 0.05;
  bool is_told() const { return p_adjusted <= kAlpha; }
  bool orders_well() const { return is_told() && rho > 0; }
  /// And the config that it chooses is better than one drawn by lot: only asked of those that order well.
  bool chooses_well() const { return orders_well() && p_regret <= kAlpha && regret < chance; }
};

struct Choosing {
  std::vector<ScoreAgainstJudge> each;  ///< by data set, judge, and falling rho
  std::vector<ScoreOverDataSets> over;  ///< by judge and falling rho; empty: one data set
  std::vector<std::string> notes;       ///< what was left out, a sentence each
};

/// The same numbers for the same configs. A score that a tenth of the configs lack, or that is equal for all, is left
/// out of a data set. Throws Error (nothing) if no data set has ten configs with a score of either kind.
Choosing choosing(const std::vector<ScoredConfigs>&);

/// Which score one may choose on, or none: one sentence.
std::string sentence_of(const Choosing&);

}  // namespace ubp
