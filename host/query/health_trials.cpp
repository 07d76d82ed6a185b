// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/statistics/estimates.hpp"
#include "base/statistics/ranks.hpp"
#include "query/health_sweep.hpp"

namespace ubp::health {
namespace {

using Verdict = HealthCheck::Verdict;
using nlohmann::json;

constexpr double kStillFalling = 0.05;   // of the whole fall, in the last fifth of the steps
constexpr std::size_t kFewPoints = 10;   // fewer show no end
constexpr double kPoint = 1.5;           // an effective rank of hardly more than one direction
constexpr double kShrunk = 0.01;         // a deviation of rows of length 1
constexpr double kSilent = 0.5;          // of the units
constexpr std::int64_t kFewTrials = 10;  // fewer say nothing about a rule
constexpr std::int64_t kFewFailures = 3;
constexpr double kAlpha = 0.01;  // of all parameters together

/// The mean over the best config's trials of the last value of a metric that ends so; nothing: it has none.
std::optional<double> last_of_best(const Sweep& sweep, const std::string& ending) {
  const auto row = sweep.reader.first(
      {"SELECT avg(s.last) FROM trials t JOIN metric_stats s USING (trial_id) WHERE t.sweep_id = ?1 AND t.config = ?2 "
       "AND t.state = 'COMPLETE' AND s.metric LIKE '%.' || ?3",
       {sweep.facts.sweep_id, sweep.best().config, ending}});
  return is_null(row.value()[0]) ? std::nullopt : std::optional(std::get<double>(row.value()[0]));
}

/// Something that a trial has or is: a number of a parameter, or whether it is a certain class (1 or 0).
struct Trait {
  std::string name;
  bool is_class;
  std::vector<double> failed, complete;
};

std::vector<Trait> traits_of(const Sweep& sweep) {
  std::map<std::string, Trait> all;
  std::map<std::string, std::set<std::string>> classes;
  for (const Ended& trial : sweep.trials)
    for (const auto& [name, value] : trial.params.items())
      if (!value.is_number()) classes[name].insert(value.dump());
  const auto add = [&](const std::string& name, bool is_class, double value, bool failed) {
    Trait& trait = all.try_emplace(name, Trait{name, is_class, {}, {}}).first->second;
    (failed ? trait.failed : trait.complete).push_back(value);
  };
  for (const Ended& trial : sweep.trials) {
    if (trial.state == "PRUNED") continue;
    for (const auto& [name, value] : trial.params.items()) {
      if (value.is_number()) add(name, false, value.get<double>(), trial.state == "FAILED");
      if (!value.is_number())
        for (const std::string& each : classes[name])
          add(name + " = " + each, true, each == value.dump(), trial.state == "FAILED");
    }
  }
  std::vector<Trait> out;
  for (auto& [name, trait] : all) out.push_back(std::move(trait));
  return out;
}

std::string sentence_of(const Trait& trait) {
  if (trait.is_class)
    return fmt::format("{}: {:.0f} % of those that failed, {:.0f} % of the complete ones", trait.name,
                       100 * statistics::mean(trait.failed), 100 * statistics::mean(trait.complete));
  const auto [low, high] = std::minmax_element(trait.failed.begin(), trait.failed.end());
  return fmt::format("{} is {:.3g} to {:.3g} where they failed, and about {:.3g} where they are complete", trait.name,
                     *low, *high, statistics::median(trait.complete));
}

}  // namespace

Found falling_loss(const Sweep& sweep) {
  std::map<std::int64_t, std::pair<double, std::int64_t>> sums;  // by step
  sweep.reader.each({"SELECT m.step, m.value FROM trials t JOIN metrics m USING (trial_id) WHERE t.sweep_id = ?1 AND "
                     "t.config = ?2 AND t.state = 'COMPLETE' AND m.metric = 'train.loss' AND m.value IS NOT NULL",
                     {sweep.facts.sweep_id, sweep.best().config}},
                    [&](const sqlite::Statement& row) {
                      auto& [sum, n] = sums[row.integer(0)];
                      sum += row.real(1), ++n;
                    });
  if (sums.size() < kFewPoints)
    return {Verdict::unknown, fmt::format("the loss of the best config has {} points", sums.size()),
            sums.empty() ? "" : "a smaller train.log_every records more"};
  std::vector<double> loss;
  for (const auto& [step, point] : sums) loss.push_back(point.first / static_cast<double>(point.second));
  const std::size_t fifth = loss.size() / 5;
  const auto mean_of = [&](std::size_t begin) { return statistics::mean(std::span(loss).subspan(begin, fifth)); };
  const double first = mean_of(0), before = mean_of(loss.size() - 2 * fifth), last = mean_of(loss.size() - fifth);
  const double share = (before - last) / (first - last);
  if (!(first > last)) return {Verdict::warning, "the loss of the best config did not fall", "look at its curve"};
  const std::string found =
      fmt::format("the loss of the best config fell by {:.0f} % of its whole fall in the last fifth", 100 * share);
  if (share < kStillFalling) return {Verdict::pass, found};
  return {Verdict::warning, found, "train longer: what leads now need not lead then"};
}

Found collapse(const Sweep& sweep) {
  const auto rank = last_of_best(sweep, "effective_rank"), deviation = last_of_best(sweep, "embedding_std"),
             silent = last_of_best(sweep, "silent_units");
  if (!rank && !deviation && !silent)
    return {Verdict::unknown, "neither its rank nor its silent units were measured",
            "[[metric]] use = \"collapse\", or \"sparsity\""};
  const std::string advice = "the embedding says next to nothing of its rows: look at what keeps them apart";
  if (rank && *rank < kPoint)
    return {Verdict::fail, fmt::format("the best config has effective rank {:.3g}", *rank), advice};
  if (deviation && *deviation < kShrunk)
    return {Verdict::fail, fmt::format("the columns of the best config deviate by {:.2g}", *deviation), advice};
  if (silent && *silent > kSilent)
    return {Verdict::warning, fmt::format("{:.0f} % of the best config's units are silent", 100 * *silent),
            "fewer units would do, or a smaller rate"};
  std::vector<std::string> parts;
  if (rank) parts.push_back(fmt::format("effective rank {:.3g}", *rank));
  if (deviation) parts.push_back(fmt::format("deviation of columns {:.2g}", *deviation));
  if (silent) parts.push_back(fmt::format("{:.0f} % silent units", 100 * *silent));
  return {Verdict::pass, fmt::format("the best config has {}", fmt::join(parts, ", "))};
}

Found early_ends(const Sweep& sweep) {
  if (!sweep.sampler.contains("pruner")) return {Verdict::unknown, "no trial could be ended early", ""};
  const std::int64_t pruned = sweep.count("PRUNED"), all = pruned + sweep.count("COMPLETE");
  const std::string found = fmt::format("{} of {} trials were ended early", pruned, all);
  if (all < kFewTrials || (pruned > 0 && pruned < all)) return {Verdict::pass, found};
  if (pruned == 0) return {Verdict::warning, found, "the pruner saved nothing: `ubp prune` tells what another would"};
  return {Verdict::fail, found, "nobody knows what a whole trial comes to: a gentler pruner, or a longer start"};
}

Found failures(const Sweep& sweep) {
  const std::int64_t failed = sweep.count("FAILED"), all = static_cast<std::int64_t>(sweep.trials.size());
  if (failed == 0) return {Verdict::pass, fmt::format("none of {} trials failed", all)};
  const std::string found = fmt::format("{} of {} trials failed", failed, all);
  const std::string why = fmt::format("`ubp ls {} --state FAILED` says why", sweep.facts.sweep_id);
  if (failed < kFewFailures || sweep.count("COMPLETE") < kFewFailures) return {Verdict::pass, found, why};
  std::vector<Trait> traits = traits_of(sweep);
  std::erase_if(traits, [](const Trait& t) { return t.failed.empty() || t.complete.empty(); });
  const Trait* region = nullptr;
  double least = kAlpha;
  for (const Trait& trait : traits) {
    if (trait.is_class && statistics::mean(trait.failed) < statistics::mean(trait.complete)) continue;
    const double p = statistics::rank_sum_p(trait.failed, trait.complete) * static_cast<double>(traits.size());
    if (p < least) least = p, region = &trait;
  }
  if (!region) return {Verdict::pass, found + ", in no region of the space", why};
  return {Verdict::warning, fmt::format("{}: {}", found, sentence_of(*region)),
          why + "; what is compared is what is left: exclude the region by sweep.forbid, or mend it"};
}

Found changed_ground(const Sweep& sweep) {
  std::map<std::string, std::set<std::string>> sums;
  sweep.reader.each({"SELECT p.plugins, p.data, p.host_sha256 FROM provenance p JOIN trials t USING (trial_id) WHERE "
                     "t.sweep_id = ?1 AND t.state = 'COMPLETE' GROUP BY p.plugins, p.data, p.host_sha256",
                     {sweep.facts.sweep_id}},
                    [&](const sqlite::Statement& row) {
                      const json plugins = sweep.reader.parsed(row.text(0)), files = sweep.reader.parsed(row.text(1));
                      for (const auto& [table, plugin] : plugins.items()) {
                        const std::string text = plugin.get<std::string>();
                        const std::size_t hash = text.find('#');
                        sums["plugin " + text.substr(0, hash)].insert(text.substr(hash));
                      }
                      for (const json& file : files)
                        sums[file.at("file").get<std::string>()].insert(file.at("sha256").get<std::string>());
                      sums["ubp itself"].insert(row.text(2));
                    });
  std::vector<std::string> changed;
  for (const auto& [what, all] : sums)
    if (all.size() > 1) changed.push_back(what);
  if (changed.empty())
    return {Verdict::pass, fmt::format("{} files and binaries, each the same in all trials", sums.size())};
  return {Verdict::fail, fmt::format("changed between trials: {}", fmt::join(changed, ", ")),
          "`ubp diff` of two trials says how; compare only trials of one state"};
}

Found labels(const Sweep& sweep) {
  const auto row =
      sweep.reader.first({"SELECT count(*), sum(supervised) FROM config WHERE sweep_id = ?1 AND config_id IN (SELECT "
                          "config_id FROM trial)",
                          {sweep.facts.sweep_id}});
  const std::int64_t all = std::get<std::int64_t>(row.value()[0]), given = std::get<std::int64_t>(row.value()[1]);
  if (given == 0) return {Verdict::pass, "no objective is given labels"};
  return {Verdict::warning, fmt::format("the objective of {} of {} configs is given labels", given, all),
          "say so beside the number: it is a supervised one"};
}

}  // namespace ubp::health
