// SPDX-License-Identifier: MIT
#include "run/session.hpp"

#include <sched.h>

#include <atomic>
#include <csignal>

#include "base/error.hpp"
#include "run/local_runner.hpp"
#include "run/progress.hpp"
#include "run/queue_scheduler.hpp"
#include "run/require_data.hpp"
#include "run/store_recorder.hpp"

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
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[3]{};
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

}  // namespace

int SessionResult::exit_code() const {
  return static_cast<int>(interrupted ? Exit::interrupted : failed > 0 ? Exit::some_failed : Exit::ok);
}

std::filesystem::path files_of(const std::filesystem::path& database, const std::string& identity) {
  return std::filesystem::absolute(database).concat(".files") / identity.substr(0, 12);
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
  SessionResult result;
  result.sweep_id = store.declare(plan, this_machine());
  StoreRecorder recorder(store, result.sweep_id, std::filesystem::absolute(options.database).parent_path());
  SweepJobs jobs(plan, recorder, files_of(options.database, plan.identity));
  if (options.again != Again::everything) result.reused = store.reuse(result.sweep_id);
  std::deque<TrialRow> queue;
  for (const TrialRow& row : store.missing(result.sweep_id, options.again))
    if (jobs.knows(row)) queue.push_back(row);
  SessionResult before;
  count(store.latest(result.sweep_id), before);
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
  for (const TrialRow& row : queue) ++shown.waiting[row.config_number];
  shown.done = before.total - static_cast<std::int64_t>(queue.size());

  const InterruptGuard guard;
  {
    ProgressLine progress(shown);
    LocalRunner runner({.slots = options.slots > 0 ? options.slots : usable_cores()});
    QueueScheduler scheduler(jobs, std::move(queue));
    result.interrupted = !coordinate(scheduler, runner, recorder, progress, g_interrupts);
  }
  store.finish_sweep(result.sweep_id);
  count(store.latest(result.sweep_id), result);
  result.seconds = static_cast<double>(steady_ms() - began_ms) / 1000;
  return result;
}

}  // namespace ubp
