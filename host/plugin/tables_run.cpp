// SPDX-License-Identifier: MIT
// ubp.param, ubp.rng, ubp.run, ubp.table and ubp.env: the trial's services behind C functions.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "engine/parallel.hpp"
#include "plugin/context.hpp"

namespace ubp {
namespace {

// --- ubp.param -------------------------------------------------------------------------------------------------------
namespace param_table {

ubp_status param(ubp_ctx* ctx, const char* name, const ubp_shape* shape, std::int32_t init, double p0, double p1,
                 std::uint32_t flags, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->services->param(*ctx, name, shape, init, p0, p1, flags)); });
}
ubp_status state(ubp_ctx* ctx, const char* name, const ubp_shape* shape, double fill, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->services->state(*ctx, name, shape, fill)); });
}
ubp_status assign(ubp_ctx* ctx, ubp_tensor destination, ubp_tensor value) {
  return serve(ctx, [&] { ctx->services->assign(tensor_of(destination), tensor_of(value)); });
}
ubp_status assign_rows(ubp_ctx* ctx, ubp_tensor destination, ubp_tensor index, ubp_tensor rows) {
  return serve(ctx, [&] { ctx->services->assign_rows(tensor_of(destination), tensor_of(index), tensor_of(rows)); });
}
ubp_status ema_target(ubp_ctx* ctx, const char* role, const char* target) {
  return serve(ctx, [&] { ctx->services->ema_target(role, target); });
}
ubp_status ema_update(ubp_ctx* ctx, const char* target, double momentum) {
  return serve(ctx, [&] { ctx->services->ema_update(target, momentum); });
}

}  // namespace param_table

// --- ubp.rng ---------------------------------------------------------------------------------------------------------
namespace random_table {

template <class Fill>
ubp_status drawn(ubp_ctx* ctx, ubp_obj stream, const ubp_shape* s, ubp_tensor* out, Fill fill) {
  return serve(ctx, [&] {
    Engine& e = *ctx->engine;
    Random& random = ctx->services->random(stream);
    const DType dtype = dtype_of(*s, e);
    const Tensor t = e.empty(dtype, shape_of(*s));
    const auto n = static_cast<std::size_t>(e.shape(t).count());
    if (dtype == DType::f32)
      fill(random, std::span(static_cast<float*>(e.mutable_data(t)), n));
    else if (dtype == DType::f64)
      fill(random, std::span(static_cast<double*>(e.mutable_data(t)), n));
    else
      throw EngineError(UBP_E_DTYPE, "random numbers are of a floating type");
    *out = abi_tensor(t);
  });
}
ubp_status stream(ubp_ctx* ctx, const char* name, ubp_obj* out) {
  return serve(ctx, [&] { *out = ctx->services->stream(*ctx, name); });
}
ubp_status normal(ubp_ctx* ctx, ubp_obj stream, const ubp_shape* s, ubp_tensor* out) {
  return drawn(ctx, stream, s, out, [&](Random& random, auto values) { random.normal(values, 0, 1); });
}
ubp_status uniform(ubp_ctx* ctx, ubp_obj stream, const ubp_shape* s, double lo, double hi, ubp_tensor* out) {
  return drawn(ctx, stream, s, out, [&](Random& random, auto values) { random.uniform(values, lo, hi); });
}
ubp_status bernoulli(ubp_ctx* ctx, ubp_obj stream, const ubp_shape* s, double p, ubp_tensor* out) {
  return drawn(ctx, stream, s, out, [&](Random& random, auto values) { random.bernoulli(values, p); });
}
ubp_status permutation(ubp_ctx* ctx, ubp_obj stream, std::int64_t n, ubp_tensor* out) {
  return serve(ctx, [&] {
    const Tensor t = ctx->engine->empty(DType::i64, Shape{n});
    ctx->services->random(stream).permutation(
        std::span(static_cast<i64*>(ctx->engine->mutable_data(t)), static_cast<std::size_t>(n)));
    *out = abi_tensor(t);
  });
}
// The Gumbel-max trick would need k draws a row; inverting the cumulative distribution needs one.
ubp_status categorical(ubp_ctx* ctx, ubp_obj stream, ubp_tensor logits, ubp_tensor* out) {
  return serve(ctx, [&] {
    Engine& e = *ctx->engine;
    const Tensor x = e.dtype(tensor_of(logits)) == DType::f64 ? tensor_of(logits)
                                                              : ops::cast(e, e.detach(tensor_of(logits)), DType::f64);
    const Shape s = e.shape(x);
    if (s.nd != 2) throw EngineError(UBP_E_SHAPE, "categorical: logits are [n, k], found " + s.text());
    const Tensor t = e.empty(DType::i64, Shape{s[0]});
    auto* chosen = static_cast<i64*>(e.mutable_data(t));
    const double* row = e.data<double>(x);
    Random& random = ctx->services->random(stream);
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
ubp_status fill_u64(ubp_ctx* ctx, ubp_obj stream, std::uint64_t* out, std::uint64_t n) {
  return serve(ctx, [&] { ctx->services->random(stream).words(std::span(out, n)); });
}

}  // namespace random_table

// --- ubp.run ---------------------------------------------------------------------------------------------------------
namespace run_table {

ubp_status data_info(ubp_ctx* ctx, const char* split, const char* field, std::int64_t* rows, ubp_shape* row) {
  return serve(ctx, [&] { ctx->services->data_info(split, field, rows, row); });
}
ubp_status role_shape(ubp_ctx* ctx, const char* role, const ubp_shape* in, const ubp_shape* out) {
  return serve(ctx, [&] { ctx->services->role_shape(role, *in, *out); });
}
ubp_status method_shape(ubp_ctx* ctx, const char* role, const char* method, ubp_shape* out) {
  return serve(ctx, [&] { *out = ctx->services->method_shape(role, method); });
}
ubp_status call_model(ubp_ctx* ctx, const char* role, const char* method, const ubp_tensor* in, std::uint32_t n_in,
                      ubp_tensor* out, std::uint32_t n_out) {
  return serve(ctx, [&] {
    std::vector<Tensor> inputs(n_in), outputs(n_out);
    for (std::uint32_t i = 0; i < n_in; ++i) inputs[i] = tensor_of(in[i]);
    ctx->services->call_model(role, method, inputs, outputs);
    for (std::uint32_t i = 0; i < n_out; ++i) out[i] = abi_tensor(outputs[i]);
  });
}
ubp_status field(ubp_ctx* ctx, const ubp_batch* b, const char* name, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->services->field(*b, name)); });
}
ubp_status log_scalar(ubp_ctx* ctx, const char* name, ubp_tensor t) {
  return serve(ctx, [&] { ctx->services->log(*ctx, name, tensor_of(t)); });
}
ubp_status log_value(ubp_ctx* ctx, const char* name, double v) {
  return serve(ctx, [&] { ctx->services->log(*ctx, name, v); });
}
ubp_status end_stage(ubp_ctx* ctx, const char* reason) {
  return serve(ctx, [&] { ctx->services->end_stage(reason); });
}
ubp_status foreach_batch(ubp_ctx* ctx, const char* split, std::uint32_t batch,
                         ubp_status (*fn)(void*, ubp_ctx*, const ubp_batch*), void* user) {
  return serve(ctx, [&] { ctx->services->foreach_batch(split, batch, fn, user); });
}
ubp_status map_split(ubp_ctx* ctx, const char* split, const char* role, const char* method, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->services->map_split(split, role, method)); });
}
ubp_status kmeans(ubp_ctx* ctx, ubp_tensor x, std::int64_t k, std::int32_t restarts, ubp_tensor* centers,
                  ubp_tensor* assignment) {
  return serve(ctx, [&] {
    Tensor means, assigned;
    ctx->services->kmeans(*ctx, tensor_of(x), k, restarts, means, assigned);
    *centers = abi_tensor(means), *assignment = abi_tensor(assigned);
  });
}
void parallel_for(ubp_ctx*, std::int64_t n, std::int64_t grain, void (*fn)(void*, std::int64_t, std::int64_t),
                  void* user) {
  const Callback::Hidden nothing_of_the_host;
  parallel(n, std::max<std::int64_t>(1, grain), [&](std::int64_t lo, std::int64_t hi) {
    fn(user, lo, hi);
    if (!has_usual_rounding()) set_usual_rounding();
  });
}

ubp_status step(ubp_ctx* ctx, ubp_step* out) {
  return serve(ctx, [&] {
    const ubp_step& now = ctx->services->step_now();
    const std::uint32_t size = std::min(out->size, now.size);
    std::memcpy(out, &now, size);
    out->size = size;
  });
}

}  // namespace run_table

// --- ubp.table -------------------------------------------------------------------------------------------------------
namespace rows_table {

ubp_status append(ubp_ctx* ctx, const char* const* names, const ubp_tensor* columns, std::uint32_t n) {
  return serve(ctx, [&] {
    std::vector<Tensor> all(n);
    for (std::uint32_t i = 0; i < n; ++i) all[i] = tensor_of(columns[i]);
    ctx->services->append(std::span(names, n), all);
  });
}
ubp_status count(ubp_ctx* ctx, std::int64_t* rows) {
  return serve(ctx, [&] { *rows = ctx->services->table_rows(); });
}

}  // namespace rows_table

// --- ubp.env ---------------------------------------------------------------------------------------------------------
namespace environment_table {

ubp_status spaces(ubp_ctx* ctx, const ubp_space** observation, const ubp_space** action, std::uint32_t* n) {
  return serve(ctx, [&] { ctx->services->spaces(observation, action, n); });
}
ubp_status observe(ubp_ctx* ctx, ubp_tensor* obs) {
  return serve(ctx, [&] { *obs = abi_tensor(ctx->services->env_observe()); });
}
ubp_status reset(ubp_ctx* ctx, ubp_tensor* obs) {
  return serve(ctx, [&] { *obs = abi_tensor(ctx->services->env_reset()); });
}
ubp_status step(ubp_ctx* ctx, ubp_tensor action, ubp_env_step* out) {
  return serve(ctx, [&] { ctx->services->env_step(tensor_of(action), *out); });
}

}  // namespace environment_table
}  // namespace

const ubp_param_api kParamApi = {sizeof(ubp_param_api),  param_table::param,       param_table::state,
                                 param_table::assign,    param_table::assign_rows, param_table::ema_target,
                                 param_table::ema_update};
const ubp_rng_api kRngApi = {sizeof(ubp_rng_api),       random_table::stream,      random_table::normal,
                             random_table::uniform,     random_table::permutation, random_table::bernoulli,
                             random_table::categorical, random_table::fill_u64};
const ubp_run_api kRunApi = {sizeof(ubp_run_api),      run_table::data_info,  run_table::role_shape,
                             run_table::method_shape,  run_table::call_model, run_table::field,
                             run_table::log_scalar,    run_table::log_value,  run_table::end_stage,
                             run_table::foreach_batch, run_table::map_split,  run_table::kmeans,
                             run_table::parallel_for,  run_table::step};
const ubp_table_api kTableApi = {sizeof(ubp_table_api), rows_table::append, rows_table::count};
const ubp_env_api kEnvApi = {sizeof(ubp_env_api), environment_table::spaces, environment_table::observe,
                             environment_table::reset, environment_table::step};

}  // namespace ubp
