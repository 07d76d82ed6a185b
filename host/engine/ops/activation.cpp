// SPDX-License-Identifier: MIT
// Activations whose derivative can be had from y = act(x): the layers keep y alone, and one pass adds the bias and
// activates.
#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

/// d act'(x) / dy as a function of y; null where it is zero.
Tensor curvature(Engine& e, int op, Tensor y) {
  switch (op) {
    case UBP_U_SIGMOID:
      return affine(e, y, -2, 1);
    case UBP_U_TANH:
      return affine(e, y, -2);
    case UBP_U_SOFTPLUS:
      return unary(e, UBP_U_EXP, affine(e, y, -1));
    case UBP_U_ELU:
      return binary(e, UBP_B_LT, y, e.full(e.dtype(y), {}, 0));
    default:
      return {};
  }
}

/// f(functor) with the forward step of the activation.
template <class B, class F>
void with_activation(Activation act, F&& f) {
  using T = typename B::value_type;
  const B zero(T(0)), one(T(1)), slope(static_cast<T>(slope_of(act)));
  switch (act) {
    case Activation::relu:
      return f([=](B z) { return xsimd::select(z < zero, zero, z); });
    case Activation::leaky_relu:
      return f([=](B z) { return xsimd::select(z > zero, z, slope * z); });
    case Activation::elu:
      return f([=](B z) { return xsimd::select(z > zero, z, slope * xsimd::expm1(z)); });
    case Activation::sigmoid:
      return f([=](B z) { return one / (one + xsimd::exp(-z)); });
    case Activation::tanh:
      return f([=](B z) { return xsimd::tanh(z); });
    case Activation::softplus:
      return f([=](B z) { return xsimd::max(z, zero) + xsimd::log1p(xsimd::exp(-xsimd::abs(z))); });
    default:
      return f([](B z) { return z; });
  }
}

/// f(functor) with (dy, y) -> dy act'(x); false if there is no such form.
template <class B, class F>
bool with_slope(int op, double p0, F&& f) {
  using T = typename B::value_type;
  const B zero(T(0)), one(T(1)), p(static_cast<T>(p0));
  switch (op) {
    case 0:
      return f([](B dy, B) { return dy; }), true;
    case UBP_U_RELU:
      return f([=](B dy, B y) { return xsimd::select(y > zero, dy, zero); }), true;
    case UBP_U_LEAKY_RELU:
      return f([=](B dy, B y) { return xsimd::select(y > zero, dy, p * dy); }), true;
    case UBP_U_ELU:
      return f([=](B dy, B y) { return xsimd::select(y > zero, dy, dy * (y + p)); }), true;
    case UBP_U_SIGMOID:
      return f([=](B dy, B y) { return dy * (y * (one - y)); }), true;
    case UBP_U_TANH:
      return f([=](B dy, B y) { return dy * (one - y * y); }), true;
    case UBP_U_SOFTPLUS:
      return f([=](B dy, B y) { return -dy * xsimd::expm1(-y); }), true;
    default:
      return false;
  }
}

/// z = f(z + b): b has a number for every one of z's, or (step 0) one register for all. n is a multiple of kLanes.
template <class T, class F>
[[gnu::noinline]] void add_and_map(i64 n, T* z, const T* b, i64 step, F f) {
  using B = simd::Batch<T>;
  for (i64 i = 0; i < n; i += simd::kLanes<T>)
    f(B::load_unaligned(z + i) + B::load_unaligned(b + i * step)).store_unaligned(z + i);
}

/// dz = dy act'(x); false if the op has no such form. dz may be dy.
template <class T>
bool apply_slope(int op, double p0, i64 n, const T* dy, const T* y, T* dz) {
  return with_slope<simd::Batch<T>>(op, p0, [&](auto f) { simd::map(n, dz, f, dy, y); });
}

/// dz = f(dy, y) and db += dz, row after row, of `rows` rows that lie `stride` apart; dz may be null. n is a multiple
/// of kLanes.
template <int rows, class T, class F>
[[gnu::noinline]] void slope_and_sum(i64 n, i64 stride, const T* dy, const T* y, T* dz, T* db, F f) {
  using B = simd::Batch<T>;
  for (i64 i = 0; i < n; i += simd::kLanes<T>) {
    B sum = B::load_unaligned(db + i);
    for (int r = 0; r < rows; ++r) {
      const B d = f(B::load_unaligned(dy + r * stride + i), B::load_unaligned(y + r * stride + i));
      if (dz) d.store_unaligned(dz + r * stride + i);
      sum += d;
    }
    sum.store_unaligned(db + i);
  }
}

/// dz = dy act'(x) and db += the sums of dz, in one pass over [rows, cols]. dz may be dy; without an op nothing is
/// written to it.
template <class T>
void apply_slope_and_sum(int op, double p0, i64 rows, i64 cols, const T* dy, const T* y, T* dz, T* db) {
  constexpr i64 w = simd::kLanes<T>, together = 4;
  const i64 rest = cols % w, whole = cols - rest;
  if (cols == 0) return;
  with_slope<simd::Batch<T>>(op, p0, [&](auto f) {
    const auto target = [&](i64 at) { return op ? dz + at : nullptr; };
    i64 at = 0;
    for (; at + together * cols <= rows * cols; at += together * cols)
      slope_and_sum<together>(whole, cols, dy + at, y + at, target(at), db, f);
    for (; at < rows * cols; at += cols) slope_and_sum<1>(whole, cols, dy + at, y + at, target(at), db, f);
    for (at = whole; rest && at < rows * cols; at += cols) {
      simd::Tail<T, 3> end(rest, dy + at, y + at, db + whole);
      slope_and_sum<1>(w, 0, end.pad[0], end.pad[1], end.pad[0], end.pad[2], f);
      if (op) std::copy_n(end.pad[0], rest, dz + at);
      std::copy_n(end.pad[2], rest, db + whole);
    }
  });
}

/// db += the sums of dz [n, c, h, w] over all axes but 1.
template <class T>
void add_bias_grad(const Shape& s, const T* dz, T* db) {
  for (i64 k = 0, plane = s[2] * s[3]; k < s[0] * s[1]; ++k)
    db[k % s[1]] += static_cast<T>(simd::sum(
        plane, [](auto v) { return v; }, dz + k * plane));
}

}  // namespace

int code_of(Activation act) {
  switch (act) {
    case Activation::relu:
      return UBP_U_RELU;
    case Activation::leaky_relu:
      return UBP_U_LEAKY_RELU;
    case Activation::sigmoid:
      return UBP_U_SIGMOID;
    case Activation::tanh:
      return UBP_U_TANH;
    case Activation::elu:
      return UBP_U_ELU;
    case Activation::gelu:
      return UBP_U_GELU;
    case Activation::softplus:
      return UBP_U_SOFTPLUS;
    case Activation::silu:
      return UBP_U_SILU;
    default:
      return 0;
  }
}

double slope_of(Activation act) { return act == Activation::leaky_relu ? 0.01 : act == Activation::elu ? 1.0 : 0.0; }

bool fuses(Activation act) { return act != Activation::gelu && act != Activation::silu; }

Tensor activation_grad(Engine& e, int op, Tensor dy, Tensor y, double p0) {
  if (op == 0) return dy;
  const Tensor dx = with_real(e.dtype(y), "activation_grad", [&](auto t) {
    using T = decltype(t);
    const Tensor r = e.empty(e.dtype(y), e.shape(y));
    if (!apply_slope(op, p0, e.shape(y).count(), e.data<T>(dy), e.data<T>(y), out<T>(e, r)))
      refuse(UBP_E_UNSUPPORTED, "unary: op {} has no derivative", op);
    return r;
  });
  if (Node* n = record(e, {dy, y}, {dx},
                       [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
                         const int code = static_cast<int>(self.a[0]);
                         if (self.wanted[0]) din[0] = activation_grad(g, code, dout[0], self.in[1], self.p[0]);
                         if (!self.wanted[1]) return;
                         if (const Tensor c = curvature(g, code, self.in[1]))
                           din[1] = mul(g, mul(g, dout[0], self.in[0]), c);
                       })) {
    n->a[0] = op;
    n->p[0] = p0;
  }
  return dx;
}

template <class T>
void add_bias_activate(Activation act, i64 rows, i64 cols, T* z, const T* bias, bool by_row) {
  if (!bias && act == Activation::none) return;
  constexpr i64 w = simd::kLanes<T>;
  const i64 rest = cols % w, whole = cols - rest, step = bias && !by_row;
  alignas(64) T same[w] = {};
  with_activation<simd::Batch<T>>(act, [&](auto f) {
    for (i64 r = 0; r < rows; ++r, z += cols) {
      if (bias && by_row) std::fill_n(same, w, bias[r]);
      add_and_map(whole, z, step ? bias : same, step, f);
      if (!rest) continue;
      simd::Tail<T, 2> end(rest, z + whole, step ? bias + whole : same);
      add_and_map(w, end.pad[0], end.pad[1], 0, f);
      std::copy_n(end.pad[0], rest, z + whole);
    }
  });
}

template void add_bias_activate(Activation, i64, i64, float*, const float*, bool);
template void add_bias_activate(Activation, i64, i64, double*, const double*, bool);

Tensor bias_activation_grad(Engine& e, Activation act, Tensor dy, Tensor y, bool want_bias, std::size_t bias,
                            Tensor* db) {
  const int op = code_of(act);
  if (!e.impl().first_order) {
    const Tensor dz = activation_grad(e, op, dy, y, slope_of(act));
    if (want_bias) *db = reduce(e, UBP_R_SUM, dz, e.shape(dz).nd == 2 ? 0b1 : 0b1101, false);
    return dz;
  }
  const Shape& shape = e.shape(dy);
  const Tensor dz = op == 0 || e.impl().may_overwrite(dy) ? dy : e.empty(e.dtype(dy), shape);
  with_real(e.dtype(dy), "activation_grad", [&](auto t) {
    using T = decltype(t);
    const bool at_once = want_bias && shape.nd == 2;
    if (op && !at_once) apply_slope(op, slope_of(act), shape.count(), e.data<T>(dy), e.data<T>(y), out<T>(e, dz));
    if (!want_bias) return;
    Sink* sink = e.impl().sink(bias);
    if (!sink) *db = e.empty(e.dtype(dy), {shape[1]});
    T* sums = sink ? static_cast<T*>(sink->data) : out<T>(e, *db);
    if (!sink || !sink->accumulate) std::fill_n(sums, shape[1], T(0));
    if (at_once)
      apply_slope_and_sum(op, slope_of(act), shape[0], shape[1], e.data<T>(dy), e.data<T>(y), out<T>(e, dz), sums);
    else
      add_bias_grad(shape, e.data<T>(dz), sums);
  });
  return dz;
}

}  // namespace ubp::ops
