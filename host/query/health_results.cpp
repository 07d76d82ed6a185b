// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "query/health_sweep.hpp"

namespace ubp::health {
namespace {

using Verdict = HealthCheck::Verdict;
using nlohmann::json;

constexpr double kEdge = 0.02;         // of a range
constexpr double kLeastShare = 0.01;   // of the variance: less is no effect
constexpr std::size_t kFewSeeds = 3;   // fewer have no interval worth the name
constexpr std::size_t kFewValues = 3;  // fewer have no middle

/// Which end of its range a value lies at: "lower", "upper" or "".
std::string end_of(const json& axis, const json& value) {
  if (!value.is_number()) return "";
  const double x = value.get<double>();
  if (axis.contains("low")) {
    const bool log = axis.value("log", false);
    const auto scaled = [&](double v) { return log ? std::log(v) : v; };
    const double low = axis["low"].get<double>(), high = axis["high"].get<double>();
    const double share = (scaled(x) - scaled(low)) / (scaled(high) - scaled(low));
    return share <= kEdge ? "lower" : share >= 1 - kEdge ? "upper" : "";
  }
  std::set<double> choices;
  for (const json& each : axis.value("choices", json::array()))
    if (each.is_number()) choices.insert(each.get<double>());
  if (choices.size() < kFewValues) return "";
  return x == *choices.begin() ? "lower" : x == *choices.rbegin() ? "upper" : "";
}

}  // namespace

Found edge_of_range(const Sweep& sweep) {
  std::vector<std::string> edges;
  for (const auto& [name, axis] : sweep.space.items()) {
    const auto value = sweep.best().params.find(name);
    if (value == sweep.best().params.end() || std::count(sweep.facts.blocks.begin(), sweep.facts.blocks.end(), name))
      continue;
    if (const std::string end = end_of(axis, *value); !end.empty())
      edges.push_back(fmt::format("{} = {} (the {} end)", name, value->dump(), end));
  }
  if (edges.empty()) return {Verdict::pass, fmt::format("{} lies within all its ranges", sweep.best().name)};
  return {Verdict::warning, fmt::format("{} has {}", sweep.best().name, fmt::join(edges, ", ")),
          "widen these ranges and sweep again: the trials that are there are kept"};
}

Found seeds_of_the_claim(const Sweep& sweep) {
  const std::size_t n = sweep.best().values.size();
  const std::string confirm = fmt::format("`ubp confirm {}` runs fresh seeds", sweep.facts.sweep_id);
  if (n == 1) return {Verdict::fail, "the best config has one seed, which says nothing of the next one", confirm};
  if (n < kFewSeeds) return {Verdict::warning, fmt::format("the best config has {} seeds", n), confirm};
  std::int64_t open = 0, more = 0;
  for (std::size_t i = 0; i < sweep.configs.size() && sweep.configs.size() > 1; ++i) {
    if (i == sweep.comparison.best || sweep.comparison.others[i].worse) continue;
    ++open;
    const std::int64_t needed = sweep.comparison.others[i].more_seeds;
    if (needed > 0 && (more == 0 || needed < more)) more = needed;
  }
  if (open == 0) return {Verdict::pass, fmt::format("{} seeds tell the best config from every other", n)};
  return {Verdict::warning,
          fmt::format("{} of {} configs cannot be told apart from the best with {} seeds", open,
                      sweep.configs.size() - 1, n),
          more > 0 ? fmt::format("about {} more seeds would tell the first of them; {}", more, confirm) : confirm};
}

Found noise_and_difference(const Sweep& sweep) {
  if (std::isnan(sweep.noise.sd)) return {Verdict::unknown, "no config has two results", ""};
  if (sweep.configs.size() < 2) return {Verdict::unknown, "there is one config", ""};
  const auto usual = std::find_if(sweep.configs.begin(), sweep.configs.end(), [&](const SeededResults& c) {
    return sweep.facts.default_config && c.config == *sweep.facts.default_config;
  });
  const SeededResults& other = usual != sweep.configs.end() ? *usual : sweep.configs.back();
  const char* const what = usual != sweep.configs.end() ? "the default" : "the last config";
  if (&other == &sweep.best())
    return {Verdict::warning, "the default is the best config", "what was swept gained nothing"};
  const double gain = std::abs(sweep.best().mean() - other.mean());
  const std::string found =
      fmt::format("the best config is {:.4g} ahead of {}, and seeds alone make {:.4g}", gain, what, sweep.noise.sd);
  if (gain >= sweep.noise.sd) return {Verdict::pass, found};
  return {Verdict::warning, found, "do not report the difference without its interval; more seeds make that smaller"};
}

Found parameters_without_effect(const Sweep& sweep) {
  if (!sweep.shares) return {Verdict::unknown, "importances take ten configs with results", ""};
  std::vector<std::string> idle;
  for (const auto& [name, share] : *sweep.shares)
    if (share < kLeastShare) idle.push_back(name);
  if (idle.empty()) return {Verdict::pass, "every swept parameter explains some of the variance"};
  return {Verdict::warning,
          fmt::format("{} explain{} less than {:.0f} % of the variance", fmt::join(idle, ", "),
                      idle.size() == 1 ? "s" : "", 100 * kLeastShare),
          "fix them, and spend the trials on the others"};
}

Found pairing(const Sweep& sweep) {
  const auto seeds_of = [](const SeededResults& config) {
    std::set<std::int64_t> seeds;
    for (const auto& [seed, value] : config.values) seeds.insert(seed);
    return seeds;
  };
  const std::set<std::int64_t> wanted = seeds_of(sweep.best());
  const auto others = std::count_if(sweep.configs.begin(), sweep.configs.end(),
                                    [&](const SeededResults& c) { return seeds_of(c) != wanted; });
  if (others == 0) return {Verdict::pass, fmt::format("all configs have the same {} seeds", wanted.size())};
  const std::string found =
      fmt::format("{} of {} configs have other seeds than the best", others, sweep.configs.size());
  if (sweep.facts.race)
    return {Verdict::pass, found + ": the race gave them, and means are compared as if all had all"};
  return {Verdict::warning, found, fmt::format("`ubp resume {}` runs what is missing", sweep.facts.sweep_id)};
}

}  // namespace ubp::health
