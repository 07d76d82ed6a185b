// SPDX-License-Identifier: MIT
// The signed-rank test (Wilcoxon, Biometrics Bulletin 1, 1945) against the best trial, for trials that report one value
// per instance: a fold, a seed, a data set. As Optuna's WilcoxonPruner (from 4.0) does it.
//
//   d_i = own_i - best_i over the instances (steps) that both have; the best: the complete trial of the lowest mean
//   W = ranks of |d_i| summed over d_i > 0, and half of those of d_i = 0 (Pratt's zsplit); ties share their mean rank
//   stop iff  P(W' >= W) < p  under equal chances of all signs,  and own mean > best mean
//
// The probability is exact without ties and zeros up to 50 pairs, with them up to 13, and the normal's beyond (variance
// corrected for ties), as SciPy's `wilcoxon` does it. Fewer than n_pairs pairs, or a value that is not finite: the
// trial goes on. It is tested anew at each report, so that a good trial is stopped about twice as often as p says.
#pragma once

#include <span>

#include "search/rule_options.hpp"
#include "search/stop_rule.hpp"

namespace ubp::search {

class WilcoxonRule final : public StopRule {
 public:
  /// Of the options: p, n_pairs.
  explicit WilcoxonRule(const RuleOptions&);
  std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override;

 private:
  RuleOptions options_;
};

/// How probable a W at least as large is, as above. REQUIRES: differences are finite, and there is one.
double probability_of_greater(std::span<const double> differences);

}  // namespace ubp::search
