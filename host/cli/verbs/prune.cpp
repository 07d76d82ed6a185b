// SPDX-License-Identifier: MIT
// ubp prune: what pruners would have saved and cost in a sweep that has run.
#include <algorithm>

#include "cli/named.hpp"
#include "cli/session_report.hpp"
#include "plan/planner.hpp"
#include "plan/pruner.hpp"
#include "query/replay.hpp"

namespace ubp {
namespace {

const std::vector<std::string>& pruners() {
  static const std::vector<std::string> names = {"median",    "percentile", "patience",
                                                 "threshold", "halving",    "hyperband"};
  return names;
}

void declare(Options& o) {
  o.value("pruner", "NAME", "replay this one only, with the keys of [sweep.pruner] that are given (default: all)")
      .choices(pruners())
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .with_database()
      .with_format()
      .words({"SWEEP", "KEY=VALUE"}, 0, true);
}

bool is_setting(const std::string& word) { return word.find('=') != word.npos; }

/// The pruner that the words say, checked as a spec's. The spec's own settings stand where they say nothing.
PrunerOptions asked(const DeclaredSweep& sweep, Registry& registry, const std::string& name, const Words& settings) {
  require_own(sweep);
  std::vector<std::string> overrides = {"sweep.dry_prune=true", "sweep.pruner.use=" + name};
  for (const std::string& setting : settings) {
    if (!is_setting(setting)) fail(Exit::usage, "prune: found '{}', expected KEY=VALUE, as in [sweep.pruner]", setting);
    if (setting.starts_with("use=")) fail(Exit::usage, "prune: found '{}', expected --pruner NAME", setting);
    overrides.push_back("sweep.pruner." + setting);
  }
  return plan_of_text(sweep.spec, fmt::format("sweep {}", sweep.sweep_id), overrides, registry, sweep.single)
      .dry_pruner;
}

/// All that need no bound; where their rungs are is a matter of how long trials are.
std::vector<PrunerOptions> all_of(PrunerOptions pruner, const std::vector<EndedTrials>& ended) {
  std::int64_t longest = 1;
  for (const EndedTrials& block : ended)
    for (const search::Ran& ran : block.trials)
      if (!ran.trace.values.empty()) longest = std::max(longest, ran.trace.values.rbegin()->first);
  std::vector<PrunerOptions> all;
  const auto add = [&](PrunerKind kind) {
    all.push_back(pruner);
    all.back().use = kind;
    return &all.back();
  };
  add(PrunerKind::median);
  add(PrunerKind::percentile)->percentile = pruner.percentile == PrunerOptions{}.percentile ? 25 : pruner.percentile;
  add(PrunerKind::patience);
  if (!pruner.lower.empty() || !pruner.upper.empty()) add(PrunerKind::threshold);
  add(PrunerKind::halving);
  PrunerOptions& hyperband = *add(PrunerKind::hyperband);
  if (hyperband.max_steps == 0) hyperband.max_steps = longest;
  if (hyperband.min_steps == 0) hyperband.min_steps = std::max<std::int64_t>(1, hyperband.max_steps / 100);
  return all;
}

int run(const Options& o) {
  Reader reader(o.database());
  Words settings = o.words();
  const std::string which = settings.empty() || is_setting(settings[0]) ? "" : settings[0];
  if (!which.empty()) settings.erase(settings.begin());
  const auto latest = which.empty() ? latest_with_results(reader) : std::nullopt;
  const SweepFacts sweep = sweep_facts(reader, latest ? *latest : named_sweep(reader, which));
  if (sweep.metric.empty())
    fail(Exit::nothing, "sweep {} '{}' optimises nothing: its spec names no [sweep].metric", sweep.sweep_id,
         sweep.name);
  const std::string name = o.get("pruner");
  if (!name.empty() && std::count(pruners().begin(), pruners().end(), name) == 0)
    fail(Exit::usage, "--pruner: there is no '{}' to replay{}", name, suggestion(name, pruners()));
  Registry registry = registry_of(o);
  const PrunerOptions pruner =
      asked(declared_sweep(reader, sweep.sweep_id), registry, name.empty() ? "median" : name, settings);
  const std::vector<EndedTrials> ended = ended_trials(reader, sweep, pruner.metric);
  const auto is_series = [](const search::Ran& ran) { return ran.trace.values.size() > 1; };
  if (std::none_of(ended.begin(), ended.end(), [&](const EndedTrials& block) {
        return std::any_of(block.trials.begin(), block.trials.end(), is_series);
      }))
    fail(Exit::nothing, "sweep {} '{}': no trial that has ended has two points of {}: train.eval_every makes more",
         sweep.sweep_id, sweep.name, pruner.metric);

  message("sweep {} '{}': {} {}; its trials as they ran, each judged by {}", sweep.sweep_id, sweep.name, sweep.goal,
          sweep.metric, pruner.metric);
  const auto sink = printer(o.format());
  sink->columns({"pruner", "block", "trials", "stopped", "saved", "winner", "regret", "settings"});
  for (const PrunerOptions& each : name.empty() ? all_of(pruner, ended) : std::vector{pruner})
    for (const EndedTrials& block : ended) {
      const search::DryPrune found = replayed(each, sweep, block);
      sink->row({name_of(each.use), block.block == "{}" ? Value() : Value(block.block), std::ssize(block.trials),
                 std::ssize(found.stopped), found.saved_share,
                 !found.winner       ? Value()
                 : found.winner_lost ? Value("lost")
                                     : Value("kept"),
                 found.winner ? Value(found.regret) : Value(), settings_of(each)});
    }
  sink->end();
  return 0;
}

}  // namespace

extern const Verb prune_verb = {
    .name = "prune",
    .synopsis = "[SWEEP] [KEY=VALUE ...]",
    .summary = "what pruners would have saved and cost in a sweep that has run",
    .about =
        "Replays pruners on the series of a sweep's trials (default: the latest that has results), in the order of "
        "the\n"
        "clock: how many trials each would have stopped, the share of all steps that it would have saved, whether the\n"
        "best trial would have been kept, and by how much the best that remains is worse (regret). KEY=VALUE: keys of\n"
        "[sweep.pruner], as eta=3; the spec's own stand where none are given. Within blocks, if the sweep has them.\n"
        "A trial that is stopped falls silent; the next one does not begin sooner. Promotion cannot be replayed: it\n"
        "continues trials from checkpoints.",
    .example = "ubp prune rings --pruner halving eta=3",
    .declare = declare,
    .run = run};

}  // namespace ubp
