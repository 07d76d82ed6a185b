// SPDX-License-Identifier: MIT
// Median stopping (Golovin et al., Google Vizier, KDD 2017, section 3.2.2), as Optuna's PercentilePruner does it.
//
//   stop iff  min over own steps of value  >  percentile p of what complete trials have at the same step
//
// The percentile is linear between order statistics, NaN among them is left out; fewer than n_min values, or none but
// NaN: the trial goes on. A trial that has nothing but NaN is stopped.
#pragma once

#include "search/cadence.hpp"

namespace ubp::search {

class MedianRule final : public StopRule {
 public:
  /// Of the options: percentile, n_startup, n_min, n_warmup, interval.
  explicit MedianRule(const RuleOptions&);
  std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override;

 private:
  RuleOptions options_;
  Cadence cadence_;
};

}  // namespace ubp::search
