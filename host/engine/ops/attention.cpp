// SPDX-License-Identifier: MIT
// softmax(q k^T scale) v, of one head or of any number of them (Vaswani et al., 2017, eq. 1).
#include <cmath>
#include <limits>

#include "engine/blas.hpp"
#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

/// What a row may look at: places below `limit` of those that the mask leaves.
struct Sight {
  Tensor mask;  ///< null: no mask; else [..., n, m] in the dtype of q, 0: hidden
  bool causal;
};

Tensor weights(Engine&, Tensor q, Tensor k, const Sight&, double scale);

Results attention(Engine& e, Call& c) {
  const Running running(e, c.op(), c.inputs());
  const Tensor q = c.in(0), k = c.in(1);
  Shape s = e.shape(q);
  const i64 d = s[-1];
  s.dim[s.nd - 1] = e.shape(k)[-2];
  if (!(c.number(1) >= 0)) refuse(UBP_E_INVALID_ARG, "attention: scale must not be negative: {}", c.number(1));
  const double scale = c.number(1) != 0 ? c.number(1) : d ? 1 / std::sqrt(static_cast<double>(d)) : 1;
  const Tensor mask = [&] {
    const Recording off(e, false);
    return c.in(3) ? expand(e, cast(e, c.in(3), e.dtype(q)), s) : Tensor{};
  }();
  return {matmul(e, weights(e, q, k, {mask, c.flag(0)}, scale), c.in(2))};
}

const Op kAttention = {
    "attention(q [...,n,d], k [...,m,d], v [...,m,e], mask? any; causal = 0, scale = 0.0) -> [...,n,e]",
    "softmax(q k^T scale) v; mask, broadcast to [...,n,m]: 0 hides; causal = 1: row i sees up to i + m - n; scale 0: "
    "1 / sqrt(d); a row that sees nothing is 0",
    attention,
    "[2,3,4], [2,5,4], [2,5,6]\n[3,4], [3,4], [3,2]; causal = 1\n[2,3,4], [2,5,4], [2,5,6], [5] is 1 0 1 1 0; scale = "
    "0.7\n[3,4], [5,4], [5,2]; causal = 1"};

/// p = softmax(p scale) over the first `seen` numbers, zeros behind.
template <class T>
void soften(i64 m, i64 seen, T scale, T* p) {
  using B = simd::Batch<T>;
  std::fill(p + seen, p + m, T(0));
  const T top = seen ? simd::extreme(
                           seen, [](auto u, auto v) { return xsimd::max(u, v); }, p)
                     : -std::numeric_limits<T>::infinity();
  if (top == -std::numeric_limits<T>::infinity()) return void(std::fill_n(p, seen, T(0)));
  simd::map(
      seen, p, [=, t = B(top), f = B(scale)](B v) { return xsimd::exp((v - t) * f); }, static_cast<const T*>(p));
  const double s = simd::sum(
      seen, [](B v) { return v; }, static_cast<const T*>(p));
  simd::map(
      seen, p, [f = B(static_cast<T>(1 / s))](B v) { return v * f; }, static_cast<const T*>(p));
}

template <class T>
void fill_weights(Engine& e, Tensor q, Tensor k, const Sight& sight, double scale, T* p) {
  const Shape &s = e.shape(q), &t = e.shape(k);
  const i64 n = s[-2], m = t[-2], d = s[-1], heads = Shape(s.dim, s.nd - 2).count();
  const T* mask = sight.mask ? e.data<T>(sight.mask) : nullptr;
  for (i64 h = 0; h < heads; ++h, p += n * m) {
    blas::gemm(false, true, n, m, d, e.data<T>(q) + h * n * d, e.data<T>(k) + h * m * d, T(0), p);
    for (i64 i = 0; i < n; ++i) {
      T* row = p + i * m;
      const i64 seen = sight.causal ? std::clamp<i64>(i + m - n + 1, 0, m) : m;
      if (mask)
        for (i64 j = 0; j < seen; ++j)
          if (mask[(h * n + i) * m + j] == T(0)) row[j] = -std::numeric_limits<T>::infinity();
      soften(m, seen, static_cast<T>(scale), row);
    }
  }
}

/// p = softmax(q k^T scale); with ds = p (dp - sum(dp p)) scale: dq = ds k, dk = ds^T q. Hidden places have p = 0.
Tensor weights(Engine& e, Tensor q, Tensor k, const Sight& sight, double scale) {
  Shape s = e.shape(q);
  s.dim[s.nd - 1] = e.shape(k)[-2];
  const Tensor p = e.empty(e.dtype(q), s);
  with_real(e.dtype(q), "attention", [&](auto t) { fill_weights(e, q, k, sight, scale, out<decltype(t)>(e, p)); });
  if (Node* n =
          record(e, {q, k}, {p}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            const Tensor ds = affine(g, softmax_grad(g, dout[0], self.out[0]), self.p[0]);
            if (self.wanted[0]) din[0] = matmul(g, ds, self.in[1]);
            if (self.wanted[1]) din[1] = matmul(g, ds, self.in[0], true, false);
          }))
    n->p[0] = scale;
  return p;
}

}  // namespace

Ops attention_ops() { return {&kAttention}; }

}  // namespace ubp::ops
