// SPDX-License-Identifier: MIT
#include "search/median_rule.hpp"

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/statistics.hpp"

namespace ubp::search {
namespace {

/// NaN: nothing else is there.
double best_of(const Trace& trace) {
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [step, value] : trace.values) best = std::fmin(best, value);
  return best;
}

}  // namespace

MedianRule::MedianRule(const RuleOptions& options) : options_(options), cadence_("median", options) {
  if (!(options.percentile >= 0 && options.percentile <= 100))
    fail(Exit::usage, "median: percentile: found {}, expected 0 to 100", options.percentile);
  if (options.n_startup < 0) fail(Exit::usage, "median: n_startup: found {}, expected at least 0", options.n_startup);
  if (options.n_min < 1) fail(Exit::usage, "median: n_min: found {}, expected at least 1", options.n_min);
}

std::optional<std::string> MedianRule::why_stop(const Trace& own, const std::vector<const Trace*>& others) const {
  if (!cadence_.judges(own)) return std::nullopt;
  const std::int64_t step = own.values.rbegin()->first;
  std::int64_t complete = 0, reported = 0;
  std::vector<double> values;
  for (const Trace* other : others) {
    if (other->state != Trace::State::complete) continue;
    ++complete;
    const auto found = other->values.find(step);
    if (found == other->values.end()) continue;
    ++reported;
    if (!std::isnan(found->second)) values.push_back(found->second);
  }
  if (complete == 0 || complete < options_.n_startup) return std::nullopt;
  const double best = best_of(own);
  if (std::isnan(best)) return fmt::format("step {}: not one value so far is a number", step);
  if (reported < options_.n_min) return std::nullopt;
  const double limit = statistics::quantile(values, options_.percentile / 100);
  if (!(best > limit)) return std::nullopt;
  const std::string rival = options_.percentile == 50
                                ? fmt::format("the median {}", shown(limit, options_))
                                : fmt::format("{}, percentile {}", shown(limit, options_), options_.percentile);
  return fmt::format("step {}: {} at best is worse than {} of {} trial{}", step, shown(best, options_), rival,
                     values.size(), values.size() == 1 ? "" : "s");
}

}  // namespace ubp::search
