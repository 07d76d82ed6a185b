// SPDX-License-Identifier: MIT
// ubp reproduce: a recorded trial once more, from its record alone.
#include "run/reproduce.hpp"

#include "base/child.hpp"
#include "base/scratch.hpp"
#include "cli/session_report.hpp"
#include "plan/planner.hpp"
#include "query/find.hpp"
#include "query/series.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.words({"TRIAL", "SPEC", "KEY=VALUE"}, 1, true)
      .with_database()
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .flag("quiet,q", "no progress")
      .with_format();
}

RecordedTrial wanted(Reader& reader, const std::string& text) {
  RecordedTrial trial = recorded_trial(reader, find_trial(reader, text));
  require_own(declared_sweep(reader, trial.sweep_id));
  if (trial.state != "COMPLETE" && trial.state != "PRUNED" && trial.state != "FAILED")
    fail(Exit::usage, "trial {} '{}': is {}: expected one that has come to an end: complete, pruned or failed",
         trial.trial_id, trial.name, trial.state);
  if (trial.machine.empty())
    fail(Exit::usage, "trial {} '{}': never began, and has no series to compare", trial.trial_id, trial.name);
  return trial;
}

/// A spec that is named is compared only: what runs is the record.
void tell_spec(const Options& o, const DeclaredSweep& declared, Registry& registry) {
  if (o.words().size() < 2) return;
  std::vector<Culprit> found;
  try {
    const Plan plan = make_plan(o.word(1), {o.words().begin() + 2, o.words().end()}, registry, declared.single);
    found = spec_culprits(declared.spec, plan.spec_text, o.word(1));
  } catch (const Error& e) {
    message("ubp: {}: the record is used", e.what());
  }
  for (const Culprit& culprit : found) message("ubp: {}: the record is used", sentence_of(culprit));
}

/// What the trial came to besides its series: its value, or how it failed.
SeriesPair value_pair(const RecordedTrial& trial, const Recorded& now) {
  SeriesPair pair;
  pair.metric = "value";
  pair.points = 1;
  pair.a = pair.last_a = trial.value, pair.b = pair.last_b = now.value;
  if (trial.state == "COMPLETE" && digits_of(pair.a) != digits_of(pair.b)) pair.step = trial.last_step;
  return pair;
}

/// "" if it ended as the recorded one.
std::string other_end(const RecordedTrial& trial, const Recorded& now) {
  const std::string state = name_of(now.state), reason = name_of(now.failure);
  if (trial.state == "PRUNED" && now.state != TrialState::failed) return "";
  if (state == trial.state && reason == trial.reason) return "";
  return fmt::format("it ended as {}{}{}, recorded is {}{}{}", state, reason.empty() ? "" : ": " + reason,
                     now.error.empty() ? "" : ": " + now.error, trial.state, reason.empty() ? "" : ": ", trial.reason);
}

void print(const std::vector<SeriesPair>& pairs, Format format) {
  const auto sink = printer(format);
  const auto number = [&](const std::optional<double>& value) -> Value {
    return format == Format::table ? Value(digits_of(value)) : value ? Value(*value) : Value();
  };
  sink->columns({"metric", "points", "verdict", "step", "recorded", "now"});
  for (const SeriesPair& pair : pairs)
    sink->row({pair.metric, pair.points, pair.step ? "differs" : "equal", pair.step ? Value(*pair.step) : Value(),
               number(pair.step ? pair.a : pair.last_a), number(pair.step ? pair.b : pair.last_b)});
  sink->end();
}

int judge(const RecordedTrial& trial, const std::vector<SeriesPair>& pairs, const std::string& end) {
  std::int64_t points = 0, metrics = 0, differing = 0;
  const SeriesPair* first = nullptr;
  for (const SeriesPair& pair : pairs) {
    if (pair.metric == "value") continue;
    ++metrics, points += pair.points;
    if (!pair.step) continue;
    ++differing;
    if (!first || *pair.step < *first->step) first = &pair;
  }
  if (!first && pairs.back().step) first = &pairs.back();
  if (!first && end.empty())
    return message("trial {} '{}': equal: {} metrics, {} points", trial.trial_id, trial.name, metrics, points), 0;
  message("trial {} '{}': differs: {} of {} metrics{}{}{}", trial.trial_id, trial.name, differing, metrics,
          first ? fmt::format(", first {} at step {}: {} became {}", first->metric, *first->step, digits_of(first->a),
                              digits_of(first->b))
                : "",
          end.empty() ? "" : "; ", end);
  return static_cast<int>(Exit::found);
}

int run(const Options& o) {
  const Format format = o.format();
  Registry registry = registry_of(o);
  const std::filesystem::path database = o.database();
  std::optional<Reader> reader(database);
  const RecordedTrial trial = wanted(*reader, o.word(0));
  const DeclaredSweep declared = declared_sweep(*reader, trial.sweep_id);
  reader.reset();  // its writer's log would grow while the trial runs
  tell_spec(o, declared, registry);
  const Plan plan = plan_again(trial, declared, registry);
  const Provenance machine = this_machine(cache_folder() / "contents");
  for (const Culprit& culprit : culprits(trial, plan, machine)) message("ubp: {}", sentence_of(culprit));
  const ScratchFolder scratch("reproduce");
  const Rerun rerun = run_again(trial, plan, machine, scratch.path(), o.has("quiet"));
  if (rerun.interrupted)
    fail(Exit::interrupted, "trial {} '{}': was not run to its end: nothing is known", trial.trial_id, trial.name);
  reader.emplace(database);
  Reader again(rerun.database);
  std::vector<SeriesPair> pairs =
      series_pairs(*reader, trial.trial_id, again, rerun.trial_id, trial.state != "COMPLETE");
  pairs.push_back(value_pair(trial, rerun.came_to));
  print(pairs, format);
  return judge(trial, pairs, other_end(trial, rerun.came_to));
}

}  // namespace

extern const Verb reproduce_verb = {
    .name = "reproduce",
    .synopsis = "TRIAL [SPEC [KEY=VALUE ...]]",
    .summary = "run a recorded trial again from its record, and compare bit by bit",
    .about =
        "Says which of this ubp, its plugins, the data, the BLAS and the processor differ from the record of a trial "
        "that has\n"
        "ended; then runs it again from the record alone, without writing to the database, and compares every point "
        "of every\n"
        "series (but the wall clock's) and the objective's value. Ends with 0 if all bits are equal, with 8 if not. Of "
        "a SPEC\n"
        "that is named it is said where it differs from the recorded one.",
    .example = "ubp reproduce rings/3.0",
    .declare = declare,
    .run = run};

}  // namespace ubp
