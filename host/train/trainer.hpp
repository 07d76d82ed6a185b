// SPDX-License-Identifier: MIT
// Runs the program: rounds of phases over minibatches, schedules, events, evaluation, checkpoints.
#pragma once

#include <atomic>
#include <chrono>

#include "base/vocabulary.hpp"
#include "train/artifacts.hpp"
#include "train/evaluate.hpp"
#include "train/log.hpp"
#include "train/manual.hpp"
#include "train/program.hpp"
#include "train/schedule.hpp"
#include "train/services.hpp"
#include "train/updater.hpp"

namespace ubp {

/// Where training stands; with the streams' positions, enough to continue bit for bit.
struct Position {
  i64 stage = 0, epoch = 0, round = 0;  ///< epoch and round within the stage
  i64 step = 0;                         ///< rounds of all stages
  i64 cursor = 0;                       ///< rows of this epoch's order already used
  i64 pass = 0;                         ///< collected rows: passes over the table made in this epoch
  std::uint64_t order_at = 0;           ///< the order stream's position before this epoch's permutation
  bool stage_begun = false, in_epoch = false, finished = false;
  double plateau_factor = 1, plateau_before = 1e308;
  i64 plateau_epochs = 0;
  double best = 0;        ///< of early stopping
  i64 since_best = -1;    ///< -1: no best yet
  i64 evaluated_at = -1;  ///< the step of the last evaluation
  double seconds = 0;     ///< spent in training steps
};

class Trainer {
 public:
  Trainer(Composition&, TrialServices&, TrialLog&, TrialSink&, const std::atomic<bool>& stop);

  /// REQUIRES: setup has run. Returns complete or interrupted; throws what a component or the arithmetic refuses.
  TrialEnd::How run();

  Checkpoint checkpoint() const;
  void restore(const Checkpoint&);
  void set_identity(std::string identity) { identity_ = std::move(identity); }  ///< of the spec, kept in checkpoints
  const Position& position() const { return at_; }

 private:
  const Stage& stage() const { return program_[static_cast<std::size_t>(at_.stage)]; }
  bool stage_over() const;
  void begin_stage();
  void end_stage();
  void begin_epoch();
  void end_epoch();
  void make_order();
  bool epoch_has_more() const;
  void round();
  void phase_step(std::uint32_t index, const Phase&, BatchData&);
  std::unique_ptr<BatchData> next_batch();
  i64 rows() const;
  i64 batch_rows() const;
  i64 planned_steps() const;
  double learning_rate(const Phase&);
  void event(std::int32_t kind);
  void check_plateau(const std::map<std::string, double>& means);
  void check_early_stop(const std::map<std::string, double>& means);
  void evaluate();
  void report_progress(bool now);

  Composition& c_;
  TrialServices& services_;
  TrialLog& log_;
  TrialSink& sink_;
  const std::atomic<bool>& stop_;
  std::vector<Stage> program_;
  Schedule schedule_;
  Updater updater_;
  Evaluator evaluator_;
  Artifacts artifacts_;
  Position at_;
  std::vector<i64> order_;
  std::map<std::string, double> epoch_means_;
  std::chrono::steady_clock::time_point last_progress_{};
  std::string identity_;
};

}  // namespace ubp
