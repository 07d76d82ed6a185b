// SPDX-License-Identifier: MIT
// ubp.param, ubp.rng, ubp.run, ubp.table and ubp.env: the trial's services behind C functions.
#include <cmath>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "plugin/context.hpp"

namespace ubp {
namespace {

// --- ubp.param -------------------------------------------------------------------------------------------------------
ubp_status p_param(ubp_ctx* c, const char* name, const ubp_shape* shape, std::int32_t init, double p0, double p1,
                   std::uint32_t flags, ubp_tensor* out) {
  return serve(c, [&] { *out = abi_tensor(c->services->param(*c, name, shape, init, p0, p1, flags)); });
}
ubp_status p_state(ubp_ctx* c, const char* name, const ubp_shape* shape, double fill, ubp_tensor* out) {
  return serve(c, [&] { *out = abi_tensor(c->services->state(*c, name, shape, fill)); });
}
ubp_status p_assign(ubp_ctx* c, ubp_tensor destination, ubp_tensor value) {
  return serve(c, [&] { c->services->assign(tensor_of(destination), tensor_of(value)); });
}
ubp_status p_assign_rows(ubp_ctx* c, ubp_tensor destination, ubp_tensor index, ubp_tensor rows) {
  return serve(c, [&] { c->services->assign_rows(tensor_of(destination), tensor_of(index), tensor_of(rows)); });
}
ubp_status p_ema_target(ubp_ctx* c, const char* role, const char* target) {
  return serve(c, [&] { c->services->ema_target(role, target); });
}
ubp_status p_ema_update(ubp_ctx* c, const char* target, double momentum) {
  return serve(c, [&] { c->services->ema_update(target, momentum); });
}

// --- ubp.rng ---------------------------------------------------------------------------------------------------------
template <class Fill>
ubp_status drawn(ubp_ctx* c, const ubp_shape* s, ubp_tensor* out, Fill fill) {
  return serve(c, [&] {
    Engine& e = *c->engine;
    const DType dtype = dtype_of(*s, e);
    const Tensor t = e.empty(dtype, shape_of(*s));
    const auto n = static_cast<std::size_t>(e.shape(t).count());
    if (dtype == DType::f32)
      fill(std::span(static_cast<float*>(e.mutable_data(t)), n));
    else if (dtype == DType::f64)
      fill(std::span(static_cast<double*>(e.mutable_data(t)), n));
    else
      throw EngineError(UBP_E_DTYPE, "random numbers are of a floating type");
    *out = abi_tensor(t);
  });
}
ubp_status r_stream(ubp_ctx* c, const char* name, ubp_obj* out) {
  return serve(c, [&] { *out = c->services->stream(*c, name); });
}
ubp_status r_normal(ubp_ctx* c, ubp_obj o, const ubp_shape* s, ubp_tensor* out) {
  return drawn(c, s, out, [&](auto values) { c->services->random(o).normal(values, 0, 1); });
}
ubp_status r_uniform(ubp_ctx* c, ubp_obj o, const ubp_shape* s, double lo, double hi, ubp_tensor* out) {
  return drawn(c, s, out, [&](auto values) { c->services->random(o).uniform(values, lo, hi); });
}
ubp_status r_bernoulli(ubp_ctx* c, ubp_obj o, const ubp_shape* s, double p, ubp_tensor* out) {
  return drawn(c, s, out, [&](auto values) { c->services->random(o).bernoulli(values, p); });
}
ubp_status r_permutation(ubp_ctx* c, ubp_obj o, std::int64_t n, ubp_tensor* out) {
  return serve(c, [&] {
    const Tensor t = c->engine->empty(DType::i64, Shape{n});
    c->services->random(o).permutation(
        std::span(static_cast<i64*>(c->engine->mutable_data(t)), static_cast<std::size_t>(n)));
    *out = abi_tensor(t);
  });
}
// The Gumbel-max trick would need k draws a row; inverting the cumulative distribution needs one.
ubp_status r_categorical(ubp_ctx* c, ubp_obj o, ubp_tensor logits, ubp_tensor* out) {
  return serve(c, [&] {
    Engine& e = *c->engine;
    const Tensor x = e.dtype(tensor_of(logits)) == DType::f64 ? tensor_of(logits)
                                                              : ops::cast(e, e.detach(tensor_of(logits)), DType::f64);
    const Shape s = e.shape(x);
    if (s.nd != 2) throw EngineError(UBP_E_SHAPE, "categorical: logits are [n, k], found " + s.text());
    const Tensor t = e.empty(DType::i64, Shape{s[0]});
    auto* chosen = static_cast<i64*>(e.mutable_data(t));
    const double* row = e.data<double>(x);
    Random& random = c->services->random(o);
    for (i64 i = 0; i < s[0]; ++i, row += s[1]) {
      double most = row[0], total = 0;
      for (i64 k = 1; k < s[1]; ++k) most = std::max(most, row[k]);
      for (i64 k = 0; k < s[1]; ++k) total += std::exp(row[k] - most);
      double left = random.next_uniform() * total;
      i64 k = 0;
      while (k + 1 < s[1] && (left -= std::exp(row[k] - most)) >= 0) ++k;
      chosen[i] = k;
    }
    *out = abi_tensor(t);
  });
}
ubp_status r_fill(ubp_ctx* c, ubp_obj o, std::uint64_t* out, std::uint64_t n) {
  return serve(c, [&] { c->services->random(o).words(std::span(out, n)); });
}

// --- ubp.run ---------------------------------------------------------------------------------------------------------
ubp_status u_data_info(ubp_ctx* c, const char* split, const char* field, std::int64_t* rows, ubp_shape* row) {
  return serve(c, [&] { c->services->data_info(split, field, rows, row); });
}
ubp_status u_role_shape(ubp_ctx* c, const char* role, const ubp_shape* in, const ubp_shape* out) {
  return serve(c, [&] { c->services->role_shape(role, *in, *out); });
}
ubp_status u_method_shape(ubp_ctx* c, const char* role, const char* method, ubp_shape* out) {
  return serve(c, [&] { *out = c->services->method_shape(role, method); });
}
ubp_status u_call_model(ubp_ctx* c, const char* role, const char* method, const ubp_tensor* in, std::uint32_t n_in,
                        ubp_tensor* out, std::uint32_t n_out) {
  return serve(c, [&] {
    std::vector<Tensor> inputs(n_in), outputs(n_out);
    for (std::uint32_t i = 0; i < n_in; ++i) inputs[i] = tensor_of(in[i]);
    c->services->call_model(role, method, inputs, outputs);
    for (std::uint32_t i = 0; i < n_out; ++i) out[i] = abi_tensor(outputs[i]);
  });
}
ubp_status u_field(ubp_ctx* c, const ubp_batch* b, const char* name, ubp_tensor* out) {
  return serve(c, [&] { *out = abi_tensor(c->services->field(*b, name)); });
}
ubp_status u_log_scalar(ubp_ctx* c, const char* name, ubp_tensor t) {
  return serve(c, [&] { c->services->log(name, tensor_of(t)); });
}
ubp_status u_log_value(ubp_ctx* c, const char* name, double v) {
  return serve(c, [&] { c->services->log(name, v); });
}
std::int32_t u_cancelled(ubp_ctx* c) { return c->services->cancelled(); }
ubp_status u_end_stage(ubp_ctx* c, const char* reason) {
  return serve(c, [&] { c->services->end_stage(reason); });
}
ubp_status u_foreach(ubp_ctx* c, const char* split, std::uint32_t batch,
                     ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*), void* user) {
  return serve(c, [&] { c->services->foreach_batch(split, batch, fn, user); });
}
ubp_status u_map_split(ubp_ctx* c, const char* split, const char* role, const char* method, ubp_tensor* out) {
  return serve(c, [&] { *out = abi_tensor(c->services->map_split(split, role, method)); });
}
ubp_status u_kmeans(ubp_ctx* c, ubp_tensor x, std::int64_t k, std::int32_t restarts, ubp_tensor* centers,
                    ubp_tensor* assignment) {
  return serve(c, [&] {
    Tensor means, assigned;
    c->services->kmeans(*c, tensor_of(x), k, restarts, means, assigned);
    *centers = abi_tensor(means), *assignment = abi_tensor(assigned);
  });
}
// One thread per trial: sweeps parallelise over trials.
void u_parallel_for(ubp_ctx*, std::int64_t n, std::int64_t, void (*fn)(void*, std::int64_t, std::int64_t), void* user) {
  fn(user, 0, n);
}

// --- ubp.table, ubp.env ----------------------------------------------------------------------------------------------
ubp_status b_append(ubp_ctx* c, const char* const* names, const ubp_tensor* columns, std::uint32_t n) {
  return serve(c, [&] {
    std::vector<Tensor> all(n);
    for (std::uint32_t i = 0; i < n; ++i) all[i] = tensor_of(columns[i]);
    c->services->append(std::span(names, n), all);
  });
}
ubp_status b_count(ubp_ctx* c, std::int64_t* rows) {
  return serve(c, [&] { *rows = c->services->table_rows(); });
}
ubp_status e_spaces(ubp_ctx* c, const ubp_space** observation, const ubp_space** action, std::uint32_t* n) {
  return serve(c, [&] { c->services->spaces(observation, action, n); });
}
ubp_status e_observe(ubp_ctx* c, ubp_tensor* obs) {
  return serve(c, [&] { *obs = abi_tensor(c->services->env_observe()); });
}
ubp_status e_reset(ubp_ctx* c, ubp_tensor* obs) {
  return serve(c, [&] { *obs = abi_tensor(c->services->env_reset()); });
}
ubp_status e_step(ubp_ctx* c, ubp_tensor action, ubp_env_step* out) {
  return serve(c, [&] { c->services->env_step(tensor_of(action), *out); });
}

}  // namespace

const ubp_param_api kParamApi = {sizeof(ubp_param_api), p_param,      p_state,     p_assign,
                                 p_assign_rows,         p_ema_target, p_ema_update};
const ubp_rng_api kRngApi = {sizeof(ubp_rng_api), r_stream,    r_normal,      r_uniform,
                             r_permutation,       r_bernoulli, r_categorical, r_fill};
const ubp_run_api kRunApi = {
    sizeof(ubp_run_api), u_data_info, u_role_shape, u_method_shape, u_call_model, u_field,  u_log_scalar,
    u_log_value,         u_cancelled, u_end_stage,  u_foreach,      u_map_split,  u_kmeans, u_parallel_for};
const ubp_table_api kTableApi = {sizeof(ubp_table_api), b_append, b_count};
const ubp_env_api kEnvApi = {sizeof(ubp_env_api), e_spaces, e_observe, e_reset, e_step};

}  // namespace ubp
