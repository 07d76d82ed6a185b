// SPDX-License-Identifier: MIT
// Turns one trial spec into one outcome, in this process.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/vocabulary.hpp"
#include "plan/plan.hpp"
#include "train/trial_sink.hpp"

namespace ubp {

/// Deterministic: equal specs give equal points on one machine, also across an interruption and a checkpoint. A trial's
/// own failure is a TrialEnd, not an exception. `stop`: checkpoint at the next step and return `interrupted`.
///
/// `until_step`: a budget, no part of the trial. A trial that reaches this step and is not at its end checkpoints, is
/// then evaluated, tells the points of that evaluation (which its own history does not have) and returns `paused`; a
/// later call with a larger budget, or none, continues it as if it had never stopped. Throws Error (usage) if it is
/// less than 1.
///
/// A checkpoint is continued only by the program that wrote it: for another spec, format or build of ubp the trial
/// starts afresh, with a note.
/// Threads: one call at a time per process (plugins and BLAS are process-wide).
TrialEnd run_trial(const TrialSpec&, TrialSink&, const std::atomic<bool>& stop,
                   std::optional<std::int64_t> until_step = std::nullopt);

/// The last word of a trial that was left by an exception. REQUIRES: inside a catch block.
TrialEnd end_of_exception();

}  // namespace ubp
