// SPDX-License-Identifier: MIT
// y = f(a, b) with NumPy's broadcasting, where(), cast(), and what a broadcast means backwards.
#include <algorithm>
#include <cmath>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

Shape broadcast(std::string_view op, const Shape& a, const Shape& b) {
  Shape to;
  to.nd = std::max(a.nd, b.nd);
  for (std::int32_t k = 1; k <= to.nd; ++k) {
    const i64 m = k <= a.nd ? a[-k] : 1, n = k <= b.nd ? b[-k] : 1;
    if (m != n && m != 1 && n != 1)
      refuse(UBP_E_SHAPE, "{}: shapes do not broadcast: {} and {}", op, a.text(), b.text());
    to.dim[to.nd - k] = m == 1 ? n : m;
  }
  return to;
}

/// Two operands seen through the result's axes, neighbours that step alike merged into one. Stride 0: broadcast.
struct Walk {
  int nd = 0;
  i64 dim[8], sa[8], sb[8];

  Walk(const Shape& to, const Shape& a, const Shape& b) {
    i64 step_a = 1, step_b = 1;
    for (std::int32_t k = 1; k <= to.nd; ++k) {  // from the last axis: index 0 is the innermost
      const i64 n = to[-k];
      const i64 na = k <= a.nd ? a[-k] : 1, nb = k <= b.nd ? b[-k] : 1;
      if (n != 1) push(n, na == 1 ? 0 : step_a, nb == 1 ? 0 : step_b);
      step_a *= na;
      step_b *= nb;
    }
    if (nd == 0) push(1, 1, 1);
  }

  void push(i64 n, i64 a, i64 b) {
    if (nd > 0 && a == sa[nd - 1] * dim[nd - 1] && b == sb[nd - 1] * dim[nd - 1]) {
      dim[nd - 1] *= n;
      return;
    }
    dim[nd] = n;
    sa[nd] = a;
    sb[nd] = b;
    ++nd;
  }

  /// f(offset of the result, of a, of b) for every run along the innermost axis.
  template <class F>
  void runs(F&& f) const {
    i64 at[8] = {}, a = 0, b = 0, y = 0;
    for (int k = 0; k < nd; ++k)
      if (dim[k] == 0) return;
    for (;;) {
      f(y, a, b);
      y += dim[0];
      int k = 1;
      for (; k < nd; ++k) {
        a += sa[k];
        b += sb[k];
        if (++at[k] < dim[k]) break;
        a -= sa[k] * dim[k];
        b -= sb[k] * dim[k];
        at[k] = 0;
      }
      if (k >= nd) return;
    }
  }

  /// The same over the threads, by parts of the outermost axis.
  template <class F>
  void parallel_runs(F&& f) const {
    const int outer = nd - 1;
    if (outer == 0) return runs(f);
    i64 width = 1;
    for (int k = 0; k < outer; ++k) width *= dim[k];
    parallel_rows(dim[outer], width, [&](i64 lo, i64 hi) {
      Walk part = *this;
      part.dim[outer] = hi - lo;
      part.runs([&](i64 iy, i64 ia, i64 ib) { f(iy + lo * width, ia + lo * sa[outer], ib + lo * sb[outer]); });
    });
  }
};

template <class T, class F>
void run(i64 n, T* y, const T* a, i64 sa, const T* b, i64 sb, F f) {
  using B = simd::Batch<T>;
  if (sa && sb) return simd::map(n, y, f, a, b);
  if (sa)
    return simd::map(
        n, y, [f, v = B(*b)](B u) { return f(u, v); }, a);
  if (sb)
    return simd::map(
        n, y, [f, u = B(*a)](B v) { return f(u, v); }, b);
  simd::map(
      n, y, [v = f(B(*a), B(*b))](B) { return v; }, static_cast<const T*>(y));
}

template <class T>
void apply(int op, const Walk& walk, const T* a, const T* b, T* y) {
  using B = simd::Batch<T>;
  const B zero(T(0)), one(T(1));
  const auto each = [&](auto f) {
    walk.parallel_runs(
        [&](i64 iy, i64 ia, i64 ib) { run(walk.dim[0], y + iy, a + ia, walk.sa[0], b + ib, walk.sb[0], f); });
  };
  switch (op) {
    case UBP_B_ADD:
      return each([](B u, B v) { return u + v; });
    case UBP_B_SUB:
      return each([](B u, B v) { return u - v; });
    case UBP_B_MUL:
      return each([](B u, B v) { return u * v; });
    case UBP_B_DIV:
      return each([](B u, B v) { return u / v; });
    case UBP_B_MAX:
      return each([](B u, B v) { return xsimd::select(u < v || xsimd::isnan(v), v, u); });
    case UBP_B_MIN:
      return each([](B u, B v) { return xsimd::select(v < u || xsimd::isnan(v), v, u); });
    case UBP_B_LT:
      return each([&](B u, B v) { return xsimd::select(u < v, one, zero); });
    case UBP_B_EQ:
      return each([&](B u, B v) { return xsimd::select(u == v, one, zero); });
    case UBP_B_POW:
      return walk.parallel_runs([&](i64 iy, i64 ia, i64 ib) {
        for (i64 i = 0; i < walk.dim[0]; ++i) y[iy + i] = std::pow(a[ia + i * walk.sa[0]], b[ib + i * walk.sb[0]]);
      });
    default:
      break;
  }
}

void binary_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor a = n.in[0], b = n.in[1], y = n.out[0], dy = dout[0];
  Tensor da, db;
  const auto want = [&](int i) { return n.wanted[static_cast<std::size_t>(i)] != 0; };
  switch (static_cast<int>(n.a[0])) {
    case UBP_B_ADD:
      if (want(0)) da = dy;
      if (want(1)) db = dy;
      break;
    case UBP_B_SUB:
      if (want(0)) da = dy;
      if (want(1)) db = unary(e, UBP_U_NEG, sum_to(e, dy, e.shape(b)));
      break;
    case UBP_B_MUL:
      if (want(0)) da = mul(e, dy, b);
      if (want(1)) db = mul(e, dy, a);
      break;
    case UBP_B_DIV:
      if (want(0)) da = div(e, dy, b);
      if (want(1)) db = unary(e, UBP_U_NEG, div(e, mul(e, dy, y), b));
      break;
    case UBP_B_MAX:
    case UBP_B_MIN: {  // of equals, a is the one chosen
      const bool max = n.a[0] == UBP_B_MAX;
      const Tensor b_wins = max ? binary(e, UBP_B_LT, a, b) : binary(e, UBP_B_LT, b, a);
      if (want(0)) da = mul(e, dy, affine(e, b_wins, -1, 1));
      if (want(1)) db = mul(e, dy, b_wins);
      break;
    }
    default: {  // a^b
      if (want(0)) da = mul(e, dy, mul(e, b, binary(e, UBP_B_POW, a, affine(e, b, 1, -1))));
      if (want(1)) {  // 0^b stays 0 when b changes
        const Tensor positive = binary(e, UBP_B_LT, e.full(e.dtype(a), {}, 0), a);
        const Tensor log = unary(e, UBP_U_LOG, where(e, positive, a, e.full(e.dtype(a), {}, 1)));
        db = mul(e, dy, mul(e, y, log));
      }
    }
  }
  if (da) din[0] = sum_to(e, da, e.shape(a));
  if (db) din[1] = sum_to(e, db, e.shape(b));
}

template <class From, class To>
void convert(i64 n, const From* x, To* y) {
  parallel_rows(n, 1, [&](i64 lo, i64 hi) {
    for (i64 i = lo; i < hi; ++i) y[i] = static_cast<To>(x[i]);
  });
}

}  // namespace

Tensor binary(Engine& e, int op, Tensor a, Tensor b) {
  if (op < UBP_B_ADD || op > UBP_B_EQ) refuse(UBP_E_UNSUPPORTED, "binary: there is no op {}", op);
  const auto real_of = [&](Tensor x, Tensor other) {
    if (is_real(e.dtype(x))) return x;
    return cast(e, x, is_real(e.dtype(other)) ? e.dtype(other) : e.real());
  };
  const Tensor x = real_of(a, b), z = real_of(b, a);
  same_dtype(e, "binary", x, z);
  const Tensor y = with_real(e.dtype(x), "binary", [&](auto t) {
    using T = decltype(t);
    const Shape to = broadcast("binary", e.shape(x), e.shape(z));
    const Tensor r = e.empty(e.dtype(x), to);
    apply<T>(op, Walk(to, e.shape(x), e.shape(z)), e.data<T>(x), e.data<T>(z), out<T>(e, r));
    return r;
  });
  if (op == UBP_B_LT || op == UBP_B_EQ) return y;
  if (Node* n = record(e, {x, z}, {y}, binary_backward)) n->a[0] = op;
  return y;
}

Tensor where(Engine& e, Tensor cond, Tensor a, Tensor b) {
  same_dtype(e, "where", a, b);
  const Shape to = broadcast("where", broadcast("where", e.shape(a), e.shape(b)), e.shape(cond));
  a = expand(e, a, to);
  b = expand(e, b, to);
  const Tensor c = [&] {
    const Recording off(e, false);
    return expand(e, cast(e, cond, e.dtype(a)), to);
  }();
  const Tensor y = with_real(e.dtype(a), "where", [&](auto t) {
    using T = decltype(t);
    using B = simd::Batch<T>;
    const Tensor r = e.empty(e.dtype(a), to);
    simd::map(
        to.count(), out<T>(e, r), [](B m, B u, B v) { return xsimd::select(m != B(T(0)), u, v); }, e.data<T>(c),
        e.data<T>(a), e.data<T>(b));
    return r;
  });
  record(e, {c, a, b}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
    const Tensor zero = g.full(g.dtype(dout[0]), {}, 0);
    if (self.wanted[1]) din[1] = where(g, self.in[0], dout[0], zero);
    if (self.wanted[2]) din[2] = where(g, self.in[0], zero, dout[0]);
  });
  return y;
}

Tensor cast(Engine& e, Tensor x, DType to) {
  const DType from = e.dtype(x);
  if (from == to) return x;
  const Tensor y = e.empty(to, e.shape(x));
  with_any(from, [&](auto f) {
    with_any(to, [&](auto t) { convert(e.shape(x).count(), e.data<decltype(f)>(x), out<decltype(t)>(e, y)); });
  });
  if (is_real(from) && is_real(to))
    record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
      din[0] = cast(g, dout[0], g.dtype(self.in[0]));
    });
  return y;
}

Tensor sum_to(Engine& e, Tensor dy, const Shape& to) {
  const Shape& from = e.shape(dy);
  if (from == to) return dy;
  std::uint32_t axes = 0;
  const int lead = from.nd - to.nd;
  for (int k = 0; k < from.nd; ++k)
    if (k < lead || (to.dim[k - lead] == 1 && from.dim[k] != 1)) axes |= 1u << k;
  const Tensor s = axes ? reduce(e, UBP_R_SUM, dy, axes, true) : dy;
  return e.shape(s) == to ? s : reshape(e, s, to);
}

Tensor zeros_like(Engine& e, Tensor x) { return e.full(e.dtype(x), e.shape(x), 0); }

}  // namespace ubp::ops
