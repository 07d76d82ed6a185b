// SPDX-License-Identifier: MIT
#include "report/answer.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/statistics/estimates.hpp"
#include "query/compare.hpp"
#include "query/noise.hpp"
#include "query/seeds.hpp"

namespace ubp {
namespace {

constexpr std::size_t kNamed = 5;  // configs in a sentence
constexpr double kMatters = 0.05;  // of the variance

std::string with_interval(const SeededResults& config) {
  const statistics::Estimate e = statistics::estimate(config.all());
  if (config.values.size() < 2) return fmt::format("{:.4g} on one seed", e.mean);
  return fmt::format("{:.4g} (95 % interval {:.4g} to {:.4g}, {} seeds)", e.mean, e.low(), e.high(),
                     config.values.size());
}

std::string settings(const SeededResults& config) {
  std::vector<std::string> all;
  for (const auto& [name, value] : config.params.items())
    all.push_back(fmt::format("{} = {}", name, value.is_string() ? value.get<std::string>() : value.dump()));
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string equals_of(const std::vector<SeededResults>& configs, const SeedComparison& found) {
  std::vector<std::string> open;
  for (std::size_t i = 0; i < configs.size(); ++i)
    if (i != found.best && !found.others[i].worse) open.push_back(fmt::format("{}", configs[i].config));
  if (open.empty()) return "Every other config is worse than it.";
  const std::size_t others = configs.size() - 1;
  if (open.size() == others) return fmt::format("None of the {} others can be told apart from it.", others);
  const std::string more = open.size() > kNamed ? fmt::format(" and {} more", open.size() - kNamed) : "";
  open.resize(std::min(open.size(), kNamed));
  return fmt::format("It cannot be told apart from config{} {}{}; the rest is worse.", open.size() == 1 ? "" : "s",
                     fmt::join(open, ", "), more);
}

std::string what_mattered(const std::vector<NamedShare>& shares) {
  std::vector<std::string> all;
  for (const NamedShare& each : shares)
    if (each.share >= kMatters)
      all.push_back(fmt::format("{} ({:.0f} % of the variance, {:.0f} to {:.0f})", each.parameter, 100 * each.share,
                                100 * each.low, 100 * each.high));
  if (shares.empty()) return "What mattered is not known: importances take ten configs with results.";
  if (all.empty()) return "No single parameter explains as much as 5 % of the variance.";
  return fmt::format("What mattered: {}.", fmt::join(all, ", "));
}

std::string what_default_gives(const SweepFacts& facts, const std::vector<SeededResults>& configs,
                               const SeedComparison& found, bool minimize) {
  const auto usual = std::find_if(configs.begin(), configs.end(), [&](const SeededResults& c) {
    return facts.default_config && c.config == *facts.default_config;
  });
  if (usual == configs.end()) return "What the spec gives without its search was not among the configs.";
  const auto i = static_cast<std::size_t>(usual - configs.begin());
  if (i == found.best) return "The best config is the default: the search gained nothing.";
  return fmt::format("The default, config {}, gives {}: {}.", usual->config, with_interval(*usual),
                     configs.size() > 1 ? sentence_of(found, configs, i, minimize) : "");
}

std::string what_fresh_seeds_give(Reader& reader, const SweepFacts& facts, const SeededResults& best) {
  const std::optional<std::int64_t> confirmation = latest_confirmation(reader, facts.sweep_id);
  if (!confirmation)
    return fmt::format("Fresh seeds were not asked: `ubp confirm {}` runs them; a winner's own mean is too good.",
                       facts.sweep_id);
  for (const SeededResults& config : seeded_results(reader, *confirmation))
    if (config.params == best.params)
      return fmt::format("On fresh seeds, which did not choose it, the best config gives {}.", with_interval(config));
  return fmt::format("Fresh seeds ran in sweep {}, but the best config was not among them.", *confirmation);
}

}  // namespace

std::vector<std::string> answer(Reader& reader, const SweepFacts& facts, const std::vector<NamedShare>& shares) {
  const std::vector<SeededResults> configs = seeded_results(reader, facts.sweep_id);
  const bool minimize = facts.goal == "minimize";
  SeedComparison found;
  if (configs.size() > 1) found = compare_seeds(configs, minimize);
  const SeededResults& best = configs[found.best];

  std::vector<std::string> all;
  const std::string by = best.params.empty() ? "" : fmt::format(" ({})", settings(best));
  all.push_back(configs.size() == 1
                    ? fmt::format("The one config, {}{}, has {} {}.", best.name, by, facts.metric, with_interval(best))
                    : fmt::format("The best of {} configs is {}{}: {} {}.", configs.size(), best.name, by, facts.metric,
                                  with_interval(best)));
  if (configs.size() > 1) all.push_back(equals_of(configs, found));
  if (configs.size() > 1) all.push_back(what_mattered(shares));
  if (configs.size() > 1) all.push_back(what_default_gives(facts, configs, found, minimize));
  all.push_back(what_fresh_seeds_give(reader, facts, best));
  return all;
}

}  // namespace ubp
