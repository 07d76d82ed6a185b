// SPDX-License-Identifier: MIT
#include "train/rate.hpp"

#include <algorithm>
#include <cmath>

namespace ubp {

Rate::Rate(const TrialSpec& spec) : spec_(spec), train_(spec.train) {}

void Rate::enter(const Stage& stage, i64 rounds) {
  stage_ = &stage;
  rounds_ = rounds;
}

void Rate::restart(bool keep) {
  const double taken = keep ? state_.plateau_factor : 1;
  state_ = {};
  state_.plateau_factor = taken;
}

double Rate::configured(const std::string& optimizer) const {
  const auto [found, fresh] = configured_.emplace(optimizer, 0);
  if (fresh) found->second = optimizer_of(spec_, optimizer).params.at("lr");
  return found->second;
}

double Rate::before_schedule(const Phase& phase) const {
  return configured(phase.optimizer) * stage_->lr * phase.lr * state_.plateau_factor;
}

double Rate::of(const Phase& phase, Moment moment) const {
  if (state_.plateau_factor == 0) return 0;  // a plateau that takes all ends its stage, whatever min_lr says
  return std::max(before_schedule(phase) * schedule(moment), train_.min_lr);
}

double Rate::schedule(Moment moment) const {
  if (moment.round < train_.warmup_steps)
    return static_cast<double>(moment.round + 1) / static_cast<double>(train_.warmup_steps);
  return fall(moment);
}

double Rate::fall(Moment moment) const {
  switch (train_.schedule) {
    case RateSchedule::constant:
      break;
    case RateSchedule::step:
      return std::pow(train_.schedule_gamma, static_cast<double>(moment.epoch / train_.schedule_step));
    case RateSchedule::plateau:
      return state_.schedule_factor;
    case RateSchedule::cosine: {
      const i64 warmup = train_.warmup_steps;
      double share = 0;
      if (rounds_ > warmup)
        share = static_cast<double>(moment.round - warmup) / static_cast<double>(rounds_ - warmup);
      else if (rounds_ < 0 && stage_->epochs > 0)
        share = static_cast<double>(moment.epoch) / static_cast<double>(stage_->epochs);
      return 0.5 * (1 + std::cos(3.14159265358979323846 * std::clamp(share, 0.0, 1.0)));
    }
  }
  return 1;
}

void Rate::end_epoch(double mean_loss) {
  if (train_.schedule != RateSchedule::plateau) return;
  if (mean_loss < state_.schedule_best) {
    state_.schedule_best = mean_loss;
    state_.schedule_bad_epochs = 0;
  } else if (++state_.schedule_bad_epochs >= train_.schedule_patience) {
    state_.schedule_factor *= train_.schedule_gamma;
    state_.schedule_bad_epochs = 0;
  }
}

bool Rate::plateau_is_due() {
  if (!stage_->has_plateau || ++state_.plateau_epochs < stage_->plateau.window) return false;
  state_.plateau_epochs = 0;
  return true;
}

void Rate::judge_plateau(double now) {
  const Plateau& plateau = stage_->plateau;
  if (now < plateau.tol || 1 - now / state_.plateau_before < plateau.gain) state_.plateau_factor *= plateau.factor;
  state_.plateau_before = now;
}

bool Rate::below_floor(Moment moment) const {
  return before_schedule(stage_->phases.front()) * fall(moment) < stage_->plateau.floor;
}

}  // namespace ubp
