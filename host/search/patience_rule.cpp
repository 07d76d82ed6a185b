// SPDX-License-Identifier: MIT
#include "search/patience_rule.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace ubp::search {

PatienceRule::PatienceRule(std::unique_ptr<StopRule> wrapped, const RuleOptions& options)
    : wrapped_(std::move(wrapped)), options_(options) {
  if (options.patience < 0) fail(Exit::usage, "patience: patience: found {}, expected at least 0", options.patience);
  if (!(options.min_delta >= 0))
    fail(Exit::usage, "patience: min_delta: found {}, expected at least 0", options.min_delta);
}

std::optional<std::string> PatienceRule::why_stop(const Trace& own, const std::vector<const Trace*>& others) const {
  double before = std::numeric_limits<double>::quiet_NaN(), lately = before;
  std::int64_t left = static_cast<std::int64_t>(own.values.size()) - options_.patience - 1;
  for (const auto& [step, value] : own.values) {
    double& best = left-- > 0 ? before : lately;
    best = std::fmin(best, value);
  }
  if (!(before + options_.min_delta < lately)) return std::nullopt;
  const std::string waited = fmt::format("the last {} reports, {} at best, are worse than {} before",
                                         options_.patience + 1, shown(lately, options_), shown(before, options_));
  if (!wrapped_) return fmt::format("step {}: {}", own.values.rbegin()->first, waited);
  const auto why = wrapped_->why_stop(own, others);
  return why ? std::optional(*why + "; " + waited) : std::nullopt;
}

}  // namespace ubp::search
