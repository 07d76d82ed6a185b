// SPDX-License-Identifier: MIT
// Lets another rule act only on trials that no longer get better (early stopping: Prechelt, Neural Networks: Tricks of
// the Trade, 1998), as Optuna's PatientPruner does it.
//
//   asked iff  min(values before) + min_delta  <  min(last patience + 1 values)
//
// NaN is left out; where nothing else is on one side, the trial goes on. A wrapped rule that judges
// at some reports only, like halving, acts where such a report comes when patience is over.
#pragma once

#include <memory>

#include "search/rule_options.hpp"
#include "search/stop_rule.hpp"

namespace ubp::search {

class PatienceRule final : public StopRule {
 public:
  /// Of the options: patience, min_delta. Without a wrapped rule a trial is stopped when patience is over.
  PatienceRule(std::unique_ptr<StopRule> wrapped, const RuleOptions&);
  std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override;

 private:
  std::unique_ptr<StopRule> wrapped_;
  RuleOptions options_;
};

}  // namespace ubp::search
