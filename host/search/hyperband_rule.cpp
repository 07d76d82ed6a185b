// SPDX-License-Identifier: MIT
#include "search/hyperband_rule.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/error.hpp"
#include "search/brackets.hpp"
#include "search/halving_rule.hpp"

namespace ubp::search {
namespace {

/// CRC-32 of ISO 3309, reflected: zlib's.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

/// Nothing: no trial is complete.
std::optional<std::int64_t> estimated_resource(const std::vector<const Trace*>& others) {
  std::optional<std::int64_t> longest;
  for (const Trace* other : others)
    if (other->state == Trace::State::complete && !other->values.empty())
      longest = std::max(longest.value_or(0), other->values.rbegin()->first + 1);
  return longest;
}

}  // namespace

HyperbandRule::HyperbandRule(const RuleOptions& options) : options_(options) {
  options_.eta = options.eta.value_or(3);
  options_.min_resource = options.min_resource.value_or(1);
  if (*options_.eta < 2) fail(Exit::usage, "hyperband: eta: found {}, expected at least 2", *options_.eta);
  if (*options_.min_resource < 1)
    fail(Exit::usage, "hyperband: min_resource: found {}, expected at least 1", *options_.min_resource);
  if (options.max_resource && *options.max_resource < *options_.min_resource)
    fail(Exit::usage, "hyperband: max_resource: found {}, expected at least min_resource, {}", *options.max_resource,
         *options_.min_resource);
  if (options.bootstrap < 0)
    fail(Exit::usage, "hyperband: bootstrap: found {}, expected at least 0", options.bootstrap);
  if (options.bootstrap > 0 && !options.max_resource)
    fail(Exit::usage, "hyperband: bootstrap: found {}, expected 0 without a max_resource", options.bootstrap);
}

std::vector<std::int64_t> HyperbandRule::shares(std::int64_t max_resource) const {
  const double ratio = static_cast<double>(max_resource) / static_cast<double>(*options_.min_resource);
  // In doubles, as Optuna does it: 4.999... of 243 and 3 makes five brackets and not six.
  const double brackets = std::floor(std::log(ratio) / std::log(static_cast<double>(*options_.eta))) + 1;
  return bracket_shares(static_cast<std::int64_t>(std::max(brackets, 1.0)), *options_.eta);
}

std::size_t HyperbandRule::bracket(std::int64_t trial, const std::vector<std::int64_t>& shares) const {
  return bracket_at(crc32(fmt::format("{}_{}", options_.sweep, trial)), shares);
}

std::optional<std::string> HyperbandRule::why_stop(const Trace& own, const std::vector<const Trace*>& others) const {
  const auto resource = options_.max_resource ? options_.max_resource : estimated_resource(others);
  if (!resource) return std::nullopt;
  const std::vector<std::int64_t> shares = this->shares(*resource);
  const std::size_t mine = bracket(own.trial, shares);
  std::vector<const Trace*> rivals;
  for (const Trace* other : others)
    if (bracket(other->trial, shares) == mine) rivals.push_back(other);
  RuleOptions halving = options_;
  halving.rate = static_cast<std::int64_t>(mine);
  const auto why = HalvingRule(halving).why_stop(own, rivals);
  return why ? std::optional(fmt::format("bracket {}, {}", mine, *why)) : std::nullopt;
}

}  // namespace ubp::search
