// SPDX-License-Identifier: MIT
// y = f(a, b) with NumPy's broadcasting, where(), cast(), and what a broadcast means backwards.
#include <algorithm>
#include <cmath>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

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

template <class T, class F>
void map_pairs(const Walk& walk, const T* a, const T* b, T* y) {
  walk.parallel_runs(
      [&](i64 iy, i64 ia, i64 ib) { run(walk.dim[0], y + iy, a + ia, walk.sa[0], b + ib, walk.sb[0], F{}); });
}

template <class T>
void raise(const Walk& walk, const T* a, const T* b, T* y) {
  walk.parallel_runs([&](i64 iy, i64 ia, i64 ib) {
    for (i64 i = 0; i < walk.dim[0]; ++i) y[iy + i] = std::pow(a[ia + i * walk.sa[0]], b[ib + i * walk.sb[0]]);
  });
}

struct Binary : Op {
  template <class T>
  using Map = void (*)(const Walk&, const T* a, const T* b, T* y);
  /// dy df/da and dy df/db, before they are summed over what was broadcast; where not wanted, whatever is cheapest.
  struct Pair {
    Tensor a, b;
  };
  using Derivative = Pair (*)(Engine&, const Node&, Tensor dy);

  Map<float> f32;
  Map<double> f64;
  Derivative derivative;
};

Tensor apply(Engine&, const Binary&, Tensor a, Tensor b);

Results run_binary(Engine& e, Call& c) { return {apply(e, static_cast<const Binary&>(c.op()), c.in(0), c.in(1))}; }

constexpr int kOnlyNamed = 0;  // no code: by name alone

// The grids have different steps and phases, so no element of one meets an element of the other.
#define UBP_PAIRS(a, b)                                                                                         \
  "[3,7] " a ", [3,7] " b "\n[3,7] " a ", [7] " b "\n[3,7] " a ", [3,1] " b "\n[] " a ", [3,7] " b "\n[3,1] " a \
  ", [4] " b "\n[2,3,4] " a ", [3,1] " b "\n[2,1,4] " a ", [1,3,1] " b
constexpr const char* kApart = UBP_PAIRS("grid -1..1.5", "grid -1.0317..1.5713");
constexpr const char* kPositive = UBP_PAIRS("in 0.5..1.5", "in 0.5..1.5713");
#undef UBP_PAIRS

/// `f`: (a, b) -> y on registers.
template <class F>
Binary op(int code, Signature signature, const char* says, F, Binary::Derivative derivative,
          const char* cases = kApart) {
  return {{signature, says, run_binary, cases, Family::binary, code, derivative != nullptr},
          map_pairs<float, F>,
          map_pairs<double, F>,
          derivative};
}

/// 1 where it holds, else 0.
template <class F>
Binary comparison(int code, Signature signature, const char* says, F) {
  const auto f = [](auto u, auto v) {
    using B = decltype(u);
    return xsimd::select(F{}(u, v), B(typename B::value_type(1)), B(typename B::value_type(0)));
  };
  return op(code, signature, says, f, nullptr);
}

bool wants(const Node& n, int i) { return n.wanted[static_cast<std::size_t>(i)] != 0; }

/// Of equals, a is the one chosen.
Binary::Pair chosen_one(Engine& e, const Node& n, Tensor dy, Tensor b_wins) {
  return {wants(n, 0) ? mul(e, dy, affine(e, b_wins, -1, 1)) : Tensor{}, wants(n, 1) ? mul(e, dy, b_wins) : Tensor{}};
}

const Binary kOps[] = {
    op(
        UBP_B_ADD, "add(a any, b any) -> y", "a + b", [](auto u, auto v) { return u + v; },
        [](Engine&, const Node&, Tensor dy) -> Binary::Pair {
          return {dy, dy};
        }),
    op(
        UBP_B_SUB, "sub(a any, b any) -> y", "a - b", [](auto u, auto v) { return u - v; },
        [](Engine& e, const Node& n, Tensor dy) -> Binary::Pair {
          return {dy, wants(n, 1) ? unary(e, UBP_U_NEG, sum_to(e, dy, e.shape(n.in[1]))) : Tensor{}};
        }),
    op(
        UBP_B_MUL, "mul(a any, b any) -> y", "a b", [](auto u, auto v) { return u * v; },
        [](Engine& e, const Node& n, Tensor dy) -> Binary::Pair {
          return {wants(n, 0) ? mul(e, dy, n.in[1]) : Tensor{}, wants(n, 1) ? mul(e, dy, n.in[0]) : Tensor{}};
        }),
    op(
        UBP_B_DIV, "div(a any, b any) -> y", "a / b", [](auto u, auto v) { return u / v; },
        [](Engine& e, const Node& n, Tensor dy) -> Binary::Pair {
          const Tensor b = n.in[1];
          return {wants(n, 0) ? div(e, dy, b) : Tensor{},
                  wants(n, 1) ? unary(e, UBP_U_NEG, div(e, mul(e, dy, n.out[0]), b)) : Tensor{}};
        },
        kPositive),
    op(
        UBP_B_MAX, "maximum(a any, b any) -> y", "the larger of a and b; of equals, a",
        [](auto u, auto v) { return xsimd::select(u < v || xsimd::isnan(v), v, u); },
        [](Engine& e, const Node& n, Tensor dy) {
          return chosen_one(e, n, dy, binary(e, UBP_B_LT, n.in[0], n.in[1]));
        }),
    op(
        UBP_B_MIN, "minimum(a any, b any) -> y", "the smaller of a and b; of equals, a",
        [](auto u, auto v) { return xsimd::select(v < u || xsimd::isnan(v), v, u); },
        [](Engine& e, const Node& n, Tensor dy) {
          return chosen_one(e, n, dy, binary(e, UBP_B_LT, n.in[1], n.in[0]));
        }),
    {{"power(a any, b any) -> y", "a^b", run_binary, kPositive, Family::binary, UBP_B_POW},
     raise<float>,
     raise<double>,
     [](Engine& e, const Node& n, Tensor dy) -> Binary::Pair {
       const Tensor a = n.in[0], b = n.in[1];
       Binary::Pair d;
       if (wants(n, 0)) d.a = mul(e, dy, mul(e, b, binary(e, UBP_B_POW, a, affine(e, b, 1, -1))));
       if (wants(n, 1)) {  // 0^b stays 0 when b changes
         const Tensor positive = binary(e, UBP_B_LT, e.full(e.dtype(a), {}, 0), a);
         const Tensor log = unary(e, UBP_U_LOG, where(e, positive, a, e.full(e.dtype(a), {}, 1)));
         d.b = mul(e, dy, mul(e, n.out[0], log));
       }
       return d;
     }},
    comparison(UBP_B_LT, "less(a any, b any) -> y", "1 where a < b, else 0", [](auto u, auto v) { return u < v; }),
    comparison(UBP_B_EQ, "equal(a any, b any) -> y", "1 where a = b, else 0", [](auto u, auto v) { return u == v; }),
    comparison(kOnlyNamed, "greater(a any, b any) -> y", "1 where a > b, else 0", [](auto u, auto v) { return u > v; }),
    comparison(kOnlyNamed, "less_equal(a any, b any) -> y", "1 where a <= b, else 0",
               [](auto u, auto v) { return u <= v; }),
    comparison(kOnlyNamed, "greater_equal(a any, b any) -> y", "1 where a >= b, else 0",
               [](auto u, auto v) { return u >= v; }),
    comparison(kOnlyNamed, "not_equal(a any, b any) -> y", "1 where a and b differ, else 0",
               [](auto u, auto v) { return !(u == v); }),  // a NaN differs, too
};

const Binary& by_code(int code) {
  static const Codes<Binary> codes("binary", kOps);
  return codes.at(code);
}

void binary_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Binary::Pair d = static_cast<const Binary*>(n.user)->derivative(e, n, dout[0]);
  if (d.a && wants(n, 0)) din[0] = sum_to(e, d.a, e.shape(n.in[0]));
  if (d.b && wants(n, 1)) din[1] = sum_to(e, d.b, e.shape(n.in[1]));
}

Tensor apply(Engine& e, const Binary& op, Tensor a, Tensor b) {
  const Running running(e, op, {a, b});
  const auto real_of = [&](Tensor x, Tensor other) {
    if (is_real(e.dtype(x))) return x;
    return cast(e, x, is_real(e.dtype(other)) ? e.dtype(other) : e.real());
  };
  const Tensor x = real_of(a, b), z = real_of(b, a);
  same_dtype(e, op.signature.name, x, z);
  const Shape to = broadcast(op.signature.name, e.shape(x), e.shape(z));
  const Tensor y = e.empty(e.dtype(x), to);
  const Walk walk(to, e.shape(x), e.shape(z));
  if (e.dtype(x) == DType::f32)
    op.f32(walk, e.data<float>(x), e.data<float>(z), out<float>(e, y));
  else
    op.f64(walk, e.data<double>(x), e.data<double>(z), out<double>(e, y));
  if (!op.derivative) return y;
  if (Node* n = record(e, {x, z}, {y}, binary_backward)) n->user = &op;
  return y;
}

template <class From, class To>
void convert(i64 n, const From* x, To* y) {
  parallel_rows(n, 1, [&](i64 lo, i64 hi) {
    for (i64 i = lo; i < hi; ++i) y[i] = static_cast<To>(x[i]);
  });
}

const Op kWhere = {"where(cond any, a, b) -> y", "a where cond is not 0, else b; all three broadcast",
                   [](Engine& e, Call& c) -> Results { return {where(e, c.in(0), c.in(1), c.in(2))}; },
                   "[3,4] < 2, [3,4], [4]\n[4] < 2, [3,1], [3,4]\n[] < 2, [3], [3]"};

const Op kCast = {"cast(x any; to = f32|f64|i64|u8) -> y", "the same numbers in another type, towards zero",
                  [](Engine& e, Call& c) -> Results {
                    constexpr DType kTypes[] = {DType::f32, DType::f64, DType::i64, DType::u8};
                    return {cast(e, c.in(0), kTypes[c.word(0)])};
                  },
                  "[5]; to = f64"};

}  // namespace

Tensor binary(Engine& e, int code, Tensor a, Tensor b) { return apply(e, by_code(code), a, b); }

Tensor where(Engine& e, Tensor cond, Tensor a, Tensor b) {
  const Running running(e, kWhere, {cond, a, b});
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
  const Running running(e, kCast, {x});
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

Ops binary_ops() {
  Ops all;
  for (const Binary& b : kOps) all.push_back(&b);
  all.push_back(&kWhere);
  all.push_back(&kCast);
  return all;
}

Tensor zeros_like(Engine& e, Tensor x) { return e.full(e.dtype(x), e.shape(x), 0); }

}  // namespace ubp::ops
