// SPDX-License-Identifier: MIT
// Turns one trial spec into one outcome, in this process.
#pragma once

#include <atomic>

#include "base/vocabulary.hpp"
#include "plan/plan.hpp"
#include "train/trial_sink.hpp"

namespace ubp {

/// Deterministic: equal specs give equal points on one machine, also across an interruption and a checkpoint. A trial's
/// own failure is a TrialEnd, not an exception. `stop`: checkpoint at the next step and return `interrupted`.
/// Threads: one call at a time per process (plugins and BLAS are process-wide).
TrialEnd run_trial(const TrialSpec&, TrialSink&, const std::atomic<bool>& stop);

/// The last word of a trial that was left by an exception. REQUIRES: inside a catch block.
TrialEnd end_of_exception();

}  // namespace ubp
