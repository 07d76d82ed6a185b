// SPDX-License-Identifier: MIT
#include "run/session.hpp"

#include <sched.h>

#include <atomic>
#include <csignal>

#include "base/error.hpp"
#include "base/statistics.hpp"
#include "plugin/registry.hpp"
#include "run/local_runner.hpp"
#include "run/progress.hpp"
#include "run/require_data.hpp"
#include "run/slurm_runner.hpp"
#include "run/store_recorder.hpp"
#include "run/sweep_scheduler.hpp"

namespace ubp {
namespace {

std::atomic<int> g_interrupts{0};

/// Counts the signals that ask for an end, as long as it lives; what was ignored when ubp began, as SIGHUP is under
/// nohup, stays ignored.
class InterruptGuard {
 public:
  InterruptGuard() {
    g_interrupts = 0;
    struct sigaction count {};
    count.sa_handler = [](int) { g_interrupts.fetch_add(1); };
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
      sigaction(kSignals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &count, nullptr);
    }
  }
  ~InterruptGuard() {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  }

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
  struct sigaction before_[std::size(kSignals)]{};
};

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

/// The configs that a sampler has proposed by now.
std::vector<Proposal> proposals(Store& store, std::int64_t sweep_id, const Plan& plan) {
  std::vector<Proposal> proposals;
  if (std::ssize(plan.assignments) == plan.configs) return proposals;
  for (RecordedConfig& config : store.configs_from(sweep_id, std::ssize(plan.assignments)))
    if (config.number < plan.configs) proposals.push_back({std::move(config.params), std::move(config.told)});
  return proposals;
}

/// What the sampler knows of the sweep that this one starts from: the configs that are complete.
search::History known_before(Store& store, const Plan& plan) {
  search::History history;
  if (plan.start_from.empty()) return history;
  const std::int64_t other = store.finished_sweep(plan.start_from, plan.identity);
  const std::map<std::int64_t, std::vector<double>> values = store.values(other);
  for (const RecordedConfig& config : store.configs_from(other, 0)) {
    const auto found = values.find(config.number);
    if (found == values.end()) continue;
    const double mean = statistics::mean(found->second);
    history.push_back({plan.search->point(config.params),
                       search::Told::State::complete,
                       {plan.goal == Goal::maximize ? 0 - mean : mean},
                       0,
                       0,
                       0});
  }
  return history;
}

/// Where people will find the database.
const std::filesystem::path& place_of(const SessionOptions& options) {
  return options.published.empty() ? options.database : options.published;
}

std::vector<TrialRow> latest(Store& store, std::int64_t sweep_id, const Plan& plan) {
  std::vector<TrialRow> rows = store.latest(sweep_id);
  std::erase_if(rows, [&](const TrialRow& row) { return !plan.share.has(row.config_number); });
  return rows;
}

std::unique_ptr<Runner> runner_of(const SessionOptions& options) {
  const std::int64_t slots = options.slots > 0 ? options.slots : usable_cores();
  if (options.srun) return std::make_unique<SlurmRunner>(SlurmOptions{.slots = slots, .arguments = *options.srun});
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
  seal(plan, found.files);
}

SessionResult carry_out(const Plan& plan, const SessionOptions& options) {
  const std::int64_t began_ms = steady_ms();
  Store store(options.database);
  search::History before_it = known_before(store, plan);  // refused before anything is recorded
  SessionResult result;
  result.sweep_id = store.declare(plan, this_machine(cache_folder() / "contents"));
  StoreRecorder recorder(store, result.sweep_id, std::filesystem::absolute(place_of(options)).parent_path(),
                         options.published);
  if (options.again != Again::everything) result.reused = store.reuse(result.sweep_id);
  store.missing(result.sweep_id, options.again);
  SweepJobs jobs(plan, recorder, files_of(options, plan.identity), latest(store, result.sweep_id, plan),
                 proposals(store, result.sweep_id, plan));
  SessionResult before;
  count(latest(store, result.sweep_id, plan), before);
  if (before.complete == result.reused && before.failed == 0) tell_former(store, plan, result.sweep_id, options);

  ProgressOptions shown;
  look_at_terminal(shown);
  shown.quiet = options.quiet;
  shown.single = options.single;
  shown.metric = plan.metric;
  shown.goal = plan.goal;
  shown.total = before.total;
  shown.failed = before.failed;
  shown.values = store.values(result.sweep_id);
  for (std::int64_t config = 0; config < jobs.configs(); ++config)
    for (const TrialRow& row : jobs.trials(config)) shown.waiting[config] += row.state == TrialState::queued;
  std::int64_t waiting = 0;
  for (const auto& [config, n] : shown.waiting) waiting += n;
  shown.done = before.total - waiting;
  if (plan.share.of == 1) shown.total = std::max(before.total, plan.configs * plan.replicates);

  const InterruptGuard guard;
  {
    ProgressLine progress(shown);
    const std::unique_ptr<Runner> runner = runner_of(options);
    SweepScheduler scheduler(plan, jobs, std::move(before_it));
    StoreMemory memory(store, plan.pruner.metric);
    Recalling recalling(scheduler, memory, jobs, plan.lag);
    result.interrupted = !coordinate(recalling, *runner, recorder, progress, g_interrupts);
    result.enough = scheduler.enough();
  }
  store.finish_sweep(result.sweep_id);
  if (!options.published.empty()) store.publish(options.published);
  count(latest(store, result.sweep_id, plan), result);
  result.seconds = static_cast<double>(steady_ms() - began_ms) / 1000;
  return result;
}

}  // namespace ubp
