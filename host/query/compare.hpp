// SPDX-License-Identifier: MIT
// Which of several configs is the best, and which others are worse than it, by their results over seeds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/statistics.hpp"
#include "query/seeds.hpp"

namespace ubp {

enum class SeedTest {
  none,         ///< the best itself, or too few results
  paired_t,     ///< of the differences on common seeds, where they pass Shapiro-Wilk
  signed_rank,  ///< Wilcoxon's, where they do not
  welch         ///< fewer than two seeds in common
};
const char* name_of(SeedTest);

/// One config against the best one. Differences are its value less the best's; NaN: not known.
struct AgainstBest {
  SeedTest test = SeedTest::none;
  std::size_t n = 0;                         ///< seeds that both have
  double difference = 0, low = 0, high = 0;  ///< of the means, and its 95 % interval
  double p = 0;                              ///< of this test alone, two-sided
  double p_adjusted = 0;                     ///< for all configs, and for the best being chosen among them
  double effect = 0;                         ///< Cohen's d of the differences; of signed ranks the rank-biserial r
  bool worse = false;                        ///< p_adjusted <= kAlpha
  std::int64_t more_seeds = 0;  ///< that would tell them apart, four times in five; 0: told, or nobody knows
  double better_by_rope = 0, within_rope = 0, worse_by_rope = 0;  ///< probabilities; NaN without a rope or pairs

  static constexpr double kAlpha = 0.05;
};

struct SeedComparison {
  std::size_t best = 0;             ///< by means_over_all_seeds(); of equal ones the first
  std::vector<AgainstBest> others;  ///< by config; at `best`: nothing
  /// More than two configs with equal seeds, not all of whose differences are normal: their ranks decide, and
  /// p_adjusted is the larger one of Friedman's p and Nemenyi's.
  std::optional<statistics::FriedmanTest> friedman;
  double critical_difference = 0;  ///< of the mean ranks, with `friedman`
};

/// One difference a seed that both have: a's value less b's, by seed.
std::vector<double> differences(const SeededResults& a, const SeededResults& b);

/// The fewest common seeds with which a paired test can call anything different at `alpha`: of signed ranks those whose
/// signs, were they all equal, are that rare.
std::int64_t fewest_seeds(SeedTest, double alpha);

/// How many more seeds would tell two configs apart at `alpha`, four times in five, if their difference is what `d`,
/// the differences on those they have, say; 0: nobody knows, or more than a million.
std::int64_t more_seeds(SeedTest, const std::vector<double>& d, double alpha);

/// Otherwise p_adjusted is Holm's, over all comparisons with the best, each counted k / 2 times since the best one is
/// chosen by the same numbers. So of k equal configs, any is called worse in at most 5 % of comparisons. `rope`: the
/// half-width of what counts as equal, above 0. `ahead`: more_seeds, too, which takes longer than all else. REQUIRES:
/// at least two configs, each with a result.
SeedComparison compare_seeds(const std::vector<SeededResults>&, bool minimize, std::optional<double> rope = {},
                             bool ahead = true);

/// What was found of config `i` other than the best, one sentence.
std::string sentence_of(const SeedComparison&, const std::vector<SeededResults>&, std::size_t i, bool minimize);

/// How the decision was made, one sentence.
std::string method_of(const SeedComparison&, const std::vector<SeededResults>&);

}  // namespace ubp
