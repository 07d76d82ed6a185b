// SPDX-License-Identifier: MIT
#include "run/session.hpp"

#include <sched.h>

#include "base/error.hpp"
#include "base/json.hpp"
#include "plan/space_change.hpp"
#include "plugin/registry.hpp"
#include "run/interrupts.hpp"
#include "run/local_runner.hpp"
#include "run/progress.hpp"
#include "run/recorded_sweep.hpp"
#include "run/require_data.hpp"
#include "run/slurm_runner.hpp"
#include "run/store_recorder.hpp"
#include "run/sweep_scheduler.hpp"
#include "run/turn.hpp"

namespace ubp {
namespace {

std::int64_t usable_cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

void count(const std::vector<TrialRow>& rows, SessionResult& result) {
  for (const TrialRow& row : rows) {
    result.trial_ids.push_back(row.trial_id);
    result.complete += row.state == TrialState::complete || row.state == TrialState::pruned;
    result.failed += row.state == TrialState::failed || row.state == TrialState::lost;
    result.queued += row.state == TrialState::queued || row.state == TrialState::running;
  }
  result.total = static_cast<std::int64_t>(rows.size());
}

/// A person who asks the same question again expects the same sweep: says why it is another one, once.
void tell_former(Store& store, const Plan& plan, std::int64_t sweep_id, const SessionOptions& options) {
  const std::optional<Former> former = store.former(sweep_id);
  if (!former || !options.say) return;
  options.say(fmt::format(
      "sweep {} '{}' asks what sweep {} asked, but {}: the trials of sweep {} stay as they are and are not continued",
      sweep_id, plan.sweep, former->sweep_id, difference(former->basis, plan.basis), former->sweep_id));
}

/// The same for a sweep whose space was edited.
void tell_space(Store& store, const Plan& plan, std::int64_t sweep_id, const SessionOptions& options) {
  const std::optional<Earlier> earlier = store.earlier(sweep_id);
  const std::string change = earlier ? space_change(earlier->space, plan.space) : "";
  if (change.empty() || !options.say) return;
  const bool proposes = std::ssize(plan.assignments) < plan.configs;
  const auto belongs = [&](const nlohmann::json& point) { return lies_in(plan.space, point); };
  options.say(fmt::format(
      "sweep {} '{}': space changed since sweep {}: {}; {} of {} trials {}", sweep_id, plan.sweep, earlier->sweep_id,
      change, proposes ? std::count_if(earlier->points.begin(), earlier->points.end(), belongs) : earlier->equal,
      earlier->points.size(),
      proposes ? fmt::format("lie in it; sweep.start_from={} lets the sampler know them", earlier->sweep_id)
               : "still belong"));
}

/// Where people will find the database.
const std::filesystem::path& place_of(const SessionOptions& options) {
  return options.published.empty() ? options.database : options.published;
}

/// Trials side by side: each takes a slot for every thread.
std::int64_t trials_at_once(const Plan& plan, const SessionOptions& options) {
  if (options.single) return 1;
  return std::max<std::int64_t>(1, (options.slots > 0 ? options.slots : usable_cores()) / plan.threads);
}

void tell_threads(const Plan& plan, const SessionOptions& options) {
  if (const std::int64_t cores = usable_cores(); plan.threads > cores && !options.srun && !options.quiet && options.say)
    options.say(
        fmt::format("ubp: note: train.threads: found {}, but there are {} cores: expected at most so many, as "
                    "more only wait for each other",
                    plan.threads, cores));
}

std::unique_ptr<Runner> runner_of(const Plan& plan, const SessionOptions& options) {
  const std::int64_t slots = trials_at_once(plan, options);
  if (options.srun)
    return std::make_unique<SlurmRunner>(
        SlurmOptions{.slots = slots, .threads = plan.threads, .arguments = *options.srun});
  return std::make_unique<LocalRunner>(LocalOptions{.forks = !options.single, .slots = slots});
}

}  // namespace

int SessionResult::exit_code() const {
  return static_cast<int>(interrupted ? Exit::interrupted : failed > 0 ? Exit::some_failed : Exit::ok);
}

std::filesystem::path files_of(const SessionOptions& options, const std::string& identity) {
  const std::filesystem::path files =
      options.files.empty() ? std::filesystem::path(place_of(options)).concat(".files") : options.files;
  return std::filesystem::absolute(files) / identity.substr(0, 12);
}

void prepare(Plan& plan, const SessionOptions& options) {
  const DataFindings found = require_data(plan);
  for (const std::string& note : found.notes)
    if (!options.quiet && options.say) options.say("ubp: note: " + note);
  tell_threads(plan, options);
  seal(plan, found.files);
}

SessionResult carry_out(const Plan& plan, const SessionOptions& options) {
  const std::int64_t began_ms = steady_ms();
  const InterruptGuard guard;  // as long as it writes: `ubp stop` may signal whoever does
  const Turn turn(options);
  Store& store = turn.store();
  search::History before_it = known_before(store, plan);  // refused before anything is recorded
  SessionResult result;
  result.sweep_id = store.declare(plan, this_machine(cache_folder() / "contents"));
  StoreRecorder recorder(store, result.sweep_id, std::filesystem::absolute(place_of(options)).parent_path(),
                         options.published);
  if (options.again != Again::everything) result.reused = store.reuse(result.sweep_id);
  store.missing(result.sweep_id, options.again, plan.limits.retries, options.retried);
  SweepJobs jobs(plan, recorder, files_of(options, plan.identity), latest_trials(store, result.sweep_id, plan),
                 recorded_proposals(store, result.sweep_id, plan));
  SessionResult before;
  count(latest_trials(store, result.sweep_id, plan), before);
  if (before.complete == result.reused && before.failed == 0) {
    tell_former(store, plan, result.sweep_id, options);
    tell_space(store, plan, result.sweep_id, options);
  }

  ProgressOptions shown;
  look_at_terminal(shown);
  shown.quiet = options.quiet;
  shown.single = options.single;
  shown.metric = plan.metric;
  shown.goal = plan.goal;
  shown.total = before.total;
  shown.failed = before.failed;
  shown.values = store.values(result.sweep_id);
  shown.objectives = plan.objectives;
  if (!plan.objectives.empty()) shown.several = store.values(result.sweep_id, plan.objectives, plan.reduce);
  for (std::int64_t config = 0; config < jobs.configs(); ++config)
    for (const TrialRow& row : jobs.trials(config)) shown.waiting[config] += row.state == TrialState::queued;
  std::int64_t waiting = 0;
  for (const auto& [config, n] : shown.waiting) waiting += n;
  shown.done = before.total - waiting;
  if (plan.share.of == 1) shown.total = std::max(before.total, plan.configs * plan.replicates);

  store.name_sweep(result.sweep_id);
  if (waiting > 0 || shown.total > before.total)  // query/pages.cpp tells it to those who look on
    store.event({}, "session", json_text({{"identity", plan.identity}, {"slots", trials_at_once(plan, options)}}));
  {
    ProgressLine progress(shown);
    const std::unique_ptr<Runner> runner = runner_of(plan, options);
    SweepScheduler scheduler(plan, jobs, std::move(before_it));
    StoreMemory memory(store, plan.pruner.metric, [&](const Job& job, const Recorded& recorded) {
      ++result.reused;
      progress.reused(job, recorded);
    });
    Recalling recalling(scheduler, memory, jobs, plan.lag);
    result.interrupted = !coordinate(recalling, *runner, recorder, progress, guard.count());
    result.enough = scheduler.enough();
  }
  store.finish_sweep(result.sweep_id);
  if (!options.published.empty()) store.publish(options.published);
  count(latest_trials(store, result.sweep_id, plan), result);
  result.seconds = static_cast<double>(steady_ms() - began_ms) / 1000;
  return result;
}

}  // namespace ubp
