// SPDX-License-Identifier: MIT
// The last step of a layer, and its derivative: one pass adds the bias and activates; one goes back, from y alone.
#include "engine/unary.hpp"

namespace ubp::ops {
namespace {

/// db += the sums of dz over all axes but 1.
template <class T>
void add_bias_grad(const Shape& s, const T* dz, T* db) {
  if (s.nd == 2)
    for (i64 r = 0; r < s[0]; ++r) simd::add_to(s[1], db, dz + r * s[1]);
  else
    for (i64 k = 0, plane = s.count() / std::max<i64>(1, s[0] * s[1]); k < s[0] * s[1]; ++k)
      db[k % s[1]] += static_cast<T>(simd::sum(
          plane, [](auto v) { return v; }, dz + k * plane));
}

void apply_slope(const Unary& op, double p0, i64 n, const float* dy, const float* y, float* dz) {
  op.from_y.slope32(p0, n, dy, y, dz);
}

void apply_slope(const Unary& op, double p0, i64 n, const double* dy, const double* y, double* dz) {
  op.from_y.slope64(p0, n, dy, y, dz);
}

constexpr auto identity = [](auto v, auto, auto) { return v; };

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
    apply_slope(op, p0, e.shape(y).count(), e.data<T>(dy), e.data<T>(y), out<T>(e, r));
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
  const Unary* const op = unary_of(act);
  FromY::Layer<T> layer = layer_by<T, std::remove_const_t<decltype(identity)>>;
  if constexpr (std::is_same_v<T, float>) {
    if (op) layer = op->from_y.layer32;
  } else {
    if (op) layer = op->from_y.layer64;
  }
  layer(op ? op->from_y.p0 : 0, rows, cols, z, bias, by_row);
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
    if (op) apply_slope(*op, op->from_y.p0, shape.count(), e.data<T>(dy), e.data<T>(y), out<T>(e, dz));
    if (!want_bias) return;
    Sink* sink = e.impl().sink(bias);
    if (!sink) *db = e.empty(e.dtype(dy), {shape[1]});
    T* sums = sink ? static_cast<T*>(sink->data) : out<T>(e, *db);
    if (!sink || !sink->accumulate) std::fill_n(sums, shape[1], T(0));
    add_bias_grad(shape, e.data<T>(dz), sums);
  });
  return dz;
}

}  // namespace ubp::ops
