// SPDX-License-Identifier: MIT
#include "run/coordinator.hpp"

#include <deque>
#include <map>

#include "base/error.hpp"

namespace ubp {
namespace {

using Then = Verdict::Then;

class Loop {
 public:
  Loop(Scheduler& scheduler, Runner& runner, Recorder& recorder, Observer& observer)
      : scheduler_(scheduler), runner_(runner), recorder_(recorder), observer_(observer) {}

  bool run(const std::atomic<int>& interrupts) {
    while (!running_.empty() || (!finished() && !stopping_)) {
      obey(interrupts);
      while (!stopping_ && runner_.has_room() && start_next()) {
      }
      if (running_.empty() && !stopping_ && !finished())
        fail(Exit::internal, "the sweep is stuck: no trial runs, and its scheduler neither gives one nor is finished");
      record();  // once the slots are taken: what it does may take its time
      for (TrialEvent& event : runner_.wait()) take(event);
      observer_.tick();
    }
    record();
    if (!refusal_.empty()) throw Changed(refusal_);
    return finished();
  }

 private:
  bool finished() const { return again_.empty() && scheduler_.finished(); }

  // Only what is recorded is told.
  void record() {
    recorder_.tick();
    for (const auto& [job, recorded] : ended_) observer_.ended(job, recorded);
    ended_.clear();
  }

  void obey(int interrupts) {
    if (interrupts >= 1) stop();
    if (interrupts >= 2) runner_.kill();
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    observer_.stopping();
    runner_.stop();
  }

  std::optional<Job> next() {
    if (again_.empty()) return scheduler_.next();
    Job job = std::move(again_.front());
    again_.pop_front();
    return job;
  }

  bool start_next() {
    std::optional<Job> job = next();
    drop();
    if (!job) return false;
    const std::int64_t pid = runner_.start(*job);
    recorder_.started(*job, pid);
    observer_.started(*job);
    running_.emplace(job->row.trial_id, std::move(*job));
    return true;
  }

  void take(TrialEvent& event) {
    const auto found = running_.find(event.trial_id);
    if (const Message* message = std::get_if<Message>(&event.what)) return hear(found->second, *message);
    Job job = std::move(found->second);
    running_.erase(found);
    Verdict verdict = judge(std::get<Ending>(event.what));
    if (const auto why = pruned_.extract(event.trial_id)) {
      verdict.then = Then::finish;
      verdict.outcome.state = TrialState::pruned;
      verdict.outcome.failure = Failure::none;
      verdict.outcome.error = why.mapped();
      verdict.outcome.signal.reset();
    }
    end(std::move(job), std::move(verdict));
  }

  void hear(const Job& job, const Message& message) {
    if (pruned_.contains(job.row.trial_id)) return;
    recorder_.heard(job, message);
    observer_.heard(job, message);
    if (const std::optional<std::string> why = scheduler_.heard(job, message)) {
      pruned_[job.row.trial_id] = *why;
      runner_.cut(job.row.trial_id);
    }
  }

  void end(Job job, Verdict verdict) {
    const bool may_try_again = job.deaths < kMostDeaths;
    Requeued why = stopping_ ? Requeued::interrupted : Requeued::preempted;
    if (verdict.then == Then::refuse) {
      refusal_ = verdict.outcome.error;
      stop();
      verdict.then = Then::requeue;
      why = Requeued::refused;
    }
    if (verdict.then == Then::requeue && (stopping_ || may_try_again)) {
      recorder_.requeued(job, verdict.outcome, why);
      observer_.requeued(job);
      try_again(std::move(job));  // stopped by somebody else than us: that must not go on for ever either
    } else if (verdict.then == Then::replace && may_try_again) {
      observer_.lost(job, verdict.outcome);
      job.row = recorder_.lost(job, verdict.outcome);
      try_again(std::move(job));
    } else if (verdict.then == Then::pause) {
      const Recorded recorded = recorder_.paused(job, verdict.outcome);
      came_to(std::move(job), recorded);
    } else {
      if (verdict.then != Then::finish) give_up(verdict.outcome);
      const Recorded recorded = recorder_.finished(job, verdict.outcome);
      recorded.next ? retry(std::move(job), recorded) : came_to(std::move(job), recorded);
    }
  }

  void retry(Job job, const Recorded& failed) {
    observer_.retried(job, failed);
    job.row = *failed.next;
    job.deaths = 0;
    again_.push_front(std::move(job));
  }

  void try_again(Job job) {
    ++job.deaths;
    again_.push_front(std::move(job));
  }

  void came_to(Job job, const Recorded& recorded) {
    scheduler_.ended(job, recorded);
    ended_.emplace_back(std::move(job), recorded);
    drop();
  }

  void drop() {
    for (const Dropped& dropped : scheduler_.dropped()) {
      Outcome outcome;
      outcome.state = dropped.state;
      outcome.error = dropped.why;
      ended_.emplace_back(dropped.job, recorder_.finished(dropped.job, outcome));
    }
  }

  static void give_up(Outcome& outcome) {
    outcome.state = TrialState::failed;
    outcome.failure = Failure::killed;
    outcome.error = fmt::format("stopped from outside {} times, last: {}", kMostDeaths + 1,
                                outcome.error.empty() ? "SIGTERM" : outcome.error);
  }

  std::deque<Job> again_;  // before anything new
  std::map<std::int64_t, Job> running_;
  std::vector<std::pair<Job, Recorded>> ended_;  // and nobody was told yet
  std::map<std::int64_t, std::string> pruned_;   ///< running ones that are to end: why
  Scheduler& scheduler_;
  Runner& runner_;
  Recorder& recorder_;
  Observer& observer_;
  bool stopping_ = false;
  std::string refusal_;  ///< why a trial did not begin
};

}  // namespace

const char* name_of(Requeued why) {
  return why == Requeued::interrupted ? "interrupted" : why == Requeued::preempted ? "preempted" : "refused";
}

bool coordinate(Scheduler& scheduler, Runner& runner, Recorder& recorder, Observer& observer,
                const std::atomic<int>& interrupts) {
  return Loop(scheduler, runner, recorder, observer).run(interrupts);
}

}  // namespace ubp
