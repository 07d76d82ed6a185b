// SPDX-License-Identifier: MIT
// How the learning rate falls over a stage.
#pragma once

#include <cstdint>

#include "plan/options.hpp"

namespace ubp {

/// The factor that multiplies a configured rate. A pure function of the position, but for `plateau`, whose two numbers
/// are part of the checkpoint.
class Schedule {
 public:
  /// From [train]: schedule, schedule_step, schedule_gamma, schedule_patience, warmup_steps.
  explicit Schedule(const TrainOptions& train);

  struct State {  ///< of the plateau schedule
    double factor = 1, best = 1e308;
    std::int64_t bad_epochs = 0;
  };
  void restart() { state_ = {}; }
  State state() const { return state_; }
  void set_state(State s) { state_ = s; }

  /// `steps`: of the whole stage, -1 if that is not known before, as with collected rows: cosine then falls by epochs, of which
  /// there are `epochs`; 0: open-ended, and cosine is constant.
  double factor(std::int64_t step, std::int64_t epoch, std::int64_t steps, std::int64_t epochs) const;
  void end_epoch(double mean_loss);

 private:
  RateSchedule kind_;
  std::int64_t every_, patience_, warmup_;
  double gamma_;
  State state_;
};

}  // namespace ubp
