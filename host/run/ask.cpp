// SPDX-License-Identifier: MIT
#include "run/ask.hpp"

#include <algorithm>
#include <cmath>

#include "base/kept.hpp"
#include "plan/search_space.hpp"
#include "query/drawn.hpp"
#include "query/sweeps.hpp"
#include "run/recall.hpp"
#include "run/recorded_sweep.hpp"
#include "run/store_recorder.hpp"
#include "run/sweep_scheduler.hpp"
#include "run/turn.hpp"

namespace ubp {
namespace {

using nlohmann::json;

/// A declared sweep, in the hands of one process.
struct Opened {
  Opened(const Plan& plan, const SessionOptions& options)
      : turn(options),
        store(turn.store()),
        before(known_before(store, plan)),  // refused before anything is recorded
        sweep_id(store.declare(plan, this_machine(cache_folder() / "contents"))),
        recorder(store, sweep_id, std::filesystem::absolute(options.database).parent_path()) {
    store.missing(sweep_id, options.again);
    jobs.emplace(plan, recorder, files_of(options, plan.identity), latest_trials(store, sweep_id, plan),
                 recorded_proposals(store, sweep_id, plan));
  }

  const Turn turn;
  Store& store;
  search::History before;
  std::int64_t sweep_id;
  StoreRecorder recorder;
  std::optional<SweepJobs> jobs;
};

Assignment assignment_of(const Plan& plan, const json& point) {
  if (!point.is_object()) fail(Exit::usage, "--point: found {}, expected an object of values by key", point.dump());
  Section section{"--point", {}, {}, {}};
  for (const auto& [key, value] : point.items()) {
    const bool short_name = plan.by_program && !plan.space.contains(key) && plan.space.contains("program." + key);
    section.settings[short_name ? "program." + key : key] = {value, false, "--point"};
  }
  const Assignment assignment = plan.search->tried(section, "");
  const search::Space& space = plan.search->space();
  if (space.allowed && !space.allowed(plan.search->point(assignment)))
    fail(Exit::usage, "--point: sweep.forbid excludes it");
  return assignment;
}

/// The number of the config at a point, which the sweep grows by if it does not have it.
std::int64_t config_at(const Plan& plan, SweepJobs& jobs, const json& point) {
  const Assignment assignment = assignment_of(plan, point);
  for (std::int64_t config = 0; config < jobs.configs(); ++config)
    if (jobs.assignment(config) == assignment) return config;
  if (std::ssize(plan.assignments) == plan.configs)
    fail(Exit::usage, "--point: it is none of the {} configs of sweep '{}', whose sampler {} knows them beforehand",
         plan.configs, plan.sweep, plan.sampler.at("use").get<std::string>());
  if (jobs.configs() >= plan.configs)
    fail(Exit::usage, "--point: sweep '{}' has its {} configs already: expected more in sweep.configs", plan.sweep,
         plan.configs);
  jobs.propose(assignment);
  return jobs.configs() - 1;
}

Asked asked(const Plan& plan, std::int64_t sweep_id, const SweepJobs& jobs, const TrialRow& row) {
  const TrialSpec spec = plan.compiler->trial(jobs.assignment(row.config_number), row.replicate);
  return {row, sweep_id, spec.seed, spec.find("program")->params};
}

/// The first that nobody has been given and that has to run.
std::optional<TrialRow> free_one(Store& store, const std::vector<TrialRow>& rows) {
  for (const TrialRow& row : rows)
    if (row.state == TrialState::queued && !store.asked(row.trial_id)) return row;
  return std::nullopt;
}

/// What a scheduler would start now; and how many trials it waits for.
std::optional<TrialRow> next_one(const Plan& plan, Opened& sweep, std::int64_t& given) {
  SweepScheduler scheduler(plan, *sweep.jobs, sweep.before);
  StoreMemory memory(sweep.store, "");
  Recalling recalling(scheduler, memory, *sweep.jobs, plan.lag);
  std::optional<TrialRow> found;
  while (const std::optional<Job> job = recalling.next()) {
    if (sweep.store.asked(job->row.trial_id)) {
      ++given;
      continue;
    }
    found = job->row;
    break;
  }
  for (const Dropped& dropped : recalling.dropped()) {
    Outcome outcome;
    outcome.state = dropped.state;
    outcome.error = dropped.why;
    sweep.recorder.finished(dropped.job, outcome);
  }
  if (recalling.finished()) sweep.store.finish_sweep(sweep.sweep_id);
  return found;
}

}  // namespace

AskAnswer ask(Plan& plan, const SessionOptions& options, const std::optional<json>& point) {
  seal(plan, {});
  Opened sweep(plan, options);
  std::int64_t given = 0;
  const std::optional<TrialRow> row =
      point ? free_one(sweep.store, sweep.jobs->trials(config_at(plan, *sweep.jobs, *point)))
            : next_one(plan, sweep, given);
  AskAnswer answer;
  if (row) {
    sweep.store.ask(row->trial_id);
    answer.trial = asked(plan, sweep.sweep_id, *sweep.jobs, *row);
  } else if (point) {
    answer.why = fmt::format("sweep {} '{}': every trial of this point was given already", sweep.sweep_id, plan.sweep);
  } else if (given > 0) {
    answer.why = fmt::format("sweep {} '{}': no trial until more is told: {} {} given and not told", sweep.sweep_id,
                             plan.sweep, given, given == 1 ? "trial was" : "trials were");
  } else {
    answer.why = fmt::format("sweep {} '{}': no trial is left", sweep.sweep_id, plan.sweep);
  }
  sweep.store.sync();
  return answer;
}

std::int64_t bring(const Plan& plan, const SessionOptions& options, const json& point) {
  Opened sweep(plan, options);
  const std::int64_t config = config_at(plan, *sweep.jobs, point);
  sweep.store.sync();
  return config;
}

Recorded tell(const SessionOptions& options, std::int64_t trial_id, TrialTold told) {
  const Turn turn(options);
  Store& store = turn.store();
  const std::optional<std::int64_t> asked_ms = store.asked(trial_id);
  if (!asked_ms) fail(Exit::usage, "trial {}: expected one that `ubp ask` gave and that was not told yet", trial_id);
  if (told.given_back) {
    store.give_back(trial_id);
    return {TrialState::queued, Failure::none, "", {}};
  }
  Reader reader(options.database);
  const SweepFacts sweep = sweep_facts(reader, place_of_trial(reader, trial_id).sweep_id);
  for (MetricPoint& each : told.points) {
    if (!each.metric.empty()) continue;
    if (sweep.metric.empty())
      fail(Exit::usage, "trial {}: found a value without a name, but sweep '{}' compares nothing: expected NAME=VALUE",
           trial_id, sweep.name);
    each.metric = sweep.metric;
  }
  Outcome outcome;
  outcome.wall_ms = std::llround(told.seconds * 1000);
  if (told.failed) {
    outcome.state = TrialState::failed;
    outcome.failure = Failure::exception;
    outcome.error = *told.failed;
  }
  return store.tell(trial_id, told.points, outcome);
}

}  // namespace ubp
