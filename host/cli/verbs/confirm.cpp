// SPDX-License-Identifier: MIT
// ubp confirm: the winners of a sweep on seeds that did not choose them.
#include <algorithm>
#include <set>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "cli/block_table.hpp"
#include "cli/named.hpp"
#include "cli/session_report.hpp"
#include "plan/blocks.hpp"
#include "plan/planner.hpp"
#include "query/board.hpp"
#include "query/front.hpp"
#include "query/listing.hpp"
#include "query/noise.hpp"
#include "query/seeds.hpp"
#include "run/turn.hpp"

namespace ubp {
namespace {

struct Winners {
  DeclaredSweep sweep;
  SweepFacts facts;
  std::vector<std::int64_t> configs;  ///< their numbers, best first
  std::vector<Assignment> points;     ///< what they are
};

constexpr std::int64_t kTop = 5;

/// Where there are blocks, the best over them, in each.
std::vector<std::int64_t> best_of(Reader& reader, const SweepFacts& sweep, std::int64_t most) {
  const BlockRanking ranking =
      rank_over_blocks(seeded_results(reader, sweep.sweep_id), sweep.goal == "minimize", sweep.blocks);
  if (ranking.blocks.size() < 2 || ranking.ranked.empty()) return best_configs(reader, sweep, most);
  std::vector<std::int64_t> configs;
  for (std::size_t i = 0; i < std::min(ranking.ranked.size(), static_cast<std::size_t>(most)); ++i)
    configs.insert(configs.end(), ranking.ranked[i].configs.begin(), ranking.ranked[i].configs.end());
  return configs;
}

/// Of several objectives the whole front, unless `most` says otherwise.
std::vector<std::int64_t> chosen_configs(Reader& reader, const SweepFacts& facts, std::optional<std::int64_t> most) {
  if (facts.objectives.empty()) return best_of(reader, facts, most.value_or(kTop));
  return front_configs(sweep_front(reader, facts), most.value_or(0));
}

Winners winners(const std::filesystem::path& database, const std::string& which, std::optional<std::int64_t> most) {
  Reader reader(database);
  const auto latest = which.empty() ? latest_with_results(reader) : std::nullopt;
  std::int64_t id = latest ? *latest : named_sweep(reader, which);
  if (const std::int64_t confirmed = declared_sweep(reader, id).confirms; latest && confirmed > 0)
    id = confirmed;  // the same command again
  Winners all{declared_sweep(reader, id), sweep_facts(reader, id), {}, {}};
  require_own(all.sweep);
  all.configs = chosen_configs(reader, all.facts, most);
  for (const std::int64_t config : all.configs) all.points.push_back(config_params(reader, id, config));
  if (all.sweep.single || all.sweep.confirms > 0)
    fail(Exit::usage, "sweep {} '{}': is no sweep of a spec: found {}, expected one that chooses", id, all.sweep.name,
         all.sweep.single ? "a run" : "a confirmation");
  if (all.configs.empty()) fail(Exit::nothing, "sweep {} '{}': no config has a value to confirm", id, all.sweep.name);
  return all;
}

/// In every block of the winners.
void add_default(Plan& plan) {
  const Assignment usual = plan.search->default_point();
  std::set<Assignment> blocks;
  for (const Assignment& winner : plan.assignments) blocks.insert(parts_of(winner, plan.blocks).block);
  for (const Assignment& block : blocks) {
    const Assignment config = within(block, parts_of(usual, plan.blocks).point);
    const auto found = std::find(plan.assignments.begin(), plan.assignments.end(), config);
    plan.default_config = found - plan.assignments.begin();
    if (found == plan.assignments.end()) plan.assignments.push_back(config);
  }
}

/// 53 bits that no person would choose; the same in whatever order the sweeps are named.
std::uint64_t fresh_seed(const std::vector<Winners>& all) {
  std::vector<std::string> identities;
  for (const Winners& each : all) identities.push_back(each.sweep.identity);
  std::sort(identities.begin(), identities.end());
  return hash64(fmt::format("ubp confirm 1\n{}", fmt::join(identities, "\n"))) >> 11;
}

/// The sweep's own plan, of its winners and the default alone, with another seed.
Plan confirmation(const Winners& chosen, std::uint64_t fresh, std::int64_t seeds, Registry& registry) {
  const DeclaredSweep& sweep = chosen.sweep;
  const std::string name = fmt::format("sweep {}", sweep.sweep_id);
  const Plan whole = plan_of_text(sweep.spec, name, {}, registry, false);
  std::vector<std::string> overrides = {fmt::format("sweep.name={}-confirm", sweep.name),
                                        fmt::format("sweep.seed={}", fresh), fmt::format("sweep.replicates={}", seeds)};
  const auto splits_anew = [](const DataUse& use) { return use.options.split_by_replicate; };
  if (std::any_of(whole.data.begin(), whole.data.end(), splits_anew))
    overrides.push_back(fmt::format("dataset.split_seed={}", fresh >> 23));  // the splits are part of the luck
  Plan plan = plan_of_text(sweep.spec, name, overrides, registry, false);
  plan.assignments = chosen.points;
  add_default(plan);
  plan.configs = std::ssize(plan.assignments);
  plan.lag = 0;
  plan.start_from.clear();
  plan.pruner = plan.dry_pruner = {};
  plan.race = {};
  plan.enough = {};
  nlohmann::json sampler = {{"use", "confirm"}, {"of", sweep.sweep_id}, {"configs", chosen.configs}};
  if (plan.sampler.contains("blocks")) sampler["blocks"] = plan.blocks;
  plan.sampler = std::move(sampler);
  plan.identity = plan.declaration = sha256(plan.declaration + json_text(plan.sampler) + sweep.identity);
  return plan;
}

void print_confirmed(Reader& reader, const SweepFacts& found, const SweepFacts& confirmation, RowSink& sink) {
  const SweepFront fresh = sweep_front(reader, confirmation);
  print_confirmed_front(sweep_front(reader, found), fresh, sink);
  if (!fresh.configs.empty()) message("{}", sentence_of(fresh.standings, fresh.objectives));
}

void declare(Options& o) {
  o.words({"SWEEP"}, 0, true);
  o.value("top", "N", "how many configs, best first (default: 5; of several objectives: the whole front)");
  o.value("seeds", "N", "replicates of each, on seeds that the sweep has not seen (default: 20)");
  o.with_format();
  add_session_options(o, true);
}

void tell(const Options& o, const Winners& chosen, const Plan& plan, const SessionResult& result) {
  const std::filesystem::path database = o.database();
  Reader reader(database);
  const SweepFacts fresh = sweep_facts(reader, result.sweep_id);
  const auto sink = printer(o.format());
  const bool several = !chosen.facts.objectives.empty();
  if (several) {
    print_confirmed(reader, chosen.facts, fresh, *sink);
  } else if (fresh.blocks.empty() || !print_over_blocks(reader, fresh, 0, *sink).empty()) {
    reader.query(confirmed_listing(reader, chosen.sweep.sweep_id, result.sweep_id), *sink);
    if (result.complete > 0) message("{}", sentence_of(noise_floor(reader, fresh)));
  }
  message(
      "sweep {} '{}': {} of {} trials complete{}; {} of the best {} configs of sweep {} and the default on fresh "
      "seeds",
      result.sweep_id, plan.sweep, result.complete, result.total,
      result.failed ? fmt::format(", {} failed", result.failed) : "",
      several ? names_of(chosen.facts.objectives) : chosen.facts.goal + " " + chosen.facts.metric,
      chosen.configs.size(), chosen.sweep.sweep_id);
  if (!several && !chosen.facts.metric.starts_with("test."))
    message("on test rows: ubp best {} --test --db {}", result.sweep_id, database.string());
  if (result.interrupted) message("to continue: the same command");
}

int run(const Options& o) {
  const SessionOptions options = session_options(o);
  Words words = o.words();
  if (words.empty()) words.emplace_back();  // the latest
  await_turn(options);                      // who has won is known only then
  std::optional<std::int64_t> most;
  if (o.has("top")) most = o.integer("top", kTop, 1);
  std::vector<Winners> all;
  for (const std::string& word : words) {
    all.push_back(winners(options.database, word, most));
    for (std::size_t i = 0; i + 1 < all.size(); ++i)
      if (all[i].sweep.sweep_id == all.back().sweep.sweep_id)
        fail(Exit::usage, "{} and {} are one sweep: {} '{}'", words[i], word, all[i].sweep.sweep_id, all[i].sweep.name);
  }
  Registry registry = registry_of(o);
  const std::uint64_t fresh = fresh_seed(all);
  std::vector<Plan> plans;
  for (const Winners& each : all) plans.push_back(confirmation(each, fresh, o.integer("seeds", 20, 1), registry));
  for (Plan& plan : plans) prepare(plan, options);
  int code = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const SessionResult result = carry_out(plans[i], options);
    tell(o, all[i], plans[i], result);
    code = std::max(code, result.exit_code());
    if (result.interrupted) break;
  }
  return code;
}

}  // namespace

extern const Verb confirm_verb = {
    .name = "confirm",
    .synopsis = "[SWEEP ...]",
    .summary = "the winners of a sweep on fresh seeds",
    .about =
        "Runs the best configs of a sweep (default: the latest that has results) and what its spec says without its "
        "space\n"
        "on seeds that did not choose them, as a sweep of its own, and prints both numbers: the best of many looks\n"
        "better than it is, and in one study of ten worse than the default. Several sweeps are confirmed on common\n"
        "seeds, so that `ubp compare` pairs their winners.",
    .example = "ubp confirm rings --top 3 --seeds 10",
    .declare = declare,
    .run = run};

}  // namespace ubp
