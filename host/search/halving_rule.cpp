// SPDX-License-Identifier: MIT
#include "search/halving_rule.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace ubp::search {
namespace {

/// Nothing: no trial is complete.
std::optional<std::int64_t> estimated_resource(const std::vector<const Trace*>& others) {
  std::optional<std::int64_t> longest;
  for (const Trace* other : others)
    if (other->state == Trace::State::complete && !other->values.empty())
      longest = std::max(longest.value_or(0), other->values.rbegin()->first);
  if (longest) longest = std::max<std::int64_t>(*longest / 100, 1);
  return longest;
}

/// What others have at a rung.
std::vector<double> values_at(std::int64_t rung_step, const std::vector<const Trace*>& others) {
  std::vector<double> values;
  for (const Trace* other : others) {
    const auto first = other->values.lower_bound(rung_step);
    if (first != other->values.end() && !std::isnan(first->second)) values.push_back(first->second);
  }
  return values;
}

}  // namespace

HalvingRule::HalvingRule(const RuleOptions& options) : options_(options), eta_(options.eta.value_or(4)) {
  if (eta_ < 2) fail(Exit::usage, "halving: eta: found {}, expected at least 2", eta_);
  if (options.min_resource && *options.min_resource < 1)
    fail(Exit::usage, "halving: min_resource: found {}, expected at least 1", *options.min_resource);
  if (options.rate < 0) fail(Exit::usage, "halving: rate: found {}, expected at least 0", options.rate);
  if (options.bootstrap < 0) fail(Exit::usage, "halving: bootstrap: found {}, expected at least 0", options.bootstrap);
  if (options.bootstrap > 0 && !options.min_resource)
    fail(Exit::usage, "halving: bootstrap: found {}, expected 0 without a min_resource", options.bootstrap);
}

std::optional<std::string> HalvingRule::why_stop(const Trace& own, const std::vector<const Trace*>& others) const {
  const auto resource = options_.min_resource ? options_.min_resource : estimated_resource(others);
  if (own.values.empty() || !resource) return std::nullopt;
  const auto [step, value] = *own.values.rbegin();
  const auto before = std::next(own.values.rbegin());
  std::int64_t rung_step = *resource;
  for (std::int64_t rung = -options_.rate; rung_step <= step; ++rung) {
    const bool reached_now = before == own.values.rend() || before->first < rung_step;
    if (rung >= 0 && reached_now)
      if (const auto loss = why_lost(value, values_at(rung_step, others)))
        return fmt::format("rung {} (step {}), reached at step {}: {}", rung, rung_step, step, *loss);
    if (rung_step > step / eta_) break;  // also what keeps the product from overflowing
    rung_step *= eta_;
  }
  return std::nullopt;
}

std::optional<std::string> HalvingRule::why_lost(double value, std::vector<double> rung) const {
  if (std::isnan(value)) return "the value is not a number";
  rung.push_back(value);
  const auto m = static_cast<std::int64_t>(rung.size());
  if (m <= options_.bootstrap)
    return fmt::format("{} is one of the first {}, which all end here", shown(value, options_), options_.bootstrap);
  const std::int64_t kept = std::max<std::int64_t>(m / eta_, 1);
  const auto last_kept = rung.begin() + (kept - 1);
  std::nth_element(rung.begin(), last_kept, rung.end());
  if (value <= *last_kept) return std::nullopt;
  return fmt::format("{} is worse than {}, {} of {} trials", shown(value, options_), shown(*last_kept, options_),
                     kept == 1 ? "the best" : fmt::format("the last of the {} best", kept), m);
}

}  // namespace ubp::search
