// SPDX-License-Identifier: MIT
#include "train/loop/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "plugin/value.hpp"
#include "train/breadcrumb.hpp"

namespace ubp {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What f() gives; what it refuses is told with the place, where(), in front.
template <class Where, class F>
auto told_at(Where where, F f) {
  try {
    return f();
  } catch (const EngineError& e) {
    throw EngineError(e.status(), fmt::format("{}: {}", where(), e.what()));
  }
}

}  // namespace

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Moment, round, epoch)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Position, stage, moment, step, rows, course, epoch_began, order_begins, begun,
                                   stage_begun, in_epoch, finished, best, since_best, evaluated_at, seconds)

Trainer::Trainer(Composition& parts, TrialServices& services, TrialLog& log, TrialSink& sink,
                 const std::atomic<bool>& stop)
    : parts_(parts),
      services_(services),
      log_(log),
      sink_(sink),
      stop_(stop),
      program_(program_of(parts)),
      rate_(parts.spec),
      updater_(parts, services),
      evaluator_(parts, services),
      artifacts_(parts, evaluator_, log) {
  enter_stage();
}

// --- the loop --------------------------------------------------------------------------------------------------------
// One thing at a time, each from one position to another, so that a checkpoint between any two continues exactly.
TrialEnd::How Trainer::run(const std::map<std::string, std::string>& label, std::optional<i64> until_step) {
  const std::filesystem::path file = parts_.spec.directory / "checkpoint";
  auto last_checkpoint = Clock::now();
  const auto save = [&] {
    Checkpoint all = checkpoint();
    for (const auto& [name, text] : label) all.put(name, text);
    all.write(file);
    last_checkpoint = Clock::now();
    sink_.checkpointed(position_.step);
  };
  if (!position_.begun) event(UBP_EV_TRAIN_BEGIN);
  position_.begun = true;
  while (!position_.finished) {
    if (position_.in_epoch && epoch_over()) {
      end_epoch();
    } else if (position_.stage_begun && !position_.in_epoch && stage_over()) {
      end_stage();
    } else if (until_step && position_.step >= *until_step) {
      save();  // first, so that nothing of this evaluation is in it
      pause();
      return TrialEnd::How::paused;
    } else if (!position_.stage_begun) {
      begin_stage();
    } else if (!position_.in_epoch) {
      begin_epoch();
    } else {
      const auto start = Clock::now();
      train_for_a_round();
      const double seconds = seconds_since(start);
      position_.seconds += seconds;
      artifacts_.took_step(seconds);
      report_progress(false);
      if (!stop_ && seconds_since(last_checkpoint) >= parts_.spec.train.checkpoint_seconds) save();
    }
    if (stop_) {
      save();
      return TrialEnd::How::interrupted;
    }
  }
  finish();
  return TrialEnd::How::complete;
}

bool Trainer::stage_over() const {
  const Stage& s = stage();
  return !services_.stage_ended().empty() || (s.steps > 0 && position_.moment.round >= s.steps) ||
         (s.epochs > 0 && position_.moment.epoch >= s.epochs);
}

bool Trainer::epoch_over() const {
  const Stage& s = stage();
  return !services_.stage_ended().empty() || (s.steps > 0 && position_.moment.round >= s.steps) ||
         position_.course.over(rules());
}

void Trainer::enter_stage() {
  planned_rounds_ = rounds_of_stage(rules(), stage());
  rate_.enter(stage(), planned_rounds_);
}

void Trainer::begin_stage() {
  const bool later = position_.stage > 0;
  position_.stage_begun = true;
  position_.in_epoch = false;
  position_.moment = {};
  enter_stage();
  if (later && !(stage().flags & UBP_STAGE_KEEP_SLOTS)) updater_.forget_slots();
  rate_.restart(stage().flags & UBP_STAGE_KEEP_LR);
  if (stage().collects) {
    parts_.table = Table();
    if (stage().collect.ring) parts_.table.set_capacity(stage().collect.capacity);
  }
  event(UBP_EV_STAGE_BEGIN);
  if (later && parts_.spec.train.eval_stages) evaluate();
}

void Trainer::end_stage() {
  event(UBP_EV_STAGE_END);
  services_.begin_stage();
  position_.stage_begun = false;
  if (position_.stage + 1 == static_cast<i64>(program_.size()))
    position_.finished = true;
  else
    ++position_.stage, position_.moment = {};
}

void Trainer::finish() {
  event(UBP_EV_TRAIN_END);
  if (position_.evaluated_at != position_.step) evaluate();
  artifacts_.write(position_.step);
  log_.point("train.seconds", position_.step, position_.seconds);
  log_.point("train.steps_per_second", position_.step, steps_per_second());
  log_.point("train.parameters", position_.step, static_cast<double>(parts_.params.count()));
  report_progress(true);
}

// To the sink alone: the log is history, and a trial that goes on has never been here.
void Trainer::pause() {
  report_progress(true);
  if (position_.evaluated_at == position_.step) return;  // these points are told already
  for (const auto& [name, value] : evaluator_.run()) sink_.point(name, position_.step, value, log_.elapsed_ms());
  tell_notes();
}

// --- rows ------------------------------------------------------------------------------------------------------------
i64 Trainer::rows() const {
  if (stage().collects) return parts_.table.rows();
  return parts_.data ? parts_.data->rows("train") : 0;
}

EpochRules Trainer::rules() const {
  EpochRules rules;
  rules.rows = rows();
  rules.batch = parts_.spec.train.batch;
  rules.whole_only = parts_.spec.train.drop_last;
  rules.pairs_only = parts_.objective_calls.flags & UBP_OBJ_MIN_BATCH_2;
  if (!stage().collects) return rules;
  const Collect& collect = stage().collect;
  rules.batch = collect.batch > 0 ? collect.batch : std::max<i64>(1, rules.rows);
  rules.passes = std::max<i64>(1, collect.epochs);
  rules.draws = collect.batches;
  return rules;
}

// The permutation is drawn again from its stream's position when a trial resumes, so that the order is not stored.
void Trainer::make_order() {
  order_.resize(static_cast<std::size_t>(rows()));
  Random& stream = parts_.streams.get("order");
  stream.seek(position_.order_begins);
  if (parts_.spec.train.shuffle)
    stream.permutation(order_);
  else
    std::iota(order_.begin(), order_.end(), i64{0});
}

void Trainer::begin_pass() {
  position_.order_begins = parts_.streams.get("order").position();
  make_order();
}

void Trainer::begin_epoch() {
  event(UBP_EV_EPOCH_BEGIN);
  if (stage().collects) collect();
  position_.in_epoch = true;
  position_.course = {};
  position_.epoch_began = position_.moment.round;
  epoch_rounds_ = rounds_per_epoch(rules(), stage(), position_.epoch_began);
  begin_pass();
}

// Not cut short by `stop`: a resumed trial must find the rows that an uninterrupted one would have.
void Trainer::collect() {
  Table& table = parts_.table;
  const i64 wanted = stage().collect.min_rows;
  if (!stage().collect.ring) table.clear();
  Breadcrumb::set(parts_.objective->id(), "collect", position_.stage, position_.step);
  const Recording off(parts_.engine, false);
  services_.begin_step(false);
  i64 before;
  do {
    before = table.rows();
    const Scope scope(parts_.engine);
    Callback callback(parts_.engine, services_, "self");
    require_ok(parts_.objective_calls.collect(parts_.objective->self(), callback.get()), parts_.objective->who(),
               "collect");
  } while (table.rows() < wanted && table.rows() > before);
  services_.end_step();
  if (table.rows() < wanted)
    throw EngineError(UBP_E_STATE, fmt::format("{}, collect: the table stays at {} rows, stage '{}' waits for {}",
                                               parts_.objective->who(), table.rows(), stage().name, wanted));
  if (!parts_.envs) return;
  for (const Environments::Episode& episode : parts_.envs->take_finished()) {
    log_.add("episode_return", episode.total, position_.step);
    log_.add("episode_length", static_cast<double>(episode.length), position_.step);
  }
}

std::unique_ptr<BatchData> Trainer::next_batch() {
  const EpochRules rules = this->rules();
  const EpochCourse::Minibatch minibatch = position_.course.next(rules);
  if (minibatch.new_pass) begin_pass();
  std::vector<i64> rows(order_.begin() + minibatch.first, order_.begin() + minibatch.last);
  std::unique_ptr<BatchData> batch;
  if (rules.rows == 0) {  // an objective on latents or noise alone
    batch = std::make_unique<BatchData>();
    batch->abi.n = static_cast<std::uint32_t>(rules.batch);
  } else if (stage().collects) {
    batch = std::make_unique<BatchData>();
    batch->abi.n = static_cast<std::uint32_t>(rows.size());
    batch->abi.indices =
        abi_tensor(parts_.engine.copy_from(DType::i64, Shape{static_cast<i64>(rows.size())}, rows.data()));
    batch->rows = std::move(rows);
    batch->table = &parts_.table;
    batch->abi.fields = parts_.table.names().data();
  } else {
    batch = make_batch(parts_.engine, *parts_.data, "train", std::move(rows), parts_.objective_calls.n_views,
                       parts_.augment.get(), &parts_.streams.get("augment"));
  }
  position_.rows += batch->abi.n;
  batch->abi.step = position_.moment.round;
  batch->abi.epoch = position_.moment.epoch;
  batch->abi.steps_per_epoch = epoch_rounds_;
  return batch;
}

// --- one round -------------------------------------------------------------------------------------------------------
// Phases of a round share its first minibatch; the repeats of a phase take further ones.
void Trainer::train_for_a_round() {
  const Profiling profiling(parts_.engine, parts_.spec.artifacts.profile);
  const Scope scope(parts_.engine);
  std::unique_ptr<BatchData> shared = next_batch();
  for (std::uint32_t p = 0; p < stage().phases.size(); ++p) {
    const Phase& phase = stage().phases[p];
    if (!phase.is_active(position_.moment.round)) continue;
    for (i64 k = 0; k < phase.repeat; ++k) {
      const Scope inner(parts_.engine);
      std::unique_ptr<BatchData> own;
      if (k > 0) own = next_batch();
      phase_step(p, phase, own ? *own : *shared);
    }
  }
  ++position_.moment.round;
  ++position_.step;
  services_.at_step(position_.step);
  if (position_.step % parts_.spec.train.log_every == 0) log_.flush(position_.step);
}

void Trainer::phase_step(std::uint32_t index, const Phase& phase, BatchData& batch) {
  Update update{told_at([&] { return fmt::format("{}, phase '{}'", parts_.objective->who(), phase.name); },
                        [&] { return parts_.params.select(phase.train); }),
                rate_.of(phase, position_.moment), phase.decay, phase.optimizer};
  batch.abi.lr = update.lr;
  services_.enter_phase(
      {sizeof(ubp_step), stage_index(), index, position_.step, position_.moment.epoch, position_.rows, update.lr});
  services_.begin_step(true);
  if (parts_.is_manual())
    manual_step(index, update, batch);
  else
    loss_step(index, phase, update, batch);
  if (parts_.objective_calls.after_step) {
    Breadcrumb::set(parts_.objective->id(), "after_step", position_.stage, position_.step);
    const Recording off(parts_.engine, false);
    Callback callback(parts_.engine, services_, "self");
    require_ok(
        parts_.objective_calls.after_step(parts_.objective->self(), callback.get(), stage_index(), index, &batch.abi),
        parts_.objective->who(), "after_step");
  }
  services_.end_step();
  services_.leave_phase();
}

void Trainer::manual_step(std::uint32_t index, Update& update, BatchData& batch) {
  Breadcrumb::set(parts_.objective->id(), "manual", position_.stage, position_.step);
  for (Param* p : update.trained) p->finite = false;
  ManualGradients gradients(parts_, update.trained);
  const Recording off(parts_.engine, false);
  Callback callback(parts_.engine, services_, "self");
  require_ok(parts_.objective_calls.manual(parts_.objective->self(), callback.get(), stage_index(), index, &batch.abi,
                                           ManualGradients::put),
             parts_.objective->who(), "manual");
  services_.end_loss();
  if (gradients.any()) apply(update);
}

void Trainer::apply(const Update& update) {
  if (!parts_.spec.artifacts.profile) return updater_.apply(update);
  const auto start = Clock::now();
  updater_.apply(update);
  artifacts_.took_update(seconds_since(start));
}

void Trainer::loss_step(std::uint32_t index, const Phase& phase, Update& update, BatchData& batch) {
  Engine& engine = parts_.engine;
  for (Param* p : update.trained) engine.set_requires_grad(p->tensor, true);
  Breadcrumb::set(parts_.objective->id(), "loss", position_.stage, position_.step);
  ubp_tensor out{};
  Callback callback(engine, services_, "self");
  require_ok(
      parts_.objective_calls.loss(parts_.objective->self(), callback.get(), stage_index(), index, &batch.abi, &out),
      parts_.objective->who(), "loss");
  const Tensor loss = mean_loss(tensor_of(out), batch);
  log_loss(index, phase, engine.item(loss));
  services_.end_loss();
  // A phase may name more than its first steps create: parameters are made on first use.
  const bool made_now = update.trained.empty() && !phase.train;
  if (made_now) update.trained = parts_.params.select(nullptr);
  std::vector<GradTarget> targets;
  for (Param* p : update.trained) {
    p->touched.clear();
    targets.push_back({p->tensor, parts_.params.grads(*p), p->row_sparse() ? &p->touched : nullptr, &p->finite});
  }
  Breadcrumb::set(parts_.objective->id(), "backward", position_.stage, position_.step);
  const std::vector<bool> reached = engine.backward(loss, targets);
  for (Param* p : update.trained) engine.set_requires_grad(p->tensor, false);
  require_reached(phase, update.trained, reached, made_now);
  Breadcrumb::set("optimizer", "step", position_.stage, position_.step);
  apply(update);
}

Tensor Trainer::mean_loss(Tensor returned, const BatchData& batch) {
  Engine& engine = parts_.engine;
  const bool by_rows = parts_.objective_calls.flags & UBP_OBJ_ROW_LOSS;
  const auto where = [this] { return parts_.objective->who() + ", loss"; };
  const Shape shape = told_at(where, [&] { return engine.shape(returned); });
  const i64 n = batch.abi.n;
  if (by_rows && shape == Shape{n}) {
    if (!batch.abi.weights.id) return ops::reduce(engine, UBP_R_MEAN, returned, 1u, false);
    std::vector<double> shares = doubles(engine, tensor_of(batch.abi.weights));
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    if (sum > 0)  // a minibatch in which no row counts moves nothing
      for (double& share : shares) share /= sum;
    const Tensor weights =
        ops::cast(engine, engine.copy_from(DType::f64, shape, shares.data()), engine.dtype(returned));
    return ops::reduce(engine, UBP_R_SUM, ops::binary(engine, UBP_B_MUL, returned, weights), 1u, false);
  }
  if (shape.count() != 1)
    throw EngineError(UBP_E_SHAPE,
                      by_rows ? fmt::format("{}: must return one number or {}, one a row, returned shape {}", where(),
                                            Shape{n}.text(), shape.text())
                              : fmt::format("{}: must return one number, returned shape {}", where(), shape.text()));
  return returned;
}

// A loss that nothing depends on would train to the end and change nothing. Parameters that this very step has made
// (`made_now`) were not on its tape: those are asked about in the second round.
void Trainer::require_reached(const Phase& phase, const std::vector<Param*>& trained, const std::vector<bool>& reached,
                              bool made_now) const {
  const auto is_reached = [](const Param* p) { return p->reached; };
  const bool ever = std::any_of(trained.begin(), trained.end(), is_reached);
  bool now = false;
  for (std::size_t k = 0; k < trained.size(); ++k)
    if (reached[k]) trained[k]->reached = now = true;
  const i64 round = position_.moment.round;
  if (now || trained.empty() || round > 1 || (round == 0 ? made_now : ever)) return;
  throw EngineError(
      UBP_E_STATE, fmt::format("{}, loss: no parameter receives a gradient: found a loss that depends on none of those "
                               "that phase '{}' trains ('{}'{}); is it a constant, or detached?",
                               parts_.objective->who(), phase.name, trained.front()->full_name(),
                               trained.size() > 1 ? ", ..." : ""));
}

/// What the phases of a stage train, as they name it: "encoder", "self.centers"; every owner, where a phase names none.
std::set<std::string> Trainer::groups_of(const Stage& stage) const {
  std::set<std::string> groups;
  for (const Phase& phase : stage.phases) {
    if (phase.train)
      for (const std::string& group : split_outside(phase.train, ',')) groups.insert(group);
    else
      for (const Param* p : parts_.params.select(nullptr)) groups.insert(p->owner);
  }
  return groups;
}

// Once for each group: in the first stage that trains it.
void Trainer::tell_unreached() {
  if (parts_.is_manual()) return;
  std::set<std::string> groups = groups_of(stage());
  for (i64 earlier = 0; earlier < position_.stage; ++earlier)
    for (const std::string& group : groups_of(program_[static_cast<std::size_t>(earlier)])) groups.erase(group);
  for (const std::string& group : groups) {
    const std::vector<Param*> trained = parts_.params.select(group.c_str());
    if (std::any_of(trained.begin(), trained.end(), [](const Param* p) { return p->reached; })) continue;
    sink_.note(UBP_LOG_WARN, "ubp",
               fmt::format("{}: '{}' is trained, but receives no gradient: no loss of the first epoch of stage '{}' "
                           "depends on it",
                           parts_.objective->who(), group, stage().name));
  }
}

// The last phase's loss is the round's; with several phases, each has a series of its own, too.
void Trainer::log_loss(std::uint32_t index, const Phase& phase, double loss) {
  const bool several = stage().phases.size() > 1, last = index + 1 == stage().phases.size();
  if (several) log_.add(phase.name + ".loss", loss, position_.step);
  if (last) log_.add("loss", loss, position_.step);
}

// --- between epochs --------------------------------------------------------------------------------------------------
void Trainer::event(std::int32_t kind) {
  services_.begin_event();
  if (!parts_.objective_calls.on_event) return;
  const Scope scope(parts_.engine);
  const Recording off(parts_.engine, false);
  Callback callback(parts_.engine, services_, "self");
  const ubp_event told{sizeof told, kind, stage_index(), position_.moment.epoch,
                       rate_.of(stage().phases.front(), position_.moment)};
  Breadcrumb::set(parts_.objective->id(), "on_event", position_.stage, position_.step);
  require_ok(parts_.objective_calls.on_event(parts_.objective->self(), callback.get(), &told), parts_.objective->who(),
             "on_event");
  for (const auto& [name, value] : services_.event_values()) {
    if (!std::isfinite(value))
      throw EngineError(UBP_E_NUMERIC, fmt::format("train.{} is {} at step {}", name, value, position_.step));
    log_.point("train." + name, position_.step, value);
  }
}

void Trainer::end_epoch() {
  position_.in_epoch = false;
  const i64 epoch = ++position_.moment.epoch;
  const std::map<std::string, double> means = log_.end_epoch();
  if (epoch == 1) tell_unreached();
  event(UBP_EV_EPOCH_END);
  if (const auto loss = means.find("train.loss"); loss != means.end()) rate_.end_epoch(loss->second);
  if (rate_.plateau_is_due()) check_plateau(means);
  const auto is_due = [epoch](i64 every) { return every > 0 && epoch % every == 0; };
  if (is_due(parts_.spec.train.eval_every)) evaluate();
  if (is_due(parts_.spec.artifacts.every)) artifacts_.write(position_.step);
  check_early_stop(means);
  if (stage_over()) log_.flush(position_.step);
}

void Trainer::check_plateau(const std::map<std::string, double>& means) {
  const std::string& watched = stage().plateau.scalar;
  event(UBP_EV_PLATEAU);
  const auto logged = services_.event_values().find(watched);
  const auto mean = means.find("train." + watched);
  if (logged != services_.event_values().end())
    rate_.judge_plateau(logged->second);
  else if (mean != means.end())
    rate_.judge_plateau(mean->second);
  else
    throw EngineError(UBP_E_NOT_FOUND,
                      fmt::format("stage '{}' watches '{}', which was never logged", stage().name, watched));
  if (rate_.below_floor(position_.moment)) services_.end_stage("plateau");
}

void Trainer::check_early_stop(const std::map<std::string, double>& means) {
  const TrainOptions& train = parts_.spec.train;
  const std::string& metric = train.early_stop;
  if (metric.empty()) return;
  const auto mean = means.find(metric);
  if (mean == means.end() && position_.evaluated_at != position_.step) return;  // no new value
  const double now = mean != means.end() ? mean->second : log_.last(metric, NAN);
  if (!std::isfinite(now)) return;
  const Goal goal = train.early_stop_goal == GoalOption::maximize ? Goal::maximize : Goal::minimize;
  if (position_.since_best < 0 || improves(goal, now, position_.best)) {
    position_.best = now;
    position_.since_best = 0;
  } else if (++position_.since_best >= train.early_stop_patience) {
    sink_.note(UBP_LOG_INFO, "ubp",
               fmt::format("stopped early at step {}: {} has not improved on {} for {} evaluations", position_.step,
                           metric, position_.best, position_.since_best));
    services_.end_stage("early stop");
  }
}

void Trainer::evaluate() {
  for (const auto& [name, value] : evaluator_.run()) log_.point(name, position_.step, value);
  position_.evaluated_at = position_.step;
  tell_notes();
}

void Trainer::tell_notes() {
  for (const std::string& note : evaluator_.take_notes()) sink_.note(UBP_LOG_WARN, "ubp", note);
}

// --- progress --------------------------------------------------------------------------------------------------------
void Trainer::report_progress(bool now) {
  if (!now && seconds_since(last_progress_) < 0.2) return;
  last_progress_ = Clock::now();
  sink_.progress(position_.step, fraction(), steps_per_second());
}

double Trainer::steps_per_second() const {
  return position_.seconds > 0 ? static_cast<double>(position_.step) / position_.seconds : 0;
}

double Trainer::fraction() const {
  if (position_.finished) return 1;
  const auto with = [this](i64 done, i64 all) {
    return (static_cast<double>(position_.stage) + static_cast<double>(done) / static_cast<double>(all)) /
           static_cast<double>(program_.size());
  };
  if (planned_rounds_ > 0) return with(position_.moment.round, planned_rounds_);
  if (stage().epochs > 0) return with(position_.moment.epoch, stage().epochs);
  return -1;
}

// --- checkpoints -----------------------------------------------------------------------------------------------------
Checkpoint Trainer::checkpoint() const {
  Checkpoint c;
  c.put("position", nlohmann::json(position_).dump());
  c.put("rate", nlohmann::json(rate_.state()).dump());
  c.put("stage_ended", services_.stage_ended());
  parts_.save(c);
  updater_.save(c);
  log_.save(c);
  return c;
}

void Trainer::restore(const Checkpoint& c) {
  position_ = nlohmann::json::parse(c.get("position")).get<Position>();
  services_.at_step(position_.step);
  if (const std::string& reason = c.get("stage_ended"); !reason.empty()) services_.end_stage(reason.c_str());
  parts_.load(c);
  updater_.load(c);
  log_.load(c);
  enter_stage();
  rate_.set_state(nlohmann::json::parse(c.get("rate")).get<Rate::State>());
  if (!position_.in_epoch) return;
  epoch_rounds_ = rounds_per_epoch(rules(), stage(), position_.epoch_began);
  make_order();
}

}  // namespace ubp
