// SPDX-License-Identifier: MIT
// The one loop: takes trials from a queue, keeps every slot busy, records what they tell, and decides what an ending
// means. Its three interfaces belong to it, so that tests can replace the world: processes, database and terminal.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "plan/plan.hpp"
#include "run/ending.hpp"
#include "run/protocol.hpp"

namespace ubp {

/// A trial that has to run.
struct Work {
  TrialRow row;
  const TrialSpec* spec = nullptr;
  int deaths = 0;  ///< how often it was killed from outside, in this command
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
  virtual std::int64_t start(std::int64_t trial_id, const TrialSpec&) = 0;
  /// What happened, in each trial's own order; empty after about a tenth of a second of silence.
  virtual std::vector<TrialEvent> wait() = 0;
  virtual void stop() = 0;  ///< all: checkpoint, then end; those that do not obey in time are killed
  virtual void kill() = 0;  ///< all, now
};

/// What is kept of it.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void started(const Work&, std::int64_t pid) = 0;
  virtual void heard(const Work&, const Message&) = 0;
  /// Returns the trial's objective value, if it has one.
  virtual std::optional<double> finished(const Work&, const Outcome&) = 0;
  virtual void requeued(const Work&) = 0;
  virtual TrialRow lost(const Work&, const Outcome&) = 0;  ///< returns the next attempt
  virtual void tick() = 0;                                 ///< between two waits
};

/// Who watches.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void started(const Work&) = 0;
  virtual void heard(const Work&, const Message&) = 0;
  virtual void ended(const Work&, const Verdict&, std::optional<double> value) = 0;
  virtual void stopping() = 0;  ///< an interruption arrived: no trial starts any more
  virtual void tick() = 0;
};

/// How often a trial that is killed from outside is tried again within one command; after that it fails as `killed`.
constexpr int kMostDeaths = 3;

/// Runs the queue to its end, or until `interrupts` counts 1 (trials checkpoint and are queued again) or 2 (they are
/// killed and queued again). No trial's own failure is an exception. Returns whether every trial came to an end. Throws
/// what Runner and Recorder throw.
bool run_queue(std::deque<Work> queue, Runner&, Recorder&, Observer&, const std::atomic<int>& interrupts);

}  // namespace ubp
