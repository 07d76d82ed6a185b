// SPDX-License-Identifier: MIT
// What plugin code may ask of its trial: the implementation of the host's tables.
#pragma once

#include "plugin/context.hpp"
#include "train/parts/composition.hpp"
#include "train/parts/log.hpp"

namespace ubp {

/// The owner in the callbacks of an optimizer: nothing is kept under it, as nothing of it would be in a checkpoint.
constexpr const char* kOptimizerOwner = "optimizer";

class TrialServices final : public Services {
 public:
  TrialServices(Composition& parts, TrialLog& log) : parts_(parts), log_(log) {}

  /// Runs the objective's setup, then builds every role. Once, before anything else.
  void set_up();

  // Where the trial is; told by the trainer before a callback.
  void at_step(i64 step) { step_ = step; }
  i64 step() const { return step_; }
  /// Between begin_step and end_step, what is logged belongs to the step's means; until end_loss, models are called in
  /// training mode if `training`.
  void begin_step(bool training) { training_ = training, logs_to_step_ = true; }
  void end_loss() { training_ = false; }
  void end_step() { training_ = logs_to_step_ = false; }
  /// What step_now() gives: from here to leave_phase().
  void enter_phase(const ubp_step& now) { now_ = now; }
  void leave_phase() { now_ = {}; }
  /// An event or an evaluation begins: inference, and what is logged is a value of its own.
  void begin_event();
  const std::map<std::string, double>& event_values() const { return event_values_; }  ///< since begin_event
  /// Scalars that are logged as tensors go to `to`, too, by series; null: no longer. They live as long as their scope.
  void keep_logged(std::map<std::string, Tensor>* to) { kept_ = to; }
  /// Why the stage ends, once a plugin or the trainer has ended it; "": it goes on.
  const std::string& stage_ended() const { return stage_ended_; }
  void begin_stage() { stage_ended_.clear(); }

  Role& built(const std::string& role);
  Tensor call_one(Role&, const char* method, Tensor x);
  ubp_shape out_shape(Role&, const char* method, const ubp_shape& in);

  void data_info(const char* split, const char* field, i64* rows, ubp_shape* row) override;
  void role_shape(const char* role, const ubp_shape& in, const ubp_shape& out) override;
  ubp_shape method_shape(const char* role, const char* method) override;
  void call_model(const char* role, const char* method, std::span<const Tensor> in, std::span<Tensor> out) override;
  Tensor field(const ubp_batch&, const char* name) override;
  void log(const ubp_ctx&, const char* name, Tensor scalar) override;
  void log(const ubp_ctx&, const char* name, double value) override;
  const ubp_step& step_now() override;
  void end_stage(const char* reason) override { stage_ended_ = reason ? reason : "ended"; }
  void foreach_batch(const char* split, i64 batch, ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*),
                     void* user) override;
  Tensor map_split(const char* split, const char* role, const char* method) override;
  void kmeans(const ubp_ctx&, Tensor x, i64 k, i64 restarts, Tensor& centers, Tensor& assignment) override;

  Tensor param(const ubp_ctx&, const char* name, const ubp_shape* shape, int init, double p0, double p1,
               std::uint32_t flags) override;
  Tensor state(const ubp_ctx&, const char* name, const ubp_shape* shape, double fill) override;
  void assign(Tensor destination, Tensor value) override;
  void assign_rows(Tensor destination, Tensor index, Tensor rows) override;
  void ema_target(const char* role, const char* target) override;
  void ema_update(const char* target, double momentum) override;

  ubp_obj stream(const ubp_ctx&, const char* name) override;
  Random& random(ubp_obj o) override { return parts_.streams.at(o); }

  void append(std::span<const char* const> names, std::span<const Tensor> columns) override;
  i64 table_rows() override { return parts_.table.rows(); }

  void spaces(const ubp_space** observation, const ubp_space** action, std::uint32_t* n) override;
  Tensor env_observe() override { return envs().observe(); }
  Tensor env_reset() override { return envs().reset(); }
  void env_step(Tensor action, ubp_env_step& out) override { envs().step(action, out); }

 private:
  Role& role(const std::string& name);
  std::string series_of(const ubp_ctx&, const std::string& name) const;
  void call(Role&, const char* method, std::span<const Tensor> in, std::span<Tensor> out);
  Environments& envs();
  Data& data();

  Composition& parts_;
  TrialLog& log_;
  i64 step_ = 0;
  ubp_step now_{};  ///< size 0: in no phase
  bool training_ = false, logs_to_step_ = false;
  std::string stage_ended_;
  std::map<std::string, double> event_values_;
  std::map<std::string, Tensor>* kept_ = nullptr;
  bool in_setup_ = false;                         ///< roles may still be shaped
  std::map<std::string, std::string> target_of_;  ///< target -> role
};

}  // namespace ubp
