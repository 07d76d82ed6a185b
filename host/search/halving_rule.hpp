// SPDX-License-Identifier: MIT
// Asynchronous successive halving in its stopping form (Li et al., MLSys 2020, arXiv:1810.05934; the stopping variant:
// Optuna's SuccessiveHalvingPruner).
//
//   rung k is at step r * eta^(s + k);  a trial's value there is that of its first report at or behind this step
//   at each rung that a report reaches, with m values there, the own one among them and NaN not:
//     stop iff  value is NaN,  m <= bootstrap,  or value > the max(floor(m / eta), 1)-th best of the m
//   r = auto: a hundredth of the longest complete trial's last step, at least 1; no trial is stopped before one is
//   complete
//
// A rung's values are what traces say, so they need no memory. From Optuna, which remembers what it did, this differs
// where it did not look: it counts a trial stopped at one rung in no other that the same report reached, and not what
// was reported before auto knew its r.
#pragma once

#include "search/rule_options.hpp"
#include "search/stop_rule.hpp"

namespace ubp::search {

class HalvingRule final : public StopRule {
 public:
  /// Of the options: eta (4), min_resource (auto), rate, bootstrap (with a min_resource only).
  explicit HalvingRule(const RuleOptions&);
  std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override;

 private:
  /// `rung`: what others have there.
  std::optional<std::string> why_lost(double value, std::vector<double> rung) const;

  RuleOptions options_;
  std::int64_t eta_;
};

}  // namespace ubp::search
