// SPDX-License-Identifier: MIT
// What a rule would have done to trials that ran without it.
#pragma once

#include <optional>

#include "search/stop_rule.hpp"

namespace ubp::search {

/// A trial that has ended, with its whole series.
struct Ran {
  Trace trace;                                 ///< as it ended; its last step is its length
  double value = 0;                            ///< what it came to, to be minimised; NaN: nothing
  std::map<std::int64_t, std::int64_t> times;  ///< by step, when it was reported, in any unit; all steps, or none
};

/// In which order the rule hears of what happened.
enum class Replay {
  one_by_one,  ///< each trial to its end before the next begins
  /// As `times` say, at equal times the earlier trial first. A trial that is stopped only falls silent: the next ones
  /// do not begin sooner, as they would have done.
  by_time,
};

struct DryStop {
  std::int64_t trial = 0;
  std::int64_t step = 0;   ///< at which it would have been stopped
  std::int64_t saved = 0;  ///< steps that it ran behind it
  std::string why;
};

struct DryPrune {
  std::vector<DryStop> stopped;  ///< in the order in which they would have been stopped
  double saved_share = 0;        ///< of the steps of all trials
  /// The complete trial of the lowest value, the earliest of equals. Nothing: none has one.
  std::optional<std::int64_t> winner;
  bool winner_lost = false;  ///< it would have been stopped
  /// The best value of the complete trials that would have been kept, minus the winner's: from 0; infinity if none
  /// would have been kept.
  double regret = 0;
};

/// Replays `rule` over trials in the order in which they began. A trial is not judged at its last report, where nothing
/// is left to be saved: it is then what its trace says, complete or pruned. Pure; threads: any. Throws what the rule
/// throws. REQUIRES: by_time: times of all steps of all trials, not falling with the step.
DryPrune dry_prune(const StopRule& rule, const std::vector<Ran>& trials, Replay);

}  // namespace ubp::search
