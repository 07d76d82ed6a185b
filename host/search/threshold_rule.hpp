// SPDX-License-Identifier: MIT
// Stops what leaves the range in which results can be, as Optuna's ThresholdPruner does it.
//
//   stop iff  value < lower,  value > upper,  or value is NaN
#pragma once

#include "search/cadence.hpp"

namespace ubp::search {

class ThresholdRule final : public StopRule {
 public:
  /// Of the options: lower, upper, n_warmup, interval.
  explicit ThresholdRule(const RuleOptions&);
  std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override;

 private:
  RuleOptions options_;
  Cadence cadence_;
};

}  // namespace ubp::search
