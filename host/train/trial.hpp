// SPDX-License-Identifier: MIT
// Turns one trial spec into one outcome, in this process.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "plan/plan.hpp"

namespace ubp {

/// Where a trial tells what happens; the worker process forwards it to the coordinator, tests keep it in memory.
class TrialSink {
 public:
  virtual ~TrialSink() = default;
  /// Composition done, checkpoint (if any) restored. `step` 0 for a fresh start; else every point the trial had logged
  /// up to it follows again, so the receiver forgets what it has of this trial.
  virtual void started(std::int64_t step) = 0;
  virtual void point(const std::string& metric, std::int64_t step, double value) = 0;
  /// A file in TrialSpec::directory is complete. kind: "image", "embedding".
  virtual void artifact(const std::string& kind, const std::string& file, const std::string& mime,
                        std::int64_t step) = 0;
  virtual void note(int level /* UBP_LOG_* */, const std::string& who, const std::string& text) = 0;
  /// Not recorded. fraction: 0..1 of the planned steps, -1 if open-ended.
  virtual void progress(std::int64_t step, double fraction, double steps_per_second) = 0;
  virtual void checkpointed(std::int64_t step) = 0;
};

struct TrialEnd {
  enum class How { complete, failed, interrupted } how = How::complete;
  std::string reason;  ///< as Outcome::reason
  std::string error;   ///< one sentence
};

/// Deterministic: equal specs give equal points on one machine, also across an interruption and a checkpoint. A trial's
/// own failure is a TrialEnd, not an exception. `stop`: checkpoint at the next step and return `interrupted`.
/// Threads: one call at a time per process (plugins and BLAS are process-wide).
TrialEnd run_trial(const TrialSpec&, TrialSink&, const std::atomic<bool>& stop);

/// What the process is doing right now, for the record of a crash: "reconstruction.loss, stage 0, step 812". Lives in
/// memory shared with the coordinator if `share` was called; else in ordinary memory.
class Breadcrumb {
 public:
  static constexpr std::size_t kBytes = 256;
  static void share(void* memory);  ///< [kBytes], NUL-terminated at any instant
  static void set(const char* component, const char* callback, std::int64_t stage, std::int64_t step);
};

}  // namespace ubp
