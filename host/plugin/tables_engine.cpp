// SPDX-License-Identifier: MIT
// ubp.tensor, ubp.math and ubp.grad: the engine behind C functions.
#include <cstring>
#include <deque>

#include "base/error.hpp"
#include "engine/op.hpp"
#include "engine/ops.hpp"
#include "plugin/context.hpp"
#include "plugin/loader.hpp"

namespace ubp {
namespace {

std::vector<Tensor> tensors(const ubp_tensor* from, std::uint32_t n) {
  std::vector<Tensor> all(n);
  for (std::uint32_t i = 0; i < n; ++i) all[i] = tensor_of(from[i]);
  return all;
}

void give(const std::vector<Tensor>& from, ubp_tensor* out, std::uint32_t n, const char* who) {
  if (from.size() != n)
    throw EngineError(UBP_E_INVALID_ARG, fmt::format("{}: gives {} tensors, asked for {}", who, from.size(), n));
  for (std::uint32_t i = 0; i < n; ++i) out[i] = abi_tensor(from[i]);
}

/// The host's name for a view's DLPack codes.
DType dtype_of_view(const ubp_view& v) {
  constexpr struct {
    int code, bits;
    DType dtype;
  } known[] = {{2, 32, DType::f32}, {2, 64, DType::f64}, {0, 64, DType::i64}, {1, 8, DType::u8}};
  for (const auto& k : known)
    if (v.dtype_code == k.code && v.dtype_bits == k.bits && v.dtype_lanes == 1) return k.dtype;
  throw EngineError(UBP_E_DTYPE, fmt::format("this host has no tensors of DLPack's type {{{}, {}, {}}}", v.dtype_code,
                                             v.dtype_bits, v.dtype_lanes));
}

// --- ubp.tensor ------------------------------------------------------------------------------------------------------
namespace tensor_table {

ubp_status empty(ubp_ctx* ctx, const ubp_shape* s, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->engine->empty(dtype_of(*s, *ctx->engine), shape_of(*s))); });
}
ubp_status full(ubp_ctx* ctx, const ubp_shape* s, double v, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->engine->full(dtype_of(*s, *ctx->engine), shape_of(*s), v)); });
}

template <class F>
Tensor generated(Engine& e, DType dtype, const Shape& shape, F value) {
  const Tensor t = e.empty(dtype, shape);
  void* data = e.mutable_data(t);
  for (i64 i = 0, n = shape.count(); i < n; ++i) {
    const double v = value(i);
    if (dtype == DType::f64)
      static_cast<double*>(data)[i] = v;
    else if (dtype == DType::f32)
      static_cast<float*>(data)[i] = static_cast<float>(v);
    else if (dtype == DType::i64)
      static_cast<i64*>(data)[i] = static_cast<i64>(v);
    else
      static_cast<std::uint8_t*>(data)[i] = static_cast<std::uint8_t>(v);
  }
  return t;
}

ubp_status eye(ubp_ctx* ctx, std::int64_t n, ubp_tensor* out) {
  return serve(ctx, [&] {
    Engine& engine = *ctx->engine;
    const Tensor t = engine.full(engine.real(), Shape{n, n}, 0);
    const auto mark = [n](auto* data) {
      for (i64 i = 0; i < n; ++i) data[i * (n + 1)] = 1;
    };
    if (engine.real() == DType::f64)
      mark(static_cast<double*>(engine.mutable_data(t)));
    else
      mark(static_cast<float*>(engine.mutable_data(t)));
    *out = abi_tensor(t);
  });
}
ubp_status arange(ubp_ctx* ctx, std::int32_t dtype, double lo, double step, std::int64_t n, ubp_tensor* out) {
  return serve(ctx, [&] {
    const ubp_shape s{dtype, 1, {n}};
    *out = abi_tensor(generated(*ctx->engine, dtype_of(s, *ctx->engine), Shape{n},
                                [=](i64 i) { return lo + step * static_cast<double>(i); }));
  });
}
ubp_status from_host(ubp_ctx* ctx, const ubp_view* v, ubp_tensor* out) {
  return serve(ctx, [&] {
    if (!(v->flags & UBP_VIEW_CONTIGUOUS)) throw EngineError(UBP_E_UNSUPPORTED, "from_host: only contiguous views");
    *out = abi_tensor(ctx->engine->copy_from(dtype_of_view(*v), Shape(v->shape, v->ndim),
                                             static_cast<const char*>(v->data) + v->byte_offset));
  });
}
ubp_status info(ubp_ctx* ctx, ubp_tensor t, ubp_shape* out) {
  return serve(ctx, [&] { *out = abi_shape(*ctx->engine, tensor_of(t)); });
}
ubp_status item(ubp_ctx* ctx, ubp_tensor t, double* out) {
  return serve(ctx, [&] { *out = ctx->engine->item(tensor_of(t)); });
}
ubp_status map(ubp_ctx* ctx, ubp_tensor t, std::uint32_t mode, ubp_view* out) {
  return serve(ctx, [&] {
    const Tensor x = tensor_of(t);
    if (mode == 0 || mode > (UBP_MAP_READ | UBP_MAP_WRITE))
      throw EngineError(UBP_E_INVALID_ARG,
                        fmt::format("map: no mode: found {}, expected UBP_MAP_READ, UBP_MAP_WRITE or both", mode));
    const bool write = mode & UBP_MAP_WRITE;
    void* data = write ? ctx->engine->mutable_data(x) : const_cast<void*>(ctx->engine->data(x));
    Mapping& mapping = ctx->mappings[t.id];
    *out = view_of(ctx->engine->dtype(x), ctx->engine->shape(x), data, !write, mapping.extents);
    ++mapping.views;
  });
}
ubp_status unmap(ubp_ctx* ctx, ubp_tensor t) {
  return serve(ctx, [&] {
    ctx->engine->shape(tensor_of(t));  // refuses a handle that is none
    const auto mapping = ctx->mappings.find(t.id);
    if (mapping != ctx->mappings.end() && --mapping->second.views == 0) ctx->mappings.erase(mapping);
  });
}
ubp_status scope_push(ubp_ctx* ctx) {
  return serve(ctx, [&] { ctx->engine->push_scope(); });
}
ubp_status scope_pop(ubp_ctx* ctx, const ubp_tensor* keep, std::uint32_t n) {
  return serve(ctx, [&] { ctx->engine->pop_scope(tensors(keep, n)); });
}

}  // namespace tensor_table

// --- ubp.math --------------------------------------------------------------------------------------------------------
namespace math_table {

std::int32_t supports(const ubp_host*, std::int32_t family, std::int32_t code) {
  return family >= 1 && family <= 4 && ops::find(static_cast<ops::Family>(family), code) != nullptr;
}
ubp_status unary(ubp_ctx* ctx, std::int32_t op, ubp_tensor x, double p0, double p1, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::unary(*ctx->engine, op, tensor_of(x), p0, p1)); });
}
ubp_status binary(ubp_ctx* ctx, std::int32_t op, ubp_tensor a, ubp_tensor b, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::binary(*ctx->engine, op, tensor_of(a), tensor_of(b))); });
}
ubp_status matmul(ubp_ctx* ctx, ubp_tensor a, ubp_tensor b, std::int32_t ta, std::int32_t tb, ubp_tensor* out) {
  return serve(ctx,
               [&] { *out = abi_tensor(ops::matmul(*ctx->engine, tensor_of(a), tensor_of(b), ta != 0, tb != 0)); });
}
ubp_status reduce(ubp_ctx* ctx, std::int32_t op, ubp_tensor x, std::uint32_t axes, std::int32_t keepdims,
                  ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::reduce(*ctx->engine, op, tensor_of(x), axes, keepdims != 0)); });
}
ubp_status softmax(ubp_ctx* ctx, ubp_tensor x, std::int32_t axis, std::int32_t log, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::softmax(*ctx->engine, tensor_of(x), axis, log != 0)); });
}
ubp_status shape(ubp_ctx* ctx, std::int32_t op, ubp_tensor x, const std::int64_t* a, std::int32_t n, ubp_tensor* out) {
  return serve(ctx, [&] {
    Engine& e = *ctx->engine;
    const Tensor t = tensor_of(x);
    const auto need = [&](int count) {
      if (n != count)
        throw EngineError(UBP_E_INVALID_ARG, fmt::format("shape op {}: {} numbers, expected {}", op, n, count));
    };
    switch (op) {
      case UBP_S_RESHAPE:
        *out = abi_tensor(ops::reshape(e, t, Shape(a, n)));
        break;
      case UBP_S_PERMUTE:
        *out = abi_tensor(ops::permute(e, t, std::span(a, static_cast<std::size_t>(n))));
        break;
      case UBP_S_SLICE:
        need(4), *out = abi_tensor(ops::slice(e, t, a[0], a[1], a[2], a[3]));
        break;
      case UBP_S_EXPAND:
        *out = abi_tensor(ops::expand(e, t, Shape(a, n)));
        break;
      case UBP_S_PAD:
        need(3), *out = abi_tensor(ops::pad(e, t, a[0], a[1], a[2]));
        break;
      default:
        throw EngineError(UBP_E_UNSUPPORTED, fmt::format("shape op {} is unknown to this host", op));
    }
  });
}
ubp_status concat(ubp_ctx* ctx, const ubp_tensor* xs, std::uint32_t n, std::int32_t axis, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::concat(*ctx->engine, tensors(xs, n), axis)); });
}
ubp_status where(ubp_ctx* ctx, ubp_tensor cond, ubp_tensor a, ubp_tensor b, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::where(*ctx->engine, tensor_of(cond), tensor_of(a), tensor_of(b))); });
}
ubp_status gather_rows(ubp_ctx* ctx, ubp_tensor table, ubp_tensor index, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::gather_rows(*ctx->engine, tensor_of(table), tensor_of(index))); });
}
ubp_status take(ubp_ctx* ctx, ubp_tensor x, ubp_tensor index, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ops::take(*ctx->engine, tensor_of(x), tensor_of(index))); });
}
ubp_status call(ubp_ctx* ctx, const char* op, const ubp_tensor* in, std::uint32_t n_in, const ubp_attr* const* attrs,
                std::uint32_t n_attr, ubp_tensor* out, std::uint32_t n_out) {
  return serve(ctx,
               [&] { give(ops::call(*ctx->engine, op, tensors(in, n_in), std::span(attrs, n_attr)), out, n_out, op); });
}

}  // namespace math_table

// --- ubp.grad --------------------------------------------------------------------------------------------------------
namespace grad_table {

ubp_status grad(ubp_ctx* ctx, const ubp_tensor* outputs, const ubp_tensor* seeds, std::uint32_t n_out,
                const ubp_tensor* inputs, std::uint32_t n_in, std::int32_t create_graph, ubp_tensor* grads) {
  return serve(ctx, [&] {
    const std::vector<Tensor> seed = seeds ? tensors(seeds, n_out) : std::vector<Tensor>{};
    give(ctx->engine->grad(tensors(outputs, n_out), seed, tensors(inputs, n_in), create_graph != 0), grads, n_in,
         "grad");
  });
}
ubp_status leaf(ubp_ctx* ctx, ubp_tensor x, ubp_tensor* out) {
  return serve(ctx, [&] { *out = abi_tensor(ctx->engine->leaf(tensor_of(x))); });
}
ubp_status set_recording(ubp_ctx* ctx, std::int32_t on, std::int32_t* was) {
  return serve(ctx, [&] { *was = ctx->engine->set_recording(on != 0); });
}

// Registered ops live as long as the process, like the plugins they come from.
std::deque<ubp_custom_op_desc>& custom_ops() {
  static auto* ops = new std::deque<ubp_custom_op_desc>;
  return *ops;
}
ubp_status register_op(const ubp_host*, const ubp_custom_op_desc* desc, ubp_obj* op) {
  ubp_custom_op_desc full{};
  std::memcpy(&full, desc, std::min<std::size_t>(desc->size, sizeof full));
  if (!full.infer || !full.forward || !full.backward)
    return keep_error(UBP_E_INVALID_ARG, "register_op: infer, forward and backward are needed");
  ops::custom_op_error = last_plugin_error;
  custom_ops().push_back(full);
  op->id = custom_ops().size();
  return UBP_OK;
}
ubp_status apply_op(ubp_ctx* ctx, ubp_obj op, const ubp_tensor* in, std::uint32_t n_in, ubp_tensor* out,
                    std::uint32_t n_out) {
  return serve(ctx, [&] {
    if (op.id == 0 || op.id > custom_ops().size()) throw EngineError(UBP_E_BAD_HANDLE, "apply_op: no such custom op");
    const ubp_custom_op_desc& desc = custom_ops()[op.id - 1];
    give(ops::custom(*ctx->engine, desc, tensors(in, n_in)), out, n_out, desc.id ? desc.id : "custom op");
  });
}

}  // namespace grad_table
}  // namespace

const ubp_tensor_api kTensorApi = {sizeof(ubp_tensor_api), tensor_table::empty,      tensor_table::full,
                                   tensor_table::eye,      tensor_table::arange,     tensor_table::from_host,
                                   tensor_table::info,     tensor_table::item,       tensor_table::map,
                                   tensor_table::unmap,    tensor_table::scope_push, tensor_table::scope_pop};
const ubp_math_api kMathApi = {sizeof(ubp_math_api), math_table::supports, math_table::unary,       math_table::binary,
                               math_table::matmul,   math_table::reduce,   math_table::softmax,     math_table::shape,
                               math_table::concat,   math_table::where,    math_table::gather_rows, math_table::take,
                               math_table::call};
const ubp_grad_api kGradApi = {sizeof(ubp_grad_api),      grad_table::grad,        grad_table::leaf,
                               grad_table::set_recording, grad_table::register_op, grad_table::apply_op};

}  // namespace ubp
