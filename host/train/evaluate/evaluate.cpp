// SPDX-License-Identifier: MIT
#include "train/evaluate/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include <ubp/nominal.h>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "plan/compose.hpp"
#include "plugin/value.hpp"
#include "train/breadcrumb.hpp"
#include "train/data/rows.hpp"

namespace ubp {
namespace {

constexpr i64 kRows = 1000;

struct Output {
  const char* name;
  const ubp_view* ubp_metric_batch::*slot;
};
constexpr Output kOutputs[] = {
    {"embedding", &ubp_metric_batch::embedding}, {"reconstruction", &ubp_metric_batch::reconstruction},
    {"samples", &ubp_metric_batch::samples},     {"score", &ubp_metric_batch::score},
    {"imputed", &ubp_metric_batch::imputed},     {"assignment", &ubp_metric_batch::assignment}};

// Views over numbers that live as long as this.
struct Views {
  std::deque<std::vector<double>> reals;
  std::deque<std::vector<i64>> integers;
  std::deque<ViewStorage> storage;
  std::deque<ubp_view> views;

  const ubp_view* add(const Shape& s, std::vector<double> values) {
    reals.push_back(std::move(values));
    return &views.emplace_back(view_of(DType::f64, s, reals.back().data(), true, storage.emplace_back()));
  }
  const ubp_view* add(std::vector<i64> values) {
    integers.push_back(std::move(values));
    return &views.emplace_back(view_of(DType::i64, Shape{static_cast<i64>(integers.back().size())},
                                       integers.back().data(), true, storage.emplace_back()));
  }
};

/// The score of rows for which nobody gives one: how badly each is reconstructed, its mean squared error.
Tensor squared_error(Engine& engine, Tensor x, Tensor y) {
  const i64 n = engine.shape(x)[0];
  const Tensor flat_x = ops::reshape(engine, x, Shape{n, -1}), flat_y = ops::reshape(engine, y, Shape{n, -1});
  return ops::reduce(engine, UBP_R_MEAN,
                     ops::unary(engine, UBP_U_SQUARE, ops::binary(engine, UBP_B_SUB, flat_x, flat_y)), 2u, false);
}

std::vector<i64> range(i64 lo, i64 hi) {
  std::vector<i64> all(static_cast<std::size_t>(hi - lo));
  std::iota(all.begin(), all.end(), lo);
  return all;
}

}  // namespace

std::vector<double> doubles(Engine& engine, Tensor t) {
  const auto n = static_cast<std::size_t>(engine.shape(t).count());
  const void* data = engine.data(t);
  std::vector<double> all(n);
  for (std::size_t i = 0; i < n; ++i) {
    switch (engine.dtype(t)) {
      case DType::f32:
        all[i] = static_cast<double>(static_cast<const float*>(data)[i]);
        break;
      case DType::f64:
        all[i] = static_cast<const double*>(data)[i];
        break;
      case DType::i64:
        all[i] = static_cast<double>(static_cast<const i64*>(data)[i]);
        break;
      case DType::u8:
        all[i] = static_cast<const std::uint8_t*>(data)[i];
        break;
    }
  }
  return all;
}

const TrialDecoder& Evaluator::decoder() {
  if (!decoder_) decoder_.emplace(parts_, services_);
  return *decoder_;
}

bool Evaluator::gives(const char* what) {
  if (parts_.objective_gives(what)) return true;
  if (std::strcmp(what, "embedding") == 0) return parts_.role_with("encode") != nullptr;
  if (std::strcmp(what, "reconstruction") == 0 || std::strcmp(what, "score") == 0) {
    const Role* r = parts_.role_with("reconstruct");
    return r || (parts_.role_with("encode") && parts_.role_with("decode"));
  }
  return false;
}

Tensor Evaluator::infer(const char* what, BatchData& b) {
  Callback callback(parts_.engine, services_, "self");
  Breadcrumb::set_in_evaluation(parts_.objective->id(), "infer", services_.step());
  ubp_tensor out{};
  require_ok(parts_.objective_calls.infer(parts_.objective->self(), callback.get(), what, &b.abi, &out),
             parts_.objective->who(), "infer");
  return tensor_of(out);
}

Tensor Evaluator::output(const char* what, const std::string& split, const std::vector<i64>& rows) {
  Engine& engine = parts_.engine;
  const Recording off(engine, false);
  if (parts_.objective_gives(what)) {
    const auto b = make_batch(engine, *parts_.data, split, rows, 1, nullptr, nullptr);
    return infer(what, *b);
  }
  const Tensor x = parts_.data->gather(engine, split, nullptr, rows);
  if (std::strcmp(what, "score") == 0) return squared_error(engine, x, output("reconstruction", split, rows));
  return by_roles(what, x);
}

Tensor Evaluator::output(const char* what, Tensor x) {
  if (parts_.objective_gives(what)) {
    BatchData b;
    b.abi.n = static_cast<std::uint32_t>(parts_.engine.shape(x)[0]);
    b.input = x, b.views = {abi_tensor(x)};
    b.abi.views = b.views.data(), b.abi.n_views = 1;
    return infer(what, b);
  }
  if (std::strcmp(what, "score") == 0) return squared_error(parts_.engine, x, output("reconstruction", x));
  return by_roles(what, x);
}

Tensor Evaluator::by_roles(const char* what, Tensor x) {
  if (std::strcmp(what, "embedding") == 0) return services_.call_one(*parts_.role_with("encode"), "encode", x);
  if (Role* r = parts_.role_with("reconstruct")) return services_.call_one(*r, "reconstruct", x);
  return services_.call_one(*parts_.role_with("decode"), "decode",
                            services_.call_one(*parts_.role_with("encode"), "encode", x));
}

Matrix matrix_of(Engine& engine, Tensor t) {
  const Shape shape = engine.shape(t), row = row_of(shape);
  return {shape[0], row.count(), row, doubles(engine, t)};
}

Matrix inputs_of(Composition& parts, const std::string& split, const std::vector<i64>& rows) {
  const Scope scope(parts.engine);
  return matrix_of(parts.engine, parts.data->gather(parts.engine, split, nullptr, rows));
}

Matrix Evaluator::matrix(const char* what, const std::string& split, const std::vector<i64>& rows) {
  const Scope scope(parts_.engine);
  return matrix_of(parts_.engine, output(what, split, rows));
}

Matrix Evaluator::matrix(const char* what, const std::string& split, i64 first, i64 last) {
  Matrix all;
  for (i64 at = first; at < last; at += kRows) {
    Matrix some = matrix(what, split, range(at, std::min(last, at + kRows)));
    all.row = some.row, all.width = some.width, all.rows += some.rows;
    all.values.insert(all.values.end(), some.values.begin(), some.values.end());
  }
  return all;
}

bool Evaluator::listens(const Metric& metric, bool is_train, const Baseline* against) const {
  return (!is_train || metric.calls.uses_train) && (!against || metric.baselines);
}

void Evaluator::feed(const std::string& split, bool is_train, Baseline* against) {
  Engine& engine = parts_.engine;
  std::set<std::string> needed;
  for (const Metric& metric : parts_.metrics)
    if (listens(metric, is_train, against))
      for (const char* const* name = metric.calls.needs; name && *name; ++name) needed.insert(*name);
  if (needed.empty() || !parts_.data) return;
  const std::vector<ubp_factor>& factors = parts_.data->factors();
  std::vector<const ubp_factor*> factor;
  for (const ubp_factor& each : factors) factor.push_back(&each);
  for (i64 at = 0, n = parts_.data->rows(split); at < n; at += kRows) {
    const Scope scope(engine);
    const std::vector<i64> rows = range(at, std::min(n, at + kRows));
    const i64 n_rows = static_cast<i64>(rows.size());
    Views views;
    ubp_metric_batch full{};
    full.size = sizeof full, full.n = static_cast<std::uint32_t>(n_rows), full.is_train = is_train;
    // Imputation is judged in raw units; every other metric sees the numbers that the objective saw.
    const Shape input_shape = of_rows(n_rows, parts_.data->row_shape(nullptr));
    const bool imputes = needed.contains("imputed");
    if (imputes && split != "train" && !parts_.data->withholds(split))
      fail(Exit::usage,
           "imputation is judged on rows that lose cells: the data set's own {} rows lose none; expected "
           "train.eval_split train",
           split);
    const ubp_view* raw = imputes ? views.add(input_shape, parts_.data->raw_input(split, rows)) : nullptr;
    if (needed.contains("input")) {
      full.input = views.add(input_shape, doubles(engine, parts_.data->gather(engine, split, nullptr, rows)));
      if (parts_.data->has_mask())
        full.mask = views.add(input_shape, doubles(engine, parts_.data->mask(engine, split, rows)));
    }
    if (needed.contains("label")) {
      if (!parts_.data->has_labels()) fail(Exit::usage, "a metric needs labels, but the data set has none");
      full.label = views.add(parts_.data->labels(split, rows));
    }
    if (needed.contains("factors") && !factors.empty()) {
      full.factors =
          views.add(Shape{n_rows, static_cast<i64>(factors.size())}, parts_.data->factor_values(split, rows));
      full.factor = factor.data(), full.n_factors = static_cast<std::uint32_t>(factor.size());
    }
    if (needed.contains("decoder")) full.decoder = against ? against->decoder() : decoder().abi();
    for (const Output& o : kOutputs) {
      if (!needed.contains(o.name)) continue;
      const bool is_assignment = o.slot == &ubp_metric_batch::assignment,
                 is_imputed = o.slot == &ubp_metric_batch::imputed;
      if (is_assignment && (against || !gives(o.name))) continue;  // optional: the metric may cluster the embedding
      if (!gives(o.name))
        fail(Exit::usage, "a metric needs '{}', which {} does not give", o.name, parts_.objective->who());
      if (against) {  // embeddings alone: see check_baselines
        Matrix codes = against->codes(split, rows);
        full.*o.slot = views.add(Shape{codes.rows, codes.width}, std::move(codes.values));
        continue;
      }
      const Tensor t = output(o.name, split, rows);
      if (is_assignment) {
        const std::vector<double> v = doubles(engine, t);
        full.*o.slot = views.add(std::vector<i64>(v.begin(), v.end()));
        continue;
      }
      std::vector<double> values = doubles(engine, t);
      if (is_imputed) parts_.data->unscale(values);
      full.*o.slot = views.add(engine.shape(t), std::move(values));
    }
    if (imputes) full.withheld = views.add(input_shape, parts_.data->withheld(split, rows));
    for (Metric& metric : parts_.metrics) {
      if (!listens(metric, is_train, against)) continue;
      if (needs(metric.calls, "episodes") && !metric.calls.needs[1]) continue;  // and nothing else
      ubp_metric_batch b = full;
      if (needs(metric.calls, "imputed")) b.input = raw;
      ask(metric, "update", [&](ubp_ctx* c) { return metric.calls.update(metric.instance->self(), c, &b); });
    }
  }
}

// Episodes of the greedy policy, in an environment of their own, so that evaluation does not disturb training. Every
// instance plays the same number: of whatever ends first, most would be short.
void Evaluator::feed_episodes() {
  std::vector<Metric*> listeners;
  for (Metric& metric : parts_.metrics)
    if (needs(metric.calls, "episodes")) listeners.push_back(&metric);
  if (listeners.empty()) return;
  if (!parts_.evaluation_envs) fail(Exit::usage, "a metric needs episodes, but the spec has no [environment]");
  if (!parts_.objective_gives("action"))
    fail(Exit::usage, "a metric needs episodes, but {} gives no 'action'", parts_.objective->who());
  const i64 wanted = parts_.spec.find("environment")->params.get<EnvironmentOptions>().episodes;
  Environments& envs = *parts_.evaluation_envs;
  const Recording off(parts_.engine, false);
  std::vector<double> returns, lengths;
  std::vector<i64> left(static_cast<std::size_t>(envs.instances()), wanted / envs.instances());
  for (i64 i = 0; i < wanted % envs.instances(); ++i) ++left[static_cast<std::size_t>(i)];
  {
    const Scope scope(parts_.engine);
    envs.reset();
  }
  envs.take_finished();
  while (static_cast<i64>(returns.size()) < wanted) {
    const Scope scope(parts_.engine);
    BatchData b;
    b.abi.n = static_cast<std::uint32_t>(envs.instances());
    b.fields["observation"] = envs.observe();
    b.names = {"observation", nullptr};
    b.abi.fields = b.names.data();
    ubp_env_step step{};
    step.size = sizeof step;
    envs.step(infer("action", b), step);
    for (const Environments::Episode& episode : envs.take_finished())
      if (left[static_cast<std::size_t>(episode.instance)]-- > 0)
        returns.push_back(episode.total), lengths.push_back(static_cast<double>(episode.length));
  }
  for (Metric* metric : listeners) {
    Views views;
    ubp_metric_batch b{};
    b.size = sizeof b, b.n = static_cast<std::uint32_t>(wanted);
    b.episode_return = views.add(Shape{wanted}, returns);
    b.episode_length = views.add(Shape{wanted}, lengths);
    ask(*metric, "update", [&](ubp_ctx* c) { return metric->calls.update(metric->instance->self(), c, &b); });
  }
}

void Evaluator::tell_nominal(const Instance& metric) {
  if (!parts_.data || parts_.data->nominal().empty()) return;
  const ubp_lifecycle& life = *metric.component().life;
  const void* found = UBP_HAS(&life, get_extension) ? life.get_extension(metric.self(), UBP_EXT_NOMINAL) : nullptr;
  const auto* extension = static_cast<const ubp_nominal_ext*>(found);
  if (!extension || !UBP_HAS(extension, set)) return;
  const std::vector<i64>& columns = parts_.data->nominal();
  require_ok(extension->set(metric.self(), columns.data(), static_cast<std::uint32_t>(columns.size() / 2)),
             metric.who(), "nominal");
}

std::vector<std::string> judged_splits(const std::string& asked, const std::vector<std::string>& there) {
  std::vector<std::string> splits;
  const auto add = [&](const std::string& name, bool needed) {
    if (std::ranges::count(splits, name)) return;
    if (needed || std::ranges::count(there, name)) splits.push_back(name);
  };
  for (const std::string& part : split_outside(asked, '+')) {
    if (part == "auto") add("valid", false);
    if (part == "auto" || part == "test")
      add("test", false);
    else
      add(part, true);
  }
  if (splits.empty()) splits.push_back("train");
  return splits;
}

std::vector<std::string> Evaluator::splits() const {
  if (!parts_.data) return {"test"};
  return judged_splits(parts_.spec.train.eval_split, parts_.data->split_names());
}

std::string Evaluator::shown_split() const {
  const std::vector<std::string> all = splits();
  return std::ranges::count(all, "test") ? "test" : all.back();
}

std::vector<std::pair<std::string, double>> Evaluator::run() {
  services_.begin_event();
  Numbers results;
  if (parts_.metrics.empty()) return results;
  const bool has_baselines =
      parts_.data && std::ranges::any_of(parts_.metrics, [](const Metric& metric) { return metric.baselines; });
  for (const std::string& split : splits()) {
    Numbers told = judge(split, nullptr);
    if (has_baselines) {
      const Numbers& baselines = judged_baselines(split);
      const Numbers gained = gains(told, baselines);
      told.insert(told.end(), baselines.begin(), baselines.end());
      told.insert(told.end(), gained.begin(), gained.end());
    }
    for (const auto& [name, value] : told) results.emplace_back(split + "." + name, value);
  }
  return results;
}

const Evaluator::Numbers& Evaluator::judged_baselines(const std::string& split) {
  const auto [found, fresh] = judged_baselines_.emplace(split, Numbers{});
  if (!fresh) return found->second;
  if (baselines_.empty()) baselines_ = baselines_of(parts_, matrix("embedding", split, 0, 1).width);
  for (std::size_t k = 0; k < baselines_.size(); ++k)
    for (const auto& [name, value] : judge(split, baselines_[k].get()))
      found->second.emplace_back(name + kBaselines[k], value);
  return found->second;
}

Evaluator::Numbers Evaluator::gains(const Numbers& trained, const Numbers& baselines) const {
  const auto value_of = [](const Numbers& numbers, const std::string& name) {
    for (const auto& [each, value] : numbers)
      if (each == name) return value;
    return std::nan("");
  };
  Numbers all;
  for (const Metric& metric : parts_.metrics) {
    if (!metric.baselines) continue;
    for (std::uint32_t i = 0; i < metric.calls.n_emits; ++i) {
      const std::string name = metric.calls.emits[i]->name;
      const double sign = metric.calls.emits[i]->higher_is_better == UBP_HIGHER_IS_BETTER ? 1 : -1;
      double best = -INFINITY;
      for (const char* baseline : kBaselines)
        if (const double score = value_of(baselines, name + baseline); std::isfinite(score))
          best = std::max(best, sign * score);
      const double gain = sign * value_of(trained, name) - best;
      if (std::isfinite(gain)) all.emplace_back(name + kGain, gain);
    }
  }
  return all;
}

bool Evaluator::is_needed(const Metric& metric) const {
  for (const std::string& series : {parts_.spec.objective_metric, parts_.spec.train.early_stop})
    for (std::uint32_t i = 0; i < metric.calls.n_emits; ++i)
      if (series.substr(series.find('.') + 1) == metric.calls.emits[i]->name) return true;
  return false;
}

/// A data set of a sweep may state no factors where another does: those metrics are left out of its trials.
void Evaluator::refuse_without_factors() {
  if (!parts_.data || !parts_.data->factors().empty()) return;
  for (const Metric& metric : parts_.metrics)
    if (needs(metric.calls, "factors"))
      refuse(metric, fmt::format("{} needs factors, and the data set states none", metric.instance->who()));
}

void Evaluator::refuse(const Metric& metric, const std::string& why) {
  refused_.insert(&metric);
  const std::string note = "left out: " + why;
  if (noted_.insert(note).second) notes_.push_back(note);
}

template <class Call>
void Evaluator::ask(const Metric& metric, const char* callback, const Call& call) {
  if (refused_.contains(&metric)) return;
  Callback context(parts_.engine, services_, "metric");
  Breadcrumb::set_in_evaluation(metric.instance->id(), callback, services_.step());
  try {
    require_ok(call(context.get()), metric.instance->who(), callback);
  } catch (const EngineError& e) {
    if (e.status() != UBP_E_INVALID_ARG || is_needed(metric)) throw;
    refuse(metric, e.what());
  }
}

Evaluator::Numbers Evaluator::judge(const std::string& split, Baseline* against) {
  Numbers results;
  refused_.clear();
  refuse_without_factors();
  for (Metric& metric : parts_.metrics) {
    if (!listens(metric, false, against)) continue;
    tell_nominal(*metric.instance);
    ask(metric, "begin", [&](ubp_ctx* c) { return metric.calls.begin(metric.instance->self(), c); });
  }
  feed("train", true, against);
  if (parts_.data) feed(split, false, against);
  if (!against) feed_episodes();
  for (Metric& metric : parts_.metrics) {
    if (!listens(metric, false, against)) continue;
    Numbers told;
    const auto take = [](void* user, const char* name, double value) {
      static_cast<Numbers*>(user)->emplace_back(name, value);
    };
    ask(metric, "finish", [&](ubp_ctx* c) { return metric.calls.finish(metric.instance->self(), c, +take, &told); });
    if (!refused_.contains(&metric)) results.insert(results.end(), told.begin(), told.end());
  }
  return results;
}

}  // namespace ubp
