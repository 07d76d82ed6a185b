// SPDX-License-Identifier: MIT
// The words that training, running, recording and querying share: what a trial tells, and what it came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ubp {

enum class TrialState { queued, running, complete, pruned, failed, lost, cancelled };
const char* name_of(TrialState);  ///< as recorded: "QUEUED", "RUNNING", ...
/// Nothing if no state has this name.
std::optional<TrialState> state_named(std::string_view);

/// Why a trial has no result. The names are recorded, shown and queried.
///
/// | class     | when                                                                                             |
/// |-----------|--------------------------------------------------------------------------------------------------|
/// | numeric   | a loss, a gradient, a logged number or the objective's value is not finite                       |
/// | missing   | the series that the sweep optimises has no value                                                 |
/// | exception | a plugin's code threw                                                                            |
/// | plugin    | a plugin cannot be loaded, refuses, or misbehaves                                                |
/// | data      | a file cannot be read                                                                            |
/// | spec      | the parts do not work together, found only in the trial                                          |
/// | memory    | over the limit, or the machine's memory ran out                                                  |
/// | timeout   | over the wall limit                                                                              |
/// | stalled   | no step within the stall limit                                                                   |
/// | crash     | SIGSEGV, SIGBUS, SIGFPE, SIGILL, or another signal that a program sends itself                   |
/// | abort     | SIGABRT: abort(), a failed assertion, an exception that nobody caught                            |
/// | exit      | a plugin called exit()                                                                           |
/// | killed    | SIGKILL that ubp did not send (the kernel short of memory, a person)                             |
/// | internal  | a defect of ubp                                                                                  |
enum class Failure {
  none,
  numeric,
  missing,
  exception,
  plugin,
  data,
  spec,
  memory,
  timeout,
  stalled,
  crash,
  abort,
  exit,
  killed,
  internal
};
const char* name_of(Failure);  ///< "" for none
/// Nothing if no class has this name; "" is none.
std::optional<Failure> failure_named(std::string_view);

/// Whether a trial that failed so may come to something else if it is run again; the others follow from its spec.
bool is_by_chance(Failure);

/// Which way an objective metric improves.
enum class Goal { minimize, maximize };
const char* name_of(Goal);
inline bool improves(Goal goal, double value, double best) {
  return goal == Goal::maximize ? value > best : value < best;
}

/// One execution of a config x replicate, as it is recorded.
struct TrialRow {
  std::int64_t trial_id = 0, config_number = 0, replicate = 0, attempt = 0;
  TrialState state = TrialState::queued;
};

/// One value of a metric series. NaN is recorded as NULL.
struct MetricPoint {
  std::string metric;  ///< "train.loss"
  std::int64_t step = 0;
  double value = 0;
  std::int64_t t_ms = 0;  ///< milliseconds since the trial started
};

/// The metrics that a trial's loop reads off the clock: the only ones that may differ from one run to the next.
inline constexpr std::string_view kWallClockMetrics[] = {"train.seconds", "train.steps_per_second"};

/// A trial's own last word.
struct TrialEnd {
  enum class How {
    complete,
    failed,
    interrupted,  ///< asked to stop: its checkpoint continues it
    paused,       ///< at its budget: evaluated, its checkpoint continues it
    refused       ///< not begun: what the sweep was declared with is something else by now
  } how = How::complete;
  Failure failure = Failure::none;
  std::string error;  ///< one sentence
};

/// How an execution ended, as its coordinator sees it.
struct Outcome {
  TrialState state = TrialState::complete;
  Failure failure = Failure::none;  ///< none if complete
  std::string error;                ///< one sentence; "" if complete
  std::optional<int> exit_code, signal;
  std::int64_t cpu_ms = 0, max_rss_kb = 0, wall_ms = 0;
  std::string log_tail;
};

/// What a trial came to, as it is recorded: the recorder may know better than the trial, whose objective may have no
/// finite value.
struct Recorded {
  TrialState state = TrialState::complete;  ///< queued: it is paused and can go on
  Failure failure = Failure::none;
  std::string error;                            ///< one sentence; "" if complete
  std::optional<double> value;                  ///< of the objective, reduced over the trial's series so far
  std::vector<double> values = {};              ///< of a complete trial of several objectives; `value` is the first
  std::optional<TrialRow> next = std::nullopt;  ///< failed, and this attempt of it waits
};

}  // namespace ubp
