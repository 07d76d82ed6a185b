// SPDX-License-Identifier: MIT
// What a trial tells while it runs.
#pragma once

#include <cstdint>
#include <string>

namespace ubp {

/// Where a trial tells what happens; the worker process forwards it to the coordinator, tests keep it in memory.
class TrialSink {
 public:
  virtual ~TrialSink() = default;
  /// Composition done, checkpoint (if any) restored. `step` 0 for a fresh start; else every point the trial had logged
  /// up to it follows again, so the receiver forgets what it has of this trial.
  virtual void started(std::int64_t step) = 0;
  /// `t_ms`: milliseconds that the trial had run for, interruptions left out.
  virtual void point(const std::string& metric, std::int64_t step, double value, std::int64_t t_ms) = 0;
  /// A file in TrialSpec::directory is complete. kind: "image", "embedding".
  virtual void artifact(const std::string& kind, const std::string& file, const std::string& mime,
                        std::int64_t step) = 0;
  virtual void note(int level /* UBP_LOG_* */, const std::string& who, const std::string& text) = 0;
  /// Not recorded. fraction: 0..1 of the planned steps, -1 if open-ended.
  virtual void progress(std::int64_t step, double fraction, double steps_per_second) = 0;
  virtual void checkpointed(std::int64_t step) = 0;
};

}  // namespace ubp
