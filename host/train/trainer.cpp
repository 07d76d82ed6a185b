// SPDX-License-Identifier: MIT
#include "train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "train/breadcrumb.hpp"

namespace ubp {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

Trainer::Trainer(Composition& parts, TrialServices& services, TrialLog& log, TrialSink& sink,
                 const std::atomic<bool>& stop)
    : c_(parts),
      services_(services),
      log_(log),
      sink_(sink),
      stop_(stop),
      program_(program_of(parts)),
      schedule_(parts.spec.train),
      updater_(parts),
      evaluator_(parts, services),
      artifacts_(parts, evaluator_, log) {}

// --- the loop --------------------------------------------------------------------------------------------------------
TrialEnd::How Trainer::run() {
  const double every = c_.spec.train.checkpoint_seconds;
  auto last_checkpoint = Clock::now();
  const std::filesystem::path file = c_.spec.directory / "checkpoint";
  const auto save = [&] {
    checkpoint().write(file);
    last_checkpoint = Clock::now();
    sink_.checkpointed(at_.step);
  };
  if (!at_.finished && at_.step == 0 && !at_.stage_begun) event(UBP_EV_TRAIN_BEGIN);
  if (at_.in_epoch) make_order();
  while (!at_.finished) {
    if (!at_.stage_begun) begin_stage();
    while (!stage_over()) {
      if (!at_.in_epoch) begin_epoch();
      while (epoch_has_more() && services_.stage_ended.empty() && !(stage().steps > 0 && at_.round >= stage().steps)) {
        const auto start = Clock::now();
        round();
        at_.seconds += seconds_since(start);
        report_progress(false);
        if (stop_) return save(), TrialEnd::How::interrupted;
        if (seconds_since(last_checkpoint) >= every) save();
      }
      end_epoch();
      if (stop_) return save(), TrialEnd::How::interrupted;
    }
    end_stage();
  }
  event(UBP_EV_TRAIN_END);
  if (at_.evaluated_at != at_.step) evaluate();
  artifacts_.write(at_.step);
  log_.point("train.seconds", at_.step, at_.seconds);
  log_.point("train.steps_per_second", at_.step, at_.seconds > 0 ? static_cast<double>(at_.step) / at_.seconds : 0);
  log_.point("train.parameters", at_.step, static_cast<double>(c_.params.count()));
  report_progress(true);
  return TrialEnd::How::complete;
}

bool Trainer::stage_over() const {
  const Stage& s = stage();
  if (!services_.stage_ended.empty()) return true;
  if (at_.in_epoch) return false;
  if (s.steps > 0 && at_.round >= s.steps) return true;
  return s.epochs > 0 && at_.epoch >= s.epochs;
}

void Trainer::begin_stage() {
  at_.stage_begun = true;
  at_.epoch = at_.round = 0;
  at_.in_epoch = false;
  if (at_.stage > 0 && !(stage().flags & UBP_STAGE_KEEP_SLOTS)) updater_.forget_slots();
  if (!(stage().flags & UBP_STAGE_KEEP_LR)) at_.plateau_factor = 1;
  at_.plateau_before = 1e308, at_.plateau_epochs = 0;
  schedule_.restart();
  if (stage().collects) {
    c_.table = Table();
    if (stage().collect.ring) c_.table.set_capacity(stage().collect.capacity);
  }
  event(UBP_EV_STAGE_BEGIN);
  if (at_.stage > 0 && c_.spec.train.eval_stages) evaluate();
}

void Trainer::end_stage() {
  event(UBP_EV_STAGE_END);
  services_.stage_ended.clear();
  at_.stage_begun = false;
  if (++at_.stage == static_cast<i64>(program_.size())) {
    --at_.stage;
    at_.finished = true;
  }
}

// --- rows ------------------------------------------------------------------------------------------------------------
i64 Trainer::rows() const {
  if (stage().collects) return c_.table.rows();
  return c_.data ? c_.data->rows("train") : 0;
}

i64 Trainer::batch_rows() const {
  if (!stage().collects) return c_.spec.train.batch;
  return stage().collect.batch > 0 ? stage().collect.batch : std::max<i64>(1, rows());
}

i64 Trainer::planned_steps() const {
  const Stage& s = stage();
  if (s.steps > 0) return s.steps;
  if (s.epochs == 0 || s.collects) return -1;
  return s.epochs * ((rows() + batch_rows() - 1) / batch_rows());
}

// The permutation is drawn again from its stream's position when a trial resumes, so that the order is not stored.
void Trainer::make_order() {
  order_.resize(static_cast<std::size_t>(rows()));
  Random& stream = c_.streams.get("order");
  stream.seek(at_.order_at);
  if (c_.spec.train.shuffle)
    stream.permutation(order_);
  else
    std::iota(order_.begin(), order_.end(), i64{0});
}

void Trainer::begin_epoch() {
  event(UBP_EV_EPOCH_BEGIN);
  if (stage().collects) {
    if (!stage().collect.ring) c_.table.clear();
    Breadcrumb::set(c_.objective->id(), "collect", at_.stage, at_.step);
    const Recording off(c_.engine, false);
    services_.in_step = true;
    i64 before;
    do {  // not cut short by `stop`: a resumed trial must find the rows that an uninterrupted one would have
      before = c_.table.rows();
      const Scope scope(c_.engine);
      Callback callback(c_.engine, services_, "self");
      require_ok(c_.vt.collect(c_.objective->self(), callback.get()), c_.objective->who(), "collect");
    } while (c_.table.rows() < stage().collect.min_rows && c_.table.rows() > before);
    if (c_.table.rows() < stage().collect.min_rows)
      throw EngineError(UBP_E_STATE,
                        fmt::format("{}, collect: the table stays at {} rows, stage '{}' waits for {}",
                                    c_.objective->who(), c_.table.rows(), stage().name, stage().collect.min_rows));
    services_.in_step = false;
    if (c_.envs)
      for (const Environments::Episode& episode : c_.envs->take_finished()) {
        log_.add("episode_return", episode.total, at_.step);
        log_.add("episode_length", static_cast<double>(episode.length), at_.step);
      }
  }
  at_.in_epoch = true;
  at_.cursor = at_.pass = 0;
  at_.order_at = c_.streams.get("order").position();
  make_order();
}

bool Trainer::epoch_has_more() const {
  if (order_.empty()) return at_.cursor == 0;
  const i64 left = static_cast<i64>(order_.size()) - at_.cursor;
  if (stage().collects && stage().collect.batches > 0) return at_.pass < stage().collect.batches;
  if (stage().collects && at_.pass + 1 < stage().collect.epochs) return true;
  if (left <= 0) return false;
  const bool whole_only = c_.spec.train.drop_last && static_cast<i64>(order_.size()) >= batch_rows();
  if (whole_only && left < batch_rows()) return false;
  return !((c_.vt.flags & UBP_OBJ_MIN_BATCH_2) && left < 2 && order_.size() > 1);
}

std::unique_ptr<BatchData> Trainer::next_batch() {
  const i64 n = static_cast<i64>(order_.size());
  if (n == 0) {  // an objective without rows, on latents or noise alone: one round an epoch
    at_.cursor = 1;
    auto b = std::make_unique<BatchData>();
    b->abi.size = sizeof(ubp_batch);
    b->abi.n = static_cast<std::uint32_t>(batch_rows());
    b->abi.step = at_.round, b->abi.epoch = at_.epoch, b->abi.steps_per_epoch = 1;
    return b;
  }
  if (at_.cursor >= n) {  // a phase that repeats has used the epoch up, or the next pass over a table begins
    at_.order_at = c_.streams.get("order").position();
    make_order();
    at_.cursor = 0;
    if (stage().collects && stage().collect.batches == 0) ++at_.pass;
  }
  const i64 end = std::min(n, at_.cursor + batch_rows());
  std::vector<i64> rows(order_.begin() + at_.cursor, order_.begin() + end);
  at_.cursor = end;
  if (stage().collects && stage().collect.batches > 0) ++at_.pass;
  std::unique_ptr<BatchData> b;
  if (stage().collects) {
    b = std::make_unique<BatchData>();
    b->abi.size = sizeof(ubp_batch);
    b->abi.n = static_cast<std::uint32_t>(rows.size());
    b->abi.indices = abi_tensor(c_.engine.copy_from(DType::i64, Shape{static_cast<i64>(rows.size())}, rows.data()));
    b->rows = std::move(rows);
    b->table = &c_.table;
    b->abi.fields = c_.table.names().data();
  } else {
    b = make_batch(c_.engine, *c_.data, "train", std::move(rows), c_.vt.n_views, c_.augment.get(),
                   &c_.streams.get("augment"));
  }
  b->abi.step = at_.round;
  b->abi.epoch = at_.epoch;
  b->abi.steps_per_epoch = (n + batch_rows() - 1) / batch_rows();
  return b;
}

// --- one round -------------------------------------------------------------------------------------------------------
// Phases of a round share its first minibatch; the repeats of a phase take further ones.
void Trainer::round() {
  const Scope scope(c_.engine);
  std::unique_ptr<BatchData> shared = next_batch();
  for (std::uint32_t p = 0; p < stage().phases.size(); ++p) {
    const Phase& phase = stage().phases[p];
    if (at_.round % std::max<i64>(1, phase.every) != 0) continue;
    for (i64 k = 0; k < phase.repeat; ++k) {
      const Scope inner(c_.engine);
      std::unique_ptr<BatchData> own;
      if (k > 0) own = next_batch();
      phase_step(p, phase, own ? *own : *shared);
    }
  }
  ++at_.round;
  ++at_.step;
  services_.step = at_.step;
  if (at_.step % c_.spec.train.log_every == 0) log_.flush(at_.step);
}

double Trainer::learning_rate(const Phase& phase) {
  const double factor = schedule_.factor(at_.round, at_.epoch, planned_steps(), stage().epochs);
  const double lr = updater_.base_lr(phase.optimizer) * stage().lr * phase.lr * at_.plateau_factor * factor;
  return std::max(lr, c_.spec.train.min_lr * (at_.plateau_factor > 0));
}

void Trainer::phase_step(std::uint32_t index, const Phase& phase, BatchData& b) {
  Engine& e = c_.engine;
  const auto stage_index = static_cast<std::uint32_t>(at_.stage);
  Update update{c_.params.select(phase.train), learning_rate(phase), phase.decay, phase.optimizer};
  services_.training = services_.in_step = true;
  Callback callback(e, services_, "self");
  if (c_.vt.flags & UBP_OBJ_MANUAL_UPDATE && c_.vt.manual) {
    Breadcrumb::set(c_.objective->id(), "manual", at_.stage, at_.step);
    ManualGradients gradients(c_, update.trained);
    const Recording off(e, false);
    require_ok(c_.vt.manual(c_.objective->self(), callback.get(), stage_index, index, &b.abi, ManualGradients::put),
               c_.objective->who(), "manual");
    services_.training = false;
    if (gradients.any()) updater_.apply(update);
  } else {
    for (Param* p : update.trained) e.set_requires_grad(p->tensor, true);
    Breadcrumb::set(c_.objective->id(), "loss", at_.stage, at_.step);
    ubp_tensor out{};
    require_ok(c_.vt.loss(c_.objective->self(), callback.get(), stage_index, index, &b.abi, &out), c_.objective->who(),
               "loss");
    const double loss = e.item(tensor_of(out));
    if (stage().phases.size() > 1) log_.add(phase.name + ".loss", loss, at_.step);
    if (index + 1 == stage().phases.size())
      log_.add("loss", loss, at_.step);
    else if (!std::isfinite(loss))
      throw EngineError(UBP_E_NUMERIC,
                        fmt::format("the loss of phase '{}' is {} at step {}", phase.name, loss, at_.step));
    services_.training = false;
    // A phase may name more than its first steps create: parameters are made on first use.
    if (update.trained.empty() && !phase.train) update.trained = c_.params.select(nullptr);
    std::vector<GradTarget> targets;
    for (Param* p : update.trained) {
      p->touched.clear();
      targets.push_back({p->tensor, c_.params.grads(*p), p->row_sparse() ? &p->touched : nullptr});
    }
    Breadcrumb::set(c_.objective->id(), "backward", at_.stage, at_.step);
    e.backward(tensor_of(out), targets);
    for (Param* p : update.trained) e.set_requires_grad(p->tensor, false);
    Breadcrumb::set("optimizer", "step", at_.stage, at_.step);
    updater_.apply(update);
  }
  if (c_.vt.after_step) {
    Breadcrumb::set(c_.objective->id(), "after_step", at_.stage, at_.step);
    const Recording off(e, false);
    require_ok(c_.vt.after_step(c_.objective->self(), callback.get(), stage_index, index, &b.abi), c_.objective->who(),
               "after_step");
  }
  services_.in_step = false;
}

// --- between epochs --------------------------------------------------------------------------------------------------
void Trainer::event(std::int32_t kind) {
  services_.training = services_.in_step = false;
  services_.event_values.clear();
  if (!c_.vt.on_event) return;
  const Scope scope(c_.engine);
  const Recording off(c_.engine, false);
  Callback callback(c_.engine, services_, "self");
  const double lr = stage().phases.empty() ? 0 : learning_rate(stage().phases[0]);
  const ubp_event e{sizeof e, kind, static_cast<std::uint32_t>(at_.stage), at_.epoch, lr};
  Breadcrumb::set(c_.objective->id(), "on_event", at_.stage, at_.step);
  require_ok(c_.vt.on_event(c_.objective->self(), callback.get(), &e), c_.objective->who(), "on_event");
  for (const auto& [name, value] : services_.event_values) {
    if (!std::isfinite(value))
      throw EngineError(UBP_E_NUMERIC, fmt::format("train.{} is {} at step {}", name, value, at_.step));
    log_.point("train." + name, at_.step, value);
  }
}

void Trainer::end_epoch() {
  at_.in_epoch = false;
  ++at_.epoch;
  const std::map<std::string, double> means = log_.end_epoch();
  event(UBP_EV_EPOCH_END);
  if (const auto loss = means.find("train.loss"); loss != means.end()) schedule_.end_epoch(loss->second);
  if (stage().has_plateau) check_plateau(means);
  const i64 every = c_.spec.train.eval_every;
  if (every > 0 && at_.epoch % every == 0) evaluate();
  if (const i64 often = c_.spec.artifacts.every; often > 0 && at_.epoch % often == 0) artifacts_.write(at_.step);
  check_early_stop(means);
  if (stage_over()) log_.flush(at_.step);
}

void Trainer::check_plateau(const std::map<std::string, double>& means) {
  const Plateau& p = stage().plateau;
  if (++at_.plateau_epochs < p.window) return;
  at_.plateau_epochs = 0;
  event(UBP_EV_PLATEAU);
  const auto logged = services_.event_values.find(p.scalar);
  double now = 0;
  if (logged != services_.event_values.end())
    now = logged->second;
  else if (const auto mean = means.find("train." + p.scalar); mean != means.end())
    now = mean->second;
  else
    throw EngineError(UBP_E_NOT_FOUND,
                      fmt::format("stage '{}' watches '{}', which was never logged", stage().name, p.scalar));
  if (now < p.tol || 1 - now / at_.plateau_before < p.gain) at_.plateau_factor *= p.factor;
  at_.plateau_before = now;
  if (updater_.base_lr(stage().phases[0].optimizer) * stage().lr * at_.plateau_factor < p.floor)
    services_.stage_ended = "plateau";
}

void Trainer::check_early_stop(const std::map<std::string, double>& means) {
  const std::string& metric = c_.spec.train.early_stop;
  if (metric.empty()) return;
  const auto mean = means.find(metric);
  if (mean == means.end() && at_.evaluated_at != at_.step) return;  // no new value
  const double now = mean != means.end() ? mean->second : log_.last(metric, NAN);
  if (!std::isfinite(now)) return;
  const bool maximize = c_.spec.train.early_stop_goal == GoalOption::maximize;
  if (at_.since_best < 0 || (maximize ? now > at_.best : now < at_.best)) {
    at_.best = now;
    at_.since_best = 0;
  } else if (++at_.since_best >= c_.spec.train.early_stop_patience) {
    sink_.note(UBP_LOG_INFO, "ubp",
               fmt::format("stopped early at step {}: {} has not improved on {} for {} evaluations", at_.step, metric,
                           at_.best, at_.since_best));
    services_.stage_ended = "early stop";
  }
}

void Trainer::evaluate() {
  for (const auto& [name, value] : evaluator_.run()) log_.point(name, at_.step, value);
  at_.evaluated_at = at_.step;
}

void Trainer::report_progress(bool now) {
  if (!now && seconds_since(last_progress_) < 0.2) return;
  last_progress_ = Clock::now();
  const i64 planned = planned_steps();
  double fraction = -1;
  if (at_.finished)
    fraction = 1;
  else if (planned > 0)
    fraction = (static_cast<double>(at_.stage) + static_cast<double>(at_.round) / static_cast<double>(planned)) /
               static_cast<double>(program_.size());
  else if (stage().epochs > 0)
    fraction = (static_cast<double>(at_.stage) + static_cast<double>(at_.epoch) / static_cast<double>(stage().epochs)) /
               static_cast<double>(program_.size());
  sink_.progress(at_.step, fraction, at_.seconds > 0 ? static_cast<double>(at_.step) / at_.seconds : 0);
}

// --- checkpoints -----------------------------------------------------------------------------------------------------
Checkpoint Trainer::checkpoint() const {
  Checkpoint c;
  c.put("identity", identity_);
  c.put_value("position", at_);
  c.put_value("schedule", schedule_.state());
  c.put("objective", c_.objective->save());
  c.put("stage_ended", services_.stage_ended);
  for (std::size_t i = 0; i < c_.models.size(); ++i) c.put(fmt::format("model/{}", i), c_.models[i]->save());
  c_.params.save(c);
  c_.streams.save(c);
  c_.table.save(c);
  if (c_.envs) c_.envs->save(c, "envs"), c_.evaluation_envs->save(c, "evaluation_envs");
  updater_.save(c);
  log_.save(c);
  return c;
}

void Trainer::restore(const Checkpoint& c) {
  at_ = c.value<Position>("position");
  services_.step = at_.step;
  services_.stage_ended = c.get("stage_ended");
  schedule_.set_state(c.value<Schedule::State>("schedule"));
  c_.objective->load(c.get("objective"));
  for (std::size_t i = 0; i < c_.models.size(); ++i) c_.models[i]->load(c.get(fmt::format("model/{}", i)));
  c_.params.load(c);
  c_.streams.load(c);
  c_.table.load(c);
  if (c_.envs) c_.envs->load(c, "envs"), c_.evaluation_envs->load(c, "evaluation_envs");
  updater_.load(c);
  log_.load(c);
}

}  // namespace ubp
