// SPDX-License-Identifier: MIT
#include "train/parts/services.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "plugin/loader.hpp"
#include "train/breadcrumb.hpp"
#include "train/parts/kmeans.hpp"

namespace ubp {
namespace {

constexpr i64 kInferenceRows = 1000;

constexpr std::string_view kTarget = "target:";

/// The owner of a target's parameters; ParamStore::select leaves these alone.
std::string owner_of_target(const std::string& target) { return std::string(kTarget) + target; }
bool is_target(const std::string& owner) { return owner.starts_with(kTarget); }

void require_owner(const ubp_ctx& ctx, const char* what) {
  if (ctx.owner == kOptimizerOwner)
    throw EngineError(UBP_E_STATE,
                      fmt::format("{}: an optimizer has no parameters, state or random numbers of its own: "
                                  "it remembers in its slots",
                                  what));
}

std::vector<i64> range(i64 lo, i64 hi) {
  std::vector<i64> all(static_cast<std::size_t>(hi - lo));
  std::iota(all.begin(), all.end(), lo);
  return all;
}

}  // namespace

void TrialServices::set_up() {
  in_setup_ = true;
  if (parts_.objective_calls.setup) {
    Callback callback(parts_.engine, *this, "self");
    Breadcrumb::set(parts_.objective->id(), "setup", 0, 0);
    const Recording off(parts_.engine, false);
    require_ok(parts_.objective_calls.setup(parts_.objective->self(), callback.get()), parts_.objective->who(),
               "setup");
  }
  in_setup_ = false;
  std::vector<std::string> names;  // building may add targets
  for (const auto& [name, role] : parts_.roles) names.push_back(name);
  for (const std::string& name : names) built(name);
}

Data& TrialServices::data() {
  if (!parts_.data) throw EngineError(UBP_E_STATE, "this trial has no data set");
  return *parts_.data;
}

Environments& TrialServices::envs() {
  if (!parts_.envs) throw EngineError(UBP_E_STATE, "this trial has no environment");
  return *parts_.envs;
}

Role& TrialServices::role(const std::string& name) {
  const auto found = parts_.roles.find(name);
  if (found != parts_.roles.end()) return found->second;
  std::vector<std::string> have;
  for (const auto& [n, r] : parts_.roles) have.push_back(n);
  throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no role '{}'{}", name, suggestion(name, have)));
}

Role& TrialServices::built(const std::string& name) {
  Role& role = this->role(name);
  if (role.built) return role;
  role.built = true;
  Callback callback(parts_.engine, *this, role.name);
  const ubp_build build{sizeof build, role.name.c_str(), role.in, role.out};
  require_ok(role.calls.build(role.model->self(), callback.get(), &build), role.model->who(), "build");
  return role;
}

void TrialServices::begin_event() {
  training_ = logs_to_step_ = false;
  event_values_.clear();
}

const ubp_step& TrialServices::step_now() {
  if (now_.size == 0) throw EngineError(UBP_E_STATE, "step: only in loss(), manual() and after_step()");
  return now_;
}

void TrialServices::call_model(const char* name, const char* method, std::span<const Tensor> in,
                               std::span<Tensor> out) {
  call(built(name), method, in, out);
}

void TrialServices::call(Role& role, const char* method, std::span<const Tensor> in, std::span<Tensor> out) {
  if (!Composition::has_method(role, method)) {
    std::vector<std::string> have;
    for (std::uint32_t i = 0; i < role.calls.n_methods; ++i) have.push_back(role.calls.methods[i]->name);
    throw EngineError(UBP_E_NOT_FOUND,
                      fmt::format("{} has no method '{}'{}", role.model->who(), method, suggestion(method, have)));
  }
  Callback callback(parts_.engine, *this, role.name);
  std::vector<ubp_tensor> inputs(in.size()), outputs(out.size());
  for (std::size_t i = 0; i < in.size(); ++i) inputs[i] = abi_tensor(in[i]);
  require_ok(
      role.calls.call(role.model->self(), callback.get(), method, training_, inputs.data(),
                      static_cast<std::uint32_t>(in.size()), outputs.data(), static_cast<std::uint32_t>(out.size())),
      role.model->who(), method);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = tensor_of(outputs[i]);
}

Tensor TrialServices::call_one(Role& role, const char* method, Tensor x) {
  Tensor out;
  call(role, method, std::span(&x, 1), std::span(&out, 1));
  return out;
}

ubp_shape TrialServices::out_shape(Role& role, const char* method, const ubp_shape& in) {
  ubp_shape out{};
  require_ok(role.calls.out_shape(role.model->self(), method, &in, &out), role.model->who(), "out_shape");
  return out;
}

ubp_shape TrialServices::method_shape(const char* name, const char* method) {
  Role& role = built(name);
  return out_shape(role, method, role.in);
}

void TrialServices::role_shape(const char* name, const ubp_shape& in, const ubp_shape& out) {
  Role& role = this->role(name);
  if (!in_setup_ || role.built)
    throw EngineError(UBP_E_STATE, fmt::format("role_shape('{}'): only in setup(), before the role is used", name));
  role.in = in, role.out = out;
}

void TrialServices::data_info(const char* split, const char* field, i64* rows, ubp_shape* row) {
  if (rows) *rows = data().has(split) ? data().rows(split) : 0;
  if (!row) return;
  const Shape s = data().row_shape(field);
  *row = {static_cast<std::int32_t>(data().field_dtype(field)), s.nd, {}};
  std::copy_n(s.dim, 8, row->dim);
}

Tensor TrialServices::field(const ubp_batch& abi, const char* name) {
  const BatchData& b = BatchData::of(abi);
  if (!name && b.input.id) return b.input;
  if (!name) {
    if (b.split.empty()) throw EngineError(UBP_E_NOT_FOUND, "this batch has no rows of the data set");
    return data().gather(parts_.engine, b.split, nullptr, b.rows);
  }
  if (const auto given = b.fields.find(name); given != b.fields.end()) return given->second;
  if (b.table) return b.table->gather(parts_.engine, name, b.rows);
  if (b.split.empty()) throw EngineError(UBP_E_NOT_FOUND, fmt::format("this batch has no field '{}'", name));
  const bool label = std::strcmp(name, "label") == 0 || data().is_label(name);
  if (label && !parts_.labels_allowed())
    throw EngineError(
        UBP_E_UNSUPPORTED,
        fmt::format("field '{}' holds labels, which an objective sees only if it declares UBP_OBJ_NEEDS_LABELS", name));
  if (data().is_factor(name))
    throw EngineError(UBP_E_UNSUPPORTED, fmt::format("field '{}' is a factor, which metrics alone see", name));
  return data().gather(parts_.engine, b.split, name, b.rows);
}

/// The series, without "train.", that whoever logs may write: an objective what it declares, a model its role's own.
std::string TrialServices::series_of(const ubp_ctx& ctx, const std::string& name) const {
  if (name == "loss" && !(ctx.owner == "self" && parts_.is_manual()))
    throw EngineError(UBP_E_INVALID_ARG, "log: 'loss' is what loss() returns: expected another name");
  if (ctx.owner == "metric")
    throw EngineError(UBP_E_INVALID_ARG, fmt::format("log: found '{}' from a metric, which emits its numbers", name));
  if (ctx.owner != "self") return (is_target(ctx.owner) ? ctx.owner.substr(kTarget.size()) : ctx.owner) + "." + name;
  std::vector<std::string> declared;
  for (const char* const* s = parts_.objective_calls.scalars; s && *s; ++s) declared.emplace_back(*s);
  if (name != "loss" && std::find(declared.begin(), declared.end(), name) == declared.end())
    throw EngineError(UBP_E_INVALID_ARG, fmt::format("log: '{}' is none of the scalars that it declares with logs(){}",
                                                     name, suggestion(name, declared)));
  return name;
}

void TrialServices::log(const ubp_ctx& ctx, const char* name, double value) {
  const std::string series = series_of(ctx, name);
  if (logs_to_step_)
    log_.add(series, value, step_);
  else
    event_values_[series] = value;
}

void TrialServices::log(const ubp_ctx& ctx, const char* name, Tensor scalar) {
  if (const Shape shape = parts_.engine.shape(scalar); shape.count() != 1)
    throw EngineError(UBP_E_SHAPE, fmt::format("log: '{}' must be one number, its shape is {}", name, shape.text()));
  if (kept_) (*kept_)[series_of(ctx, name)] = scalar;
  log(ctx, name, parts_.engine.item(scalar));
}

void TrialServices::foreach_batch(const char* split, i64 batch, ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*),
                                  void* user) {
  if (batch < 1) throw EngineError(UBP_E_INVALID_ARG, "foreach_batch: a batch has 1 row or more, asked for 0");
  const Recording off(parts_.engine, false);
  const bool was = std::exchange(training_, false);
  const ubp_ctx* outer = Callback::behind(parts_.engine.context());
  const std::string owner = outer ? outer->owner : "self";
  ubp_status status = UBP_OK;
  for (i64 at = 0, n = data().rows(split); at < n && status == UBP_OK; at += batch) {
    const Scope scope(parts_.engine);
    const auto b = make_batch(parts_.engine, data(), split, range(at, std::min(n, at + batch)), 1, nullptr, nullptr);
    Callback callback(parts_.engine, *this, owner);
    status = fn(user, callback.get(), &b->abi);
  }
  training_ = was;
  if (status != UBP_OK) throw EngineError(status, last_plugin_error());
}

Tensor TrialServices::map_split(const char* split, const char* name, const char* method) {
  Role& role = built(name);
  const Recording off(parts_.engine, false);
  const bool was = std::exchange(training_, false);
  const i64 n = data().rows(split);
  Shape shape;
  DType dtype = parts_.engine.real();
  {
    const Scope scope(parts_.engine);
    const i64 first = 0;
    const Tensor y = call_one(role, method, data().gather(parts_.engine, split, nullptr, std::span(&first, 1)));
    shape = parts_.engine.shape(y), dtype = parts_.engine.dtype(y);
  }
  const i64 row_bytes = shape.count() * bytes_of(dtype);
  shape.dim[0] = n;
  const Tensor all = parts_.engine.empty(dtype, shape);
  char* out = static_cast<char*>(parts_.engine.mutable_data(all));
  for (i64 at = 0; at < n; at += kInferenceRows) {
    const Scope scope(parts_.engine);
    const i64 end = std::min(n, at + kInferenceRows);
    const Tensor y = call_one(role, method, data().gather(parts_.engine, split, nullptr, range(at, end)));
    std::memcpy(out + at * row_bytes, parts_.engine.data(y), static_cast<std::size_t>((end - at) * row_bytes));
  }
  training_ = was;
  return all;
}

void TrialServices::kmeans(const ubp_ctx& ctx, Tensor x, i64 k, i64 restarts, Tensor& centers, Tensor& assignment) {
  require_owner(ctx, "kmeans");
  kmeans_of(parts_.engine, x, k, restarts, parts_.streams.get(ctx.owner + "/kmeans"), centers, assignment);
}

ubp_obj TrialServices::stream(const ubp_ctx& ctx, const char* name) {
  require_owner(ctx, "stream");
  return parts_.streams.handle(ctx.owner + "/" + name);
}

Tensor TrialServices::param(const ubp_ctx& ctx, const char* name, const ubp_shape* shape, int init, double p0,
                            double p1, std::uint32_t flags) {
  require_owner(ctx, "param");
  if (!shape) return parts_.params.param(ctx.owner, name, nullptr, init, p0, p1, flags);
  const Shape s = shape_of(*shape);
  return parts_.params.param(ctx.owner, name, &s, init, p0, p1, flags);
}

Tensor TrialServices::state(const ubp_ctx& ctx, const char* name, const ubp_shape* shape, double fill) {
  require_owner(ctx, "state");
  if (!shape) return parts_.params.state(ctx.owner, name, nullptr, parts_.engine.real(), fill);
  const Shape s = shape_of(*shape);
  return parts_.params.state(ctx.owner, name, &s, dtype_of(*shape, parts_.engine), fill);
}

void TrialServices::assign(Tensor destination, Tensor value) {
  Engine& engine = parts_.engine;
  if (!(engine.shape(destination) == engine.shape(value)))
    throw EngineError(UBP_E_SHAPE, "assign: " + engine.shape(value).text() + " to " + engine.shape(destination).text());
  const Tensor v = engine.dtype(value) == engine.dtype(destination)
                       ? value
                       : ops::cast(engine, engine.detach(value), engine.dtype(destination));
  std::memmove(engine.mutable_data(destination), engine.data(v),
               static_cast<std::size_t>(engine.shape(v).count() * bytes_of(engine.dtype(v))));
}

void TrialServices::assign_rows(Tensor destination, Tensor index, Tensor rows) {
  Engine& engine = parts_.engine;
  const Shape to = engine.shape(destination), from = engine.shape(rows);
  if (engine.dtype(index) != DType::i64 || to.nd < 1 || from.nd != to.nd || from[0] != engine.shape(index)[0] ||
      to.count() / std::max<i64>(1, to[0]) != from.count() / std::max<i64>(1, from[0]))
    throw EngineError(UBP_E_SHAPE, "assign_rows: rows " + from.text() + " by index " + engine.shape(index).text() +
                                       " to " + to.text());
  const Tensor v = engine.dtype(rows) == engine.dtype(destination)
                       ? rows
                       : ops::cast(engine, engine.detach(rows), engine.dtype(destination));
  const i64 bytes = to[0] ? to.count() / to[0] * bytes_of(engine.dtype(v)) : 0;
  char* out = static_cast<char*>(engine.mutable_data(destination));
  const i64* at = engine.data<i64>(index);
  for (i64 i = 0; i < from[0]; ++i) {
    if (at[i] < 0 || at[i] >= to[0])
      throw EngineError(UBP_E_INVALID_ARG, fmt::format("assign_rows: row {} of {}", at[i], to[0]));
    std::memcpy(out + at[i] * bytes, static_cast<const char*>(engine.data(v)) + i * bytes,
                static_cast<std::size_t>(bytes));
  }
}

void TrialServices::ema_target(const char* name, const char* target) {
  const auto known = target_of_.find(target);
  if (known != target_of_.end() && known->second == name) return;  // like param: made once, then found
  if (parts_.roles.count(target))
    throw EngineError(UBP_E_STATE, fmt::format("ema_target: there is a role or target '{}' already", target));
  Role copy = built(name);
  copy.name = owner_of_target(target);
  parts_.params.copy_owner(name, copy.name);
  parts_.roles[target] = copy;
  target_of_[target] = name;
}

void TrialServices::ema_update(const char* target, double momentum) {
  const auto found = target_of_.find(target);
  if (found == target_of_.end())
    throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no target '{}': ema_target makes one", target));
  parts_.params.blend_owner(found->second, owner_of_target(target), momentum);
}

void TrialServices::append(std::span<const char* const> names, std::span<const Tensor> columns) {
  parts_.table.append(parts_.engine, names, columns);
}

void TrialServices::spaces(const ubp_space** observation, const ubp_space** action, std::uint32_t* n) {
  if (observation) *observation = &envs().observation();
  if (action) *action = &envs().action();
  if (n) *n = static_cast<std::uint32_t>(envs().instances());
}

}  // namespace ubp
