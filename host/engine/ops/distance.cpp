// SPDX-License-Identifier: MIT
// Rows as points: unit length, distances.
#include <algorithm>
#include <cmath>

#include "engine/blas.hpp"
#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

template <class T>
double dot(i64 n, const T* a, const T* b) {
  return simd::sum(
      n, [](auto u, auto v) { return u * v; }, a, b);
}

/// y = x / d with d = max(|x|, eps) by row. Where |x| > eps: dx = (dy - y (y . dy)) / d; else dx = dy / d.
void normalize_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor y = n.out[0], d = n.out[1], dy = dout[0], dd = dout[1];
  const Tensor long_enough = binary(e, UBP_B_LT, e.full(e.dtype(d), {}, n.p[0]), d);
  Tensor along;  // what flows along y
  if (dy) {
    din[0] = div(e, dy, d);
    along = unary(e, UBP_U_NEG, div(e, sum_rows(e, mul(e, dy, y)), d));
  }
  if (dd) along = along ? add(e, along, dd) : dd;
  const Tensor part = mul(e, y, mul(e, along, long_enough));
  din[0] = din[0] ? add(e, din[0], part) : part;
}

/// For a few dimensions the differences themselves are quicker than a product, and exact near zero.
constexpr i64 kFewDimensions = 16;

template <class T>
void sqdist_direct(i64 n, i64 m, i64 d, const T* a, const T* bt, T* y) {
  parallel_rows(n, m * d, [&](i64 lo, i64 hi) {
    for (i64 i = lo; i < hi; ++i) {
      T* row = y + i * m;
      std::fill_n(row, m, T(0));
      for (i64 k = 0; k < d; ++k)
        simd::map(
            m, row, [u = simd::Batch<T>(a[i * d + k])](auto s, auto v) { return s + (u - v) * (u - v); },
            static_cast<const T*>(row), bt + k * m);
    }
  });
}

/// |a|^2 + |b|^2 - 2 a.b, never below zero.
template <class T>
void sqdist_by_product(i64 n, i64 m, i64 d, const T* a, const T* b, T* y, T* norms) {
  using B = simd::Batch<T>;
  blas::gemm<T>(false, true, n, m, d, a, b, T(0), y);
  parallel_rows(m, d, [&](i64 lo, i64 hi) {
    for (i64 j = lo; j < hi; ++j) norms[j] = static_cast<T>(dot(d, b + j * d, b + j * d));
  });
  parallel_rows(n, m + d, [&](i64 lo, i64 hi) {
    for (i64 i = lo; i < hi; ++i) {
      const B own(static_cast<T>(dot(d, a + i * d, a + i * d)));
      simd::map(
          m, y + i * m, [&](B p, B q) { return xsimd::max(B(T(0)), own + q - (p + p)); },
          static_cast<const T*>(y + i * m), static_cast<const T*>(norms));
    }
  });
}

/// da_i = 2 sum_j g_ij (a_i - b_j)
Tensor sqdist_grad(Engine& e, Tensor g, Tensor a, Tensor b, bool transposed) {
  const Tensor weight = reduce(e, UBP_R_SUM, g, transposed ? 1u : 2u, false);
  const Tensor column = reshape(e, weight, {e.shape(weight)[0], 1});
  return affine(e, sub(e, mul(e, column, a), matmul(e, g, b, transposed, false)), 2);
}

const Op kNormalize = {"normalize(x [n,d]; eps = 1e-12) -> [n,d]", "rows of length one: x / max(|x|, eps)",
                       [](Engine& e, Call& c) -> Results { return {normalize(e, c.in(0), c.number(0))}; },
                       "[3,4]; eps = 1e-6\n[3,4]; eps = 7"};
const Op kPairwiseSqdist = {"pairwise_sqdist(a [n,d], b [m,d]) -> [n,m]", "squared distances of all rows of a and b",
                            [](Engine& e, Call& c) -> Results { return {pairwise_sqdist(e, c.in(0), c.in(1))}; },
                            "[3,4], [5,4]\n[3,20], [2,20]"};

}  // namespace

Ops distance_ops() { return {&kNormalize, &kPairwiseSqdist}; }

Tensor normalize(Engine& e, Tensor x, double eps) {
  const Running running(e, kNormalize, {x});
  if (!(eps >= 0)) refuse(UBP_E_INVALID_ARG, "normalize: eps must not be negative: {}", eps);
  const i64 n = e.shape(x)[0], d = e.shape(x)[1];
  const Tensor y = e.empty(e.dtype(x), {n, d}), length = e.empty(e.dtype(x), {n, 1});
  with_real(e.dtype(x), "normalize", [&](auto t) {
    using T = decltype(t);
    const T* from = e.data<T>(x);
    T *to = out<T>(e, y), *sizes = out<T>(e, length);
    parallel_rows(n, d, [&](i64 lo, i64 hi) {
      for (i64 i = lo; i < hi; ++i) {
        const T* row = from + i * d;
        sizes[i] = std::max(static_cast<T>(std::sqrt(dot(d, row, row))), static_cast<T>(eps));
        simd::map(
            d, to + i * d, [s = simd::Batch<T>(sizes[i])](auto v) { return v / s; }, row);
      }
    });
  });
  if (Node* node = record(e, {x}, {y, length}, normalize_backward)) node->p[0] = eps;
  return y;
}

Tensor pairwise_sqdist(Engine& e, Tensor a, Tensor b) {
  const Running running(e, kPairwiseSqdist, {a, b});
  const i64 n = e.shape(a)[0], m = e.shape(b)[0], d = e.shape(a)[1];
  const Tensor y = e.empty(e.dtype(a), {n, m});
  with_real(e.dtype(a), "pairwise_sqdist", [&](auto t) {
    using T = decltype(t);
    const Recording off(e, false);
    if (d > kFewDimensions) {
      T* norms = out<T>(e, e.empty(e.dtype(a), {m}));
      return sqdist_by_product(n, m, d, e.data<T>(a), e.data<T>(b), out<T>(e, y), norms);
    }
    const i64 swap[] = {1, 0};
    sqdist_direct(n, m, d, e.data<T>(a), e.data<T>(permute(e, b, swap)), out<T>(e, y));
  });
  record(e, {a, b}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
    if (self.wanted[0]) din[0] = sqdist_grad(g, dout[0], self.in[0], self.in[1], false);
    if (self.wanted[1]) din[1] = sqdist_grad(g, dout[0], self.in[1], self.in[0], true);
  });
  return y;
}

}  // namespace ubp::ops
