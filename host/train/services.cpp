// SPDX-License-Identifier: MIT
#include "train/services.hpp"

#include <cstring>
#include <numeric>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "plugin/loader.hpp"
#include "train/breadcrumb.hpp"
#include "train/kmeans.hpp"

namespace ubp {
namespace {

constexpr i64 kInferenceRows = 1000;

std::vector<i64> range(i64 lo, i64 hi) {
  std::vector<i64> all(static_cast<std::size_t>(hi - lo));
  std::iota(all.begin(), all.end(), lo);
  return all;
}

}  // namespace

void TrialServices::set_up() {
  in_setup_ = true;
  if (c_.vt.setup) {
    Callback callback(c_.engine, *this, "self");
    Breadcrumb::set(c_.objective->id(), "setup", 0, 0);
    const Recording off(c_.engine, false);
    require_ok(c_.vt.setup(c_.objective->self(), callback.get()), c_.objective->who(), "setup");
  }
  in_setup_ = false;
  std::vector<std::string> names;  // building may add targets
  for (const auto& [name, role] : c_.roles) names.push_back(name);
  for (const std::string& name : names) built(name);
}

Data& TrialServices::data() {
  if (!c_.data) throw EngineError(UBP_E_STATE, "this trial has no data set");
  return *c_.data;
}

Environments& TrialServices::envs() {
  if (!c_.envs) throw EngineError(UBP_E_STATE, "this trial has no environment");
  return *c_.envs;
}

Role& TrialServices::role(const std::string& name) {
  const auto found = c_.roles.find(name);
  if (found != c_.roles.end()) return found->second;
  std::vector<std::string> have;
  for (const auto& [n, r] : c_.roles) have.push_back(n);
  throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no role '{}'{}", name, suggestion(name, have)));
}

Role& TrialServices::built(const std::string& name) {
  Role& r = role(name);
  if (r.built) return r;
  r.built = true;
  Callback callback(c_.engine, *this, r.name);
  const ubp_build build{sizeof build, r.name.c_str(), r.in, r.out};
  require_ok(r.vt.build(r.model->self(), callback.get(), &build), r.model->who(), "build");
  return r;
}

void TrialServices::begin_event() {
  training_ = logs_to_step_ = false;
  event_values_.clear();
}

void TrialServices::call_model(const char* name, const char* method, std::span<const Tensor> in,
                               std::span<Tensor> out) {
  Role& r = built(name);
  if (!Composition::has_method(r, method)) {
    std::vector<std::string> have;
    for (std::uint32_t i = 0; i < r.vt.n_methods; ++i) have.push_back(r.vt.methods[i]->name);
    throw EngineError(UBP_E_NOT_FOUND,
                      fmt::format("{} has no method '{}'{}", r.model->who(), method, suggestion(method, have)));
  }
  Callback callback(c_.engine, *this, r.name);
  std::vector<ubp_tensor> inputs(in.size()), outputs(out.size());
  for (std::size_t i = 0; i < in.size(); ++i) inputs[i] = abi_tensor(in[i]);
  require_ok(r.vt.call(r.model->self(), callback.get(), method, training_, inputs.data(),
                       static_cast<std::uint32_t>(in.size()), outputs.data(), static_cast<std::uint32_t>(out.size())),
             r.model->who(), method);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = tensor_of(outputs[i]);
}

Tensor TrialServices::call_one(Role& r, const char* method, Tensor x) {
  Tensor out;
  call_model(r.name.c_str(), method, std::span(&x, 1), std::span(&out, 1));
  return out;
}

ubp_shape TrialServices::out_shape(Role& r, const char* method, const ubp_shape& in) {
  ubp_shape out{};
  require_ok(r.vt.out_shape(r.model->self(), method, &in, &out), r.model->who(), "out_shape");
  return out;
}

ubp_shape TrialServices::method_shape(const char* name, const char* method) {
  Role& r = built(name);
  return out_shape(r, method, r.in);
}

void TrialServices::role_shape(const char* name, const ubp_shape& in, const ubp_shape& out) {
  Role& r = role(name);
  if (!in_setup_ || r.built)
    throw EngineError(UBP_E_STATE, fmt::format("role_shape('{}'): only in setup(), before the role is used", name));
  r.in = in, r.out = out;
}

void TrialServices::data_info(const char* split, const char* field, i64* rows, ubp_shape* row) {
  if (rows) *rows = data().rows(split);
  if (!row) return;
  const Shape s = data().row_shape(field);
  *row = {static_cast<std::int32_t>(data().field_dtype(field)), s.nd, {}};
  std::copy_n(s.dim, 8, row->dim);
}

Tensor TrialServices::field(const ubp_batch& abi, const char* name) {
  const BatchData& b = BatchData::of(abi);
  if (!name) {
    if (b.split.empty()) throw EngineError(UBP_E_NOT_FOUND, "this batch has no rows of the data set");
    return data().gather(c_.engine, b.split, nullptr, b.rows);
  }
  if (const auto given = b.fields.find(name); given != b.fields.end()) return given->second;
  if (b.table) return b.table->gather(c_.engine, name, b.rows);
  if (b.split.empty()) throw EngineError(UBP_E_NOT_FOUND, fmt::format("this batch has no field '{}'", name));
  const bool label = std::strcmp(name, "label") == 0 || data().is_label(name);
  if (label && !c_.labels_allowed())
    throw EngineError(
        UBP_E_UNSUPPORTED,
        fmt::format("field '{}' holds labels, which an objective sees only if it declares UBP_OBJ_NEEDS_LABELS", name));
  return data().gather(c_.engine, b.split, name, b.rows);
}

void TrialServices::log(const char* name, double value) {
  if (logs_to_step_)
    log_.add(name, value, step_);
  else
    event_values_[name] = value;
}

void TrialServices::log(const char* name, Tensor scalar) { log(name, c_.engine.item(scalar)); }

void TrialServices::foreach_batch(const char* split, i64 batch, ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*),
                                  void* user) {
  if (batch < 1) throw EngineError(UBP_E_INVALID_ARG, "foreach_batch: a batch has 1 row or more, asked for 0");
  const Recording off(c_.engine, false);
  const bool was = std::exchange(training_, false);
  ubp_status status = UBP_OK;
  for (i64 at = 0, n = data().rows(split); at < n && status == UBP_OK; at += batch) {
    const Scope scope(c_.engine);
    const auto b = make_batch(c_.engine, data(), split, range(at, std::min(n, at + batch)), 1, nullptr, nullptr);
    Callback callback(c_.engine, *this, c_.engine.context() ? c_.engine.context()->owner : "self");
    status = fn(user, callback.get(), &b->abi);
  }
  training_ = was;
  if (status != UBP_OK) throw EngineError(status, last_plugin_error());
}

Tensor TrialServices::map_split(const char* split, const char* name, const char* method) {
  Role& r = built(name);
  const Recording off(c_.engine, false);
  const bool was = std::exchange(training_, false);
  const i64 n = data().rows(split);
  Shape shape;
  DType dtype = c_.engine.real();
  {
    const Scope scope(c_.engine);
    const i64 first = 0;
    const Tensor y = call_one(r, method, data().gather(c_.engine, split, nullptr, std::span(&first, 1)));
    shape = c_.engine.shape(y), dtype = c_.engine.dtype(y);
  }
  const i64 row_bytes = shape.count() * bytes_of(dtype);
  shape.dim[0] = n;
  const Tensor all = c_.engine.empty(dtype, shape);
  char* out = static_cast<char*>(c_.engine.mutable_data(all));
  for (i64 at = 0; at < n; at += kInferenceRows) {
    const Scope scope(c_.engine);
    const i64 end = std::min(n, at + kInferenceRows);
    const Tensor y = call_one(r, method, data().gather(c_.engine, split, nullptr, range(at, end)));
    std::memcpy(out + at * row_bytes, c_.engine.data(y), static_cast<std::size_t>((end - at) * row_bytes));
  }
  training_ = was;
  return all;
}

void TrialServices::kmeans(const ubp_ctx& ctx, Tensor x, i64 k, i64 restarts, Tensor& centers, Tensor& assignment) {
  kmeans_of(c_.engine, x, k, restarts, c_.streams.get(ctx.owner + "/kmeans"), centers, assignment);
}

Tensor TrialServices::param(const ubp_ctx& ctx, const char* name, const ubp_shape* shape, int init, double p0,
                            double p1, std::uint32_t flags) {
  if (!shape) return c_.params.param(ctx.owner, name, nullptr, init, p0, p1, flags);
  const Shape s = shape_of(*shape);
  return c_.params.param(ctx.owner, name, &s, init, p0, p1, flags);
}

Tensor TrialServices::state(const ubp_ctx& ctx, const char* name, const ubp_shape* shape, double fill) {
  if (!shape) return c_.params.state(ctx.owner, name, nullptr, c_.engine.real(), fill);
  const Shape s = shape_of(*shape);
  return c_.params.state(ctx.owner, name, &s, dtype_of(*shape, c_.engine), fill);
}

void TrialServices::assign(Tensor destination, Tensor value) {
  Engine& e = c_.engine;
  if (!(e.shape(destination) == e.shape(value)))
    throw EngineError(UBP_E_SHAPE, "assign: " + e.shape(value).text() + " to " + e.shape(destination).text());
  const Tensor v = e.dtype(value) == e.dtype(destination) ? value : ops::cast(e, e.detach(value), e.dtype(destination));
  std::memmove(e.mutable_data(destination), e.data(v),
               static_cast<std::size_t>(e.shape(v).count() * bytes_of(e.dtype(v))));
}

void TrialServices::assign_rows(Tensor destination, Tensor index, Tensor rows) {
  Engine& e = c_.engine;
  const Shape to = e.shape(destination), from = e.shape(rows);
  if (e.dtype(index) != DType::i64 || to.nd < 1 || from.nd != to.nd || from[0] != e.shape(index)[0] ||
      to.count() / std::max<i64>(1, to[0]) != from.count() / std::max<i64>(1, from[0]))
    throw EngineError(UBP_E_SHAPE,
                      "assign_rows: rows " + from.text() + " by index " + e.shape(index).text() + " to " + to.text());
  const Tensor v = e.dtype(rows) == e.dtype(destination) ? rows : ops::cast(e, e.detach(rows), e.dtype(destination));
  const i64 bytes = to[0] ? to.count() / to[0] * bytes_of(e.dtype(v)) : 0;
  char* out = static_cast<char*>(e.mutable_data(destination));
  const i64* at = e.data<i64>(index);
  for (i64 i = 0; i < from[0]; ++i) {
    if (at[i] < 0 || at[i] >= to[0])
      throw EngineError(UBP_E_INVALID_ARG, fmt::format("assign_rows: row {} of {}", at[i], to[0]));
    std::memcpy(out + at[i] * bytes, static_cast<const char*>(e.data(v)) + i * bytes, static_cast<std::size_t>(bytes));
  }
}

void TrialServices::ema_target(const char* name, const char* target) {
  const auto known = target_of_.find(target);
  if (known != target_of_.end() && known->second == name) return;  // like param: made once, then found
  if (c_.roles.count(target))
    throw EngineError(UBP_E_STATE, fmt::format("ema_target: there is a role or target '{}' already", target));
  Role copy = built(name);
  copy.name = std::string("target:") + target;
  c_.params.copy_owner(name, copy.name);
  c_.roles[target] = copy;
  c_.roles[copy.name] = copy;
  target_of_[target] = name;
}

void TrialServices::ema_update(const char* target, double momentum) {
  const auto found = target_of_.find(target);
  if (found == target_of_.end())
    throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no target '{}': ema_target makes one", target));
  c_.params.blend_owner(found->second, std::string("target:") + target, momentum);
}

void TrialServices::append(std::span<const char* const> names, std::span<const Tensor> columns) {
  c_.table.append(c_.engine, names, columns);
}

void TrialServices::spaces(const ubp_space** observation, const ubp_space** action, std::uint32_t* n) {
  if (observation) *observation = &envs().observation();
  if (action) *action = &envs().action();
  if (n) *n = static_cast<std::uint32_t>(envs().instances());
}

}  // namespace ubp
