// SPDX-License-Identifier: MIT
// Runs the program: rounds of phases over minibatches, events, evaluation, checkpoints.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <set>

#include "base/vocabulary.hpp"
#include "train/evaluate/artifacts.hpp"
#include "train/evaluate/evaluate.hpp"
#include "train/loop/epoch.hpp"
#include "train/loop/manual.hpp"
#include "train/loop/program.hpp"
#include "train/loop/rate.hpp"
#include "train/loop/updater.hpp"
#include "train/parts/log.hpp"
#include "train/parts/services.hpp"

namespace ubp {

/// Where training stands; with the streams' positions, enough to continue bit for bit.
struct Position {
  i64 stage = 0;
  Moment moment;                   ///< round and epoch within the stage
  i64 step = 0;                    ///< rounds of all stages
  i64 rows = 0;                    ///< of all minibatches drawn
  EpochCourse course;              ///< of this epoch
  i64 epoch_began = 0;             ///< the round that this epoch began with
  std::uint64_t order_begins = 0;  ///< the order stream's position before this pass's permutation
  bool begun = false, stage_begun = false, in_epoch = false, finished = false;
  double best = 0;        ///< of early stopping
  i64 since_best = -1;    ///< -1: no best yet
  i64 evaluated_at = -1;  ///< the step of the last evaluation
  double seconds = 0;     ///< spent in training steps
};

class Trainer {
 public:
  /// REQUIRES: services.set_up() has run.
  Trainer(Composition&, TrialServices&, TrialLog&, TrialSink&, const std::atomic<bool>& stop);

  /// Returns complete, interrupted (`stop`) or paused (`until_step`: see run_trial); throws what a component or the
  /// arithmetic refuses. `label` is put into every checkpoint: who may continue it.
  TrialEnd::How run(const std::map<std::string, std::string>& label, std::optional<i64> until_step);

  void restore(const Checkpoint&);
  i64 step() const { return position_.step; }

 private:
  const Stage& stage() const { return program_[static_cast<std::size_t>(position_.stage)]; }
  std::uint32_t stage_index() const { return static_cast<std::uint32_t>(position_.stage); }
  bool stage_over() const;
  bool epoch_over() const;
  void enter_stage();
  void begin_stage();
  void end_stage();
  void begin_epoch();
  void end_epoch();
  void finish();
  void pause();
  void collect();
  void begin_pass();
  void make_order();
  void train_for_a_round();
  void phase_step(std::uint32_t index, const Phase&, BatchData&);
  void manual_step(std::uint32_t index, Update&, BatchData&);
  void apply(const Update&);
  void loss_step(std::uint32_t index, const Phase&, Update&, BatchData&);
  /// What an objective has returned, as one number: of losses of rows, their mean, weighted where rows have weights.
  /// Throws EngineError, naming the objective, if it is neither.
  Tensor mean_loss(Tensor returned, const BatchData&);
  void require_reached(const Phase&, const std::vector<Param*>& trained, const std::vector<bool>& reached,
                       bool made_now) const;
  std::set<std::string> groups_of(const Stage&) const;
  void tell_unreached();
  void log_loss(std::uint32_t index, const Phase&, double loss);
  std::unique_ptr<BatchData> next_batch();
  EpochRules rules() const;
  i64 rows() const;
  void event(std::int32_t kind);
  void check_plateau(const std::map<std::string, double>& means);
  void check_early_stop(const std::map<std::string, double>& means);
  void evaluate();
  void tell_notes();
  void report_progress(bool now);
  double fraction() const;  ///< of the planned steps, 0..1; -1: nobody knows
  double steps_per_second() const;
  Checkpoint checkpoint() const;

  Composition& parts_;
  TrialServices& services_;
  TrialLog& log_;
  TrialSink& sink_;
  const std::atomic<bool>& stop_;
  std::vector<Stage> program_;
  Rate rate_;
  Updater updater_;
  Evaluator evaluator_;
  Artifacts artifacts_;
  Position position_;
  i64 planned_rounds_ = -1;  ///< of this stage; -1: nobody knows
  i64 epoch_rounds_ = 0;     ///< of this epoch
  std::vector<i64> order_;   ///< of this pass
  std::chrono::steady_clock::time_point last_progress_{};
};

}  // namespace ubp
