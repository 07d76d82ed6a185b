// SPDX-License-Identifier: MIT
// Activations whose derivative can be had from y = act(x): the layers keep y alone, and one pass adds the bias and
// activates, one pass back gives dz and the bias's gradient.
#include "engine/activation.hpp"

namespace ubp::ops {
namespace {

/// d act'(x) / dy as a function of y; null where it is zero.
Tensor curvature(Engine& e, int op, Tensor y) {
  switch (op) {
    case UBP_U_SIGMOID: return affine(e, y, -2, 1);
    case UBP_U_TANH: return affine(e, y, -2);
    case UBP_U_SOFTPLUS: return unary(e, UBP_U_EXP, affine(e, y, -1));
    case UBP_U_ELU: return binary(e, UBP_B_LT, y, e.full(e.dtype(y), {}, 0));
    default: return {};
  }
}

template <class T, class F>
void add_row_and_map(i64 rows, i64 cols, T* z, const T* b, F f) {
  for (i64 r = 0; r < rows; ++r) {
    T* row = z + r * cols;
    if (b)
      simd::map(cols, row, [&](auto v, auto w) { return f(v + w); }, static_cast<const T*>(row), b);
    else
      simd::map(cols, row, f, static_cast<const T*>(row));
  }
}

/// dz = f(dy, y); db += sum of dz's rows. dz may be dy.
template <class T, class F>
void map_and_sum_rows(i64 rows, i64 cols, T* dz, const T* dy, const T* y, T* db, F f) {
  using B = simd::Batch<T>;
  constexpr i64 w = simd::kLanes<T>;
  for (i64 r = 0; r < rows; ++r, dz += cols, dy += cols, y += cols) {
    i64 c = 0;
    for (; c + w <= cols; c += w) {
      const B v = f(B::load_unaligned(dy + c), B::load_unaligned(y + c));
      v.store_unaligned(dz + c);
      (B::load_unaligned(db + c) + v).store_unaligned(db + c);
    }
    if (c < cols) {
      const B v = f(simd::load_head(dy + c, cols - c), simd::load_head(y + c, cols - c));
      simd::store_head<T>(dz + c, cols - c, v);
      simd::store_head<T>(db + c, cols - c, simd::load_head(db + c, cols - c) + v);
    }
  }
}

/// The same for images [n, channels, plane].
template <class T, class F>
void map_and_sum_planes(i64 n, i64 channels, i64 plane, T* dz, const T* dy, const T* y, T* db, F f) {
  for (i64 k = 0; k < n * channels; ++k, dz += plane, dy += plane, y += plane) {
    simd::map(plane, dz, f, dy, y);
    db[k % channels] += static_cast<T>(simd::sum(plane, [](auto v) { return v; }, static_cast<const T*>(dz)));
  }
}

}  // namespace

int code_of(Activation act) {
  switch (act) {
    case Activation::relu: return UBP_U_RELU;
    case Activation::leaky_relu: return UBP_U_LEAKY_RELU;
    case Activation::sigmoid: return UBP_U_SIGMOID;
    case Activation::tanh: return UBP_U_TANH;
    case Activation::elu: return UBP_U_ELU;
    case Activation::gelu: return UBP_U_GELU;
    case Activation::softplus: return UBP_U_SOFTPLUS;
    case Activation::silu: return UBP_U_SILU;
    default: return 0;
  }
}

double slope_of(Activation act) {
  return act == Activation::leaky_relu ? 0.01 : act == Activation::elu ? 1.0 : 0.0;
}

bool fuses(Activation act) { return act != Activation::gelu && act != Activation::silu; }

Tensor activation_grad(Engine& e, int op, Tensor dy, Tensor y, double p0) {
  if (op == 0) return dy;
  const Tensor dx = with_real(e.dtype(y), "activation_grad", [&](auto t) {
    using T = decltype(t);
    const Tensor r = e.empty(e.dtype(y), e.shape(y));
    const bool known = with_slope<simd::Batch<T>>(op, p0, [&](auto f) {
      simd::map(e.shape(y).count(), out<T>(e, r), f, e.data<T>(dy), e.data<T>(y));
    });
    if (!known) refuse(UBP_E_UNSUPPORTED, "unary: op {} has no derivative", op);
    return r;
  });
  if (Node* n = record(e, {dy, y}, {dx}, [](Engine& g, const Node& self, std::span<const Tensor> dout,
                                            std::span<Tensor> din) {
        const int code = static_cast<int>(self.a[0]);
        if (self.wanted[0]) din[0] = activation_grad(g, code, dout[0], self.in[1], self.p[0]);
        if (!self.wanted[1]) return;
        if (const Tensor c = curvature(g, code, self.in[1])) din[1] = mul(g, mul(g, dout[0], self.in[0]), c);
      })) {
    n->a[0] = op;
    n->p[0] = p0;
  }
  return dx;
}

void add_bias_activate(Engine& e, Tensor z, Tensor b, Activation act) {
  if (!b && act == Activation::none) return;
  with_real(e.dtype(z), "activation", [&](auto t) {
    using T = decltype(t);
    const i64 cols = e.shape(z)[-1], rows = cols ? e.shape(z).count() / cols : 0;
    with_activation<simd::Batch<T>>(act, [&](auto f) {
      add_row_and_map(rows, cols, out<T>(e, z), b ? e.data<T>(b) : nullptr, f);
    });
  });
}

Tensor bias_activation_grad(Engine& e, Activation act, Tensor dy, Tensor y, bool want_bias, std::size_t bias,
                            Tensor* db) {
  const int op = code_of(act);
  if (!e.impl().first_order) {
    const Tensor dz = activation_grad(e, op, dy, y, slope_of(act));
    if (want_bias) *db = reduce(e, UBP_R_SUM, dz, e.shape(dz).nd == 2 ? 0b1 : 0b1101, false);
    return dz;
  }
  if (op == 0 && !want_bias) return dy;
  const Shape& shape = e.shape(dy);
  const Tensor dz = op == 0 || e.impl().may_overwrite(dy) ? dy : e.empty(e.dtype(dy), shape);
  with_real(e.dtype(dy), "activation_grad", [&](auto t) {
    using T = decltype(t);
    T* to = out<T>(e, dz);
    with_slope<simd::Batch<T>>(op, slope_of(act), [&](auto f) {
      if (!want_bias) return simd::map(shape.count(), to, f, e.data<T>(dy), e.data<T>(y));
      Sink* sink = e.impl().sink(bias);
      if (!sink) *db = e.empty(e.dtype(dy), {shape[1]});
      T* sums = sink ? static_cast<T*>(sink->data) : out<T>(e, *db);
      if (!sink || !sink->accumulate) std::fill_n(sums, shape[1], T(0));
      if (shape.nd == 2)
        map_and_sum_rows(shape[0], shape[1], to, e.data<T>(dy), e.data<T>(y), sums, f);
      else
        map_and_sum_planes(shape[0], shape[1], shape[2] * shape[3], to, e.data<T>(dy), e.data<T>(y), sums, f);
    });
  });
  return dz;
}

}  // namespace ubp::ops
