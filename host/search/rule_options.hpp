// SPDX-License-Identifier: MIT
// What the rules that stop trials can be told.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace ubp::search {

/// Every rule reads those that name it, and refuses them with an Error (usage) if they are out of range.
struct RuleOptions {
  /// All: values come with their sign changed; bounds and sentences mean them as they were.
  bool maximised = false;

  double percentile = 50;      ///< median: [0, 100]
  std::int64_t n_startup = 5;  ///< median: so many trials are complete before one is stopped; from 0
  std::int64_t n_min = 1;      ///< median: so many of them have a value at the step; from 1

  std::int64_t n_warmup = 0;  ///< median, threshold: no trial is stopped before this step; from 0
  std::int64_t interval = 1;  ///< median, threshold: only the first report in each so many steps is judged; from 1

  double lower = -std::numeric_limits<double>::infinity();  ///< threshold: values below it end a trial
  double upper = std::numeric_limits<double>::infinity();   ///< threshold: so do values above it

  std::string wrapped;        ///< patience: the rule that decides when patience is over; empty: that is enough
  std::int64_t patience = 5;  ///< patience: so many reports behind the next may bring nothing better; from 0
  double min_delta = 0;       ///< patience: what is better by less than this is not better; from 0

  std::optional<std::int64_t> eta;           ///< halving (4), hyperband (3): one in so many goes on; from 2
  std::optional<std::int64_t> min_resource;  ///< halving (auto), hyperband (1): the first rung's step; from 1
  std::int64_t rate = 0;                     ///< halving: s, so many rungs are left out at the beginning; from 0
  std::int64_t bootstrap = 0;                ///< halving, hyperband: the first so many at a rung all end there; from 0
  std::optional<std::int64_t> max_resource;  ///< hyperband (auto): the longest trial's steps; from min_resource
  std::string sweep;                         ///< hyperband: the name that, with a trial's number, gives its bracket

  double p = 0.1;            ///< wilcoxon: [0, 1]; stopped if a difference like this one is less probable
  std::int64_t n_pairs = 2;  ///< wilcoxon: so many instances are compared; from 2
};

/// A value as people know it.
inline std::string shown(double value, const RuleOptions& options) {
  return fmt::format("{:.6g}", options.maximised ? 0 - value : value);  // no minus before a zero
}

}  // namespace ubp::search
