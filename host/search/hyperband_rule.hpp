// SPDX-License-Identifier: MIT
// Hyperband (Li et al., JMLR 18, 2018) over asynchronous successive halving, as Optuna's HyperbandPruner does it.
//
//   B = floor(log(R / r) / log(eta)) + 1 brackets; bracket b is a HalvingRule with rate b, over its own trials
//   a trial is in the bracket in whose share (brackets.hpp) crc32("SWEEP_NUMBER") mod the sum of shares falls
//   R = auto: the longest complete trial's last step + 1; no trial is stopped before one is complete
#pragma once

#include "search/rule_options.hpp"
#include "search/stop_rule.hpp"

namespace ubp::search {

class HyperbandRule final : public StopRule {
 public:
  /// Of the options: eta (3), min_resource (1), max_resource (auto), bootstrap (with a max_resource only), sweep.
  explicit HyperbandRule(const RuleOptions&);
  std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override;

  /// The shares of the brackets of trials that are `max_resource` steps long.
  std::vector<std::int64_t> shares(std::int64_t max_resource) const;
  /// The bracket of a trial.
  std::size_t bracket(std::int64_t trial, const std::vector<std::int64_t>& shares) const;

 private:
  RuleOptions options_;
};

}  // namespace ubp::search
