// SPDX-License-Identifier: MIT
// The last step of a layer, and its derivative: one pass adds the bias and activates; one goes back, from y alone.
#include "engine/unary.hpp"

namespace ubp::ops {
namespace {

/// db += the sums of dz [n, c, ...] over all axes but 1.
template <class T>
void add_bias_grad(const Shape& s, const T* dz, T* db) {
  const i64 plane = s.count() / std::max<i64>(1, s[0] * s[1]);
  parallel_rows(s[1], s[0] * plane, [&](i64 lo, i64 hi) {
    for (i64 image = 0; image < s[0]; ++image)
      for (i64 c = lo; c < hi; ++c)
        db[c] += static_cast<T>(simd::sum(
            plane, [](auto v) { return v; }, dz + (image * s[1] + c) * plane));
  });
}

constexpr auto identity = [](auto v, auto, auto) { return v; };

/// What a layer without an activation does; its dz is dy, and is not written.
const FromY kNone = from_y(
    identity, [](auto dy, auto, auto) { return dy; }, nullptr, 0);

const FromY& of(Activation act) { return act == Activation::none ? kNone : unary_of(act)->from_y; }

/// The member for numbers of type T.
template <class T, class F, class D>
auto pick(F f32, D f64) {
  if constexpr (std::is_same_v<T, float>)
    return f32;
  else
    return f64;
}

}  // namespace

bool fuses(Activation act) { return act == Activation::none || unary_of(act)->from_y.slope32; }

Tensor activate(Engine& e, Activation act, Tensor x) {
  const Unary* const op = unary_of(act);
  return op ? apply(e, *op, x, op->from_y.p0) : x;
}

Tensor slope_from_y(Engine& e, const Unary& op, Tensor dy, Tensor y, double p0) {
  const Tensor dx = with_real(e.dtype(y), op.signature.name, [&](auto t) {
    using T = decltype(t);
    const Tensor r = e.empty(e.dtype(y), e.shape(y));
    pick<T>(op.from_y.slope32, op.from_y.slope64)(p0, e.shape(y).count(), e.data<T>(dy), e.data<T>(y), out<T>(e, r));
    return r;
  });
  if (Node* n = record(e, {dy, y}, {dx},
                       [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
                         const Unary& u = *static_cast<const Unary*>(self.user);
                         if (self.wanted[0]) din[0] = slope_from_y(g, u, dout[0], self.in[1], self.p[0]);
                         if (self.wanted[1] && u.from_y.curvature)
                           din[1] = mul(g, mul(g, dout[0], self.in[0]), u.from_y.curvature(g, self.in[1]));
                       })) {
    n->user = &op;
    n->p[0] = p0;
  }
  return dx;
}

template <class T>
void add_bias_activate(Activation act, i64 rows, i64 cols, T* z, const T* bias, bool by_row) {
  if (!bias && act == Activation::none) return;
  const FromY& step = of(act);
  pick<T>(step.layer32, step.layer64)(step.p0, rows, cols, z, bias, by_row);
}

template void add_bias_activate(Activation, i64, i64, float*, const float*, bool);
template void add_bias_activate(Activation, i64, i64, double*, const double*, bool);

Tensor bias_activation_grad(Engine& e, Activation act, Tensor dy, Tensor y, bool want_bias, std::size_t bias,
                            Tensor* db) {
  const Unary* const op = unary_of(act);
  const Shape& shape = e.shape(dy);
  if (!e.impl().first_order) {
    const Tensor dz = op ? slope_from_y(e, *op, dy, y, op->from_y.p0) : dy;
    if (want_bias) *db = reduce(e, UBP_R_SUM, dz, ((1u << shape.nd) - 1) & ~2u, false);
    return dz;
  }
  const Tensor dz = !op || e.impl().may_overwrite(dy) ? dy : e.empty(e.dtype(dy), shape);
  with_real(e.dtype(dy), "activation_grad", [&](auto t) {
    using T = decltype(t);
    const FromY& step = of(act);
    const bool at_once = want_bias && shape.nd == 2;
    if (op && !at_once)
      pick<T>(step.slope32, step.slope64)(step.p0, shape.count(), e.data<T>(dy), e.data<T>(y), out<T>(e, dz));
    if (!want_bias) return;
    Sink* sink = e.impl().sink(bias);
    if (!sink) *db = e.empty(e.dtype(dy), {shape[1]});
    T* sums = sink ? static_cast<T*>(sink->data) : out<T>(e, *db);
    if (!sink || !sink->accumulate) std::fill_n(sums, shape[1], T(0));
    if (at_once)
      pick<T>(step.slope_sum32, step.slope_sum64)(step.p0, shape[0], shape[1], e.data<T>(dy), e.data<T>(y),
                                                  op ? out<T>(e, dz) : nullptr, sums);
    else
      add_bias_grad(shape, e.data<T>(dz), sums);
  });
  return dz;
}

}  // namespace ubp::ops
