// SPDX-License-Identifier: MIT
#include "train/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace ubp {

Schedule::Schedule(const TrainOptions& train)
    : kind_(train.schedule),
      every_(train.schedule_step),
      patience_(train.schedule_patience),
      warmup_(train.warmup_steps),
      gamma_(train.schedule_gamma) {}

double Schedule::factor(std::int64_t step, std::int64_t epoch, std::int64_t steps, std::int64_t epochs) const {
  if (step < warmup_) return static_cast<double>(step + 1) / static_cast<double>(warmup_);
  if (kind_ == RateSchedule::step) return std::pow(gamma_, static_cast<double>(epoch / every_));
  if (kind_ == RateSchedule::plateau) return state_.factor;
  if (kind_ == RateSchedule::cosine && (steps > warmup_ || (steps < 0 && epochs > 0))) {
    const double share = steps < 0 ? static_cast<double>(epoch) / static_cast<double>(epochs)
                                   : static_cast<double>(step - warmup_) / static_cast<double>(steps - warmup_);
    return 0.5 * (1 + std::cos(3.14159265358979323846 * std::min(1.0, share)));
  }
  return 1;
}

void Schedule::end_epoch(double mean_loss) {
  if (kind_ != RateSchedule::plateau) return;
  if (mean_loss < state_.best) {
    state_.best = mean_loss;
    state_.bad_epochs = 0;
  } else if (++state_.bad_epochs >= patience_) {
    state_.factor *= gamma_;
    state_.bad_epochs = 0;
  }
}

}  // namespace ubp
