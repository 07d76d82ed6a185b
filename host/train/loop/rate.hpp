// SPDX-License-Identifier: MIT
// The learning rate: configured x stage x phase x plateau x schedule. Nothing else computes one.
#pragma once

#include <map>
#include <string>

#include "train/loop/program.hpp"

namespace ubp {

/// Where in its stage training stands.
struct Moment {
  i64 round = 0, epoch = 0;
};

/// A pure function of the moment, but for what plateaus have taken from it, which is part of the checkpoint.
///
/// Schedules are those of [train]: constant, step, cosine, plateau (of train.loss); the stage's own plateau
/// (ubp_plateau) multiplies any of them.
class Rate {
 public:
  explicit Rate(const TrialSpec&);

  /// The stage whose rates are asked for from now on. `rounds`: how many it will make; -1: nobody knows, and the cosine
  /// falls by epochs, or not at all where these have no end, too.
  void enter(const Stage&, i64 rounds);
  /// At a stage's begin: what the schedule has taken is given back; what the plateau of the stage before has taken,
  /// too, unless `keep` (UBP_STAGE_KEEP_LR).
  void restart(bool keep);

  /// Of one step of a phase. Throws Error (usage) if the spec has no optimizer for it.
  double of(const Phase&, Moment) const;

  void end_epoch(double mean_loss);  ///< for schedule = "plateau"
  bool plateau_is_due();             ///< at the end of an epoch: whether the stage's plateau is to be judged
  void judge_plateau(double now);    ///< `now`: the number that it watches
  /// Whether the first phase's rate has fallen below the plateau's floor. A rate that still warms up has not fallen,
  /// and min_lr, which would keep a stage without an end from ending, does not count.
  bool below_floor(Moment) const;

  struct State {
    double plateau_factor = 1, plateau_before = 1e308;
    i64 plateau_epochs = 0;  ///< since it was judged
    double schedule_factor = 1, schedule_best = 1e308;
    i64 schedule_bad_epochs = 0;
  };
  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

  /// The factor of the schedule, warm-up included.
  double schedule(Moment) const;

 private:
  double configured(const std::string& optimizer) const;
  double before_schedule(const Phase&) const;
  double fall(Moment) const;

  const TrialSpec& spec_;
  const TrainOptions& train_;
  const Stage* stage_ = nullptr;
  i64 rounds_ = -1;
  mutable std::map<std::string, double> configured_;  ///< by optimizer, as looked up
  State state_;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Rate::State, plateau_factor, plateau_before, plateau_epochs, schedule_factor,
                                   schedule_best, schedule_bad_epochs)

}  // namespace ubp
