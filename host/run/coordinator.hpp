// SPDX-License-Identifier: MIT
// The one loop: asks a scheduler for jobs, keeps every slot busy, records what trials tell, and tells the scheduler
// what was recorded. Its four interfaces belong to it, so that tests can replace the world: what to run next,
// processes, database and terminal.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/plan.hpp"
#include "run/ending.hpp"
#include "run/protocol.hpp"

namespace ubp {

/// A trial that has to run, from where it stands.
struct Job {
  TrialRow row;
  std::shared_ptr<const TrialSpec> spec;  ///< null until it is about to run
  Limits limits;
  /// A budget, outside the trial's identity: at this step it evaluates, writes its checkpoint and ends as paused.
  /// Nothing: to its end.
  std::optional<std::int64_t> until_step;
  int deaths = 0;  ///< how often it was killed from outside, in this command
};

/// A trial that does not run, or not any more: paused, or never begun.
struct Dropped {
  Job job;
  TrialState state = TrialState::pruned;  ///< or cancelled, if it never began
  std::string why;                        ///< one sentence
};

/// What runs next. Called by the loop alone, between two waits.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// The next job; nothing now is not nothing ever. Asked only while a slot is free.
  virtual std::optional<Job> next() = 0;
  /// What a job that runs has told. Returns why it is to end here, as pruned: of what it tells besides, nothing is
  /// recorded.
  virtual std::optional<std::string> heard(const Job&, const Message&) { return std::nullopt; }
  /// A job that next() gave has ended: complete, failed, or paused at its budget (Recorded::state is queued). A job
  /// that is interrupted, killed from outside or retried is run again by the loop and not told.
  virtual void ended(const Job&, const Recorded&) = 0;
  /// Asked after every next() and ended(). Each is given once.
  virtual std::vector<Dropped> dropped() { return {}; }
  /// Nothing will ever come again.
  virtual bool finished() const = 0;
};

struct TrialEvent {
  std::int64_t trial_id = 0;
  std::variant<Message, Ending> what;
};

/// Where trials run.
class Runner {
 public:
  virtual ~Runner() = default;
  virtual bool has_room() const = 0;
  /// REQUIRES: has_room(). Returns the pid. Throws Error (internal) if no process can be started.
  virtual std::int64_t start(const Job&) = 0;
  /// What happened, in each trial's own order; empty after about a tenth of a second of silence.
  virtual std::vector<TrialEvent> wait() = 0;
  virtual void cut(std::int64_t trial_id) = 0;  ///< this one, now
  virtual void stop() = 0;  ///< all: checkpoint, then end; those that do not obey in time are killed
  virtual void kill() = 0;  ///< all, now
};

/// Why a trial that has not ended waits again.
enum class Requeued {
  interrupted,  ///< ubp was asked to stop
  preempted,    ///< somebody else asked the trial to
  refused       ///< it did not begin: what the sweep was declared with is something else by now
};
const char* name_of(Requeued);  ///< as recorded

/// What is kept of it. What its methods return is what was recorded: nobody else decides what a trial came to.
class Recorder {
 public:
  virtual ~Recorder() = default;
  /// A config that was not declared: its trials, by replicate; queued, but for those that are recorded already.
  virtual std::vector<TrialRow> proposed(const Config&) = 0;
  virtual void started(const Job&, std::int64_t pid) = 0;
  virtual void heard(const Job&, const Message&) = 0;
  virtual Recorded finished(const Job&, const Outcome&) = 0;        ///< `next`: it is run again, as that attempt
  virtual Recorded paused(const Job&, const Outcome&) = 0;          ///< at its budget; the outcome has its cost so far
  virtual void requeued(const Job&, const Outcome&, Requeued) = 0;  ///< stopped before its end, the same
  virtual TrialRow lost(const Job&, const Outcome&) = 0;            ///< returns the next attempt
  virtual void tick() = 0;  ///< before a wait, and in the end: what was told until now is to be recorded
};

/// Who watches.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void started(const Job&) = 0;
  virtual void heard(const Job&, const Message&) = 0;
  virtual void ended(const Job&, const Recorded&) = 0;  ///< after the recorder's tick()
  virtual void requeued(const Job&) = 0;
  virtual void retried(const Job&, const Recorded&) = 0;  ///< it failed, and is tried again
  virtual void lost(const Job&, const Outcome&) = 0;      ///< it is tried again
  virtual void stopping() = 0;                            ///< an interruption arrived: no trial starts any more
  virtual void tick() = 0;
};

/// How often a trial that is killed from outside is tried again within one command; after that it fails as `killed`.
constexpr int kMostDeaths = 3;

/// Runs what the scheduler gives until it is finished, or until `interrupts` counts 1 (trials checkpoint and are queued
/// again) or 2 (they are killed and queued again). No trial's own failure is an exception. Returns whether the
/// scheduler is finished and every trial came to an end. Throws what Scheduler, Runner and Recorder throw, Changed once
/// a trial refused to begin and the others have stopped, and Error (internal) if the scheduler waits for something that
/// nobody does.
bool coordinate(Scheduler&, Runner&, Recorder&, Observer&, const std::atomic<int>& interrupts);

}  // namespace ubp
