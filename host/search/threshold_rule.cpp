// SPDX-License-Identifier: MIT
#include "search/threshold_rule.hpp"

#include <cmath>

#include "base/error.hpp"

namespace ubp::search {

ThresholdRule::ThresholdRule(const RuleOptions& options) : options_(options), cadence_("threshold", options) {
  if (!(options.lower <= options.upper))
    fail(Exit::usage, "threshold: lower: found {}, expected at most upper, {}", options.lower, options.upper);
}

std::optional<std::string> ThresholdRule::why_stop(const Trace& own, const std::vector<const Trace*>&) const {
  if (!cadence_.judges(own)) return std::nullopt;
  const auto [step, value] = *own.values.rbegin();
  if (std::isnan(value)) return fmt::format("step {}: the value is not a number", step);
  const double known = options_.maximised ? -value : value;
  if (known < options_.lower)
    return fmt::format("step {}: {} is below {:.6g}", step, shown(value, options_), options_.lower);
  if (known > options_.upper)
    return fmt::format("step {}: {} is above {:.6g}", step, shown(value, options_), options_.upper);
  return std::nullopt;
}

}  // namespace ubp::search
