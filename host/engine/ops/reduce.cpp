// SPDX-License-Identifier: MIT
// Reductions over any set of axes, and softmax.
#include <bit>
#include <cmath>
#include <limits>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

/// x [outer, n, inner] -> y [outer, inner]: neighbouring axes that are reduced together.
struct Group {
  i64 outer = 1, n = 1, inner = 1;
};

std::uint32_t axes_of(std::string_view op, const Shape& s, std::uint32_t axes) {
  const std::uint32_t all = (1u << s.nd) - 1;
  if (const std::uint32_t beyond = axes & ~all) axis_of(op, s, std::countr_zero(beyond));
  return axes ? axes : all;
}

Shape kept_shape(const Shape& s, std::uint32_t axes, bool keepdims) {
  Shape to;
  for (std::int32_t k = 0; k < s.nd; ++k)
    if (!(axes >> k & 1))
      to.dim[to.nd++] = s.dim[k];
    else if (keepdims)
      to.dim[to.nd++] = 1;
  return to;
}

/// Removes the last group of reduced axes from `s` and `axes`.
Group pop_group(Shape& s, std::uint32_t& axes) {
  Group g;
  int hi = s.nd;
  while (!(axes >> (hi - 1) & 1)) g.inner *= s.dim[--hi];
  int lo = hi;
  while (lo > 0 && axes >> (lo - 1) & 1) {
    g.n *= s.dim[--lo];
    axes &= ~(1u << lo);
  }
  for (int k = 0; k < lo; ++k) g.outer *= s.dim[k];
  for (int k = hi; k < s.nd; ++k) s.dim[lo + k - hi] = s.dim[k];
  s.nd -= hi - lo;
  return g;
}

/// f(o) for every one of `outer`, side by side; of a single one f may use the threads itself.
template <class F>
void each_outer(const Group& g, F&& f) {
  if (g.outer == 1) return f(i64{0});
  parallel_rows(g.outer, g.n * g.inner, [&](i64 lo, i64 hi) {
    for (i64 o = lo; o < hi; ++o) f(o);
  });
}

template <class T>
void sum_group(const Group& g, const T* x, T* y) {
  if (g.inner == 1) {
    return each_outer(g, [&](i64 o) {
      y[o] = static_cast<T>(simd::sum(
          g.n, [](auto v) { return v; }, x + o * g.n));
    });
  }
  std::fill_n(y, g.outer * g.inner, T(0));
  each_outer(g, [&](i64 o) { simd::add_rows(g.n, g.inner, x + o * g.n * g.inner, y + o * g.inner); });
}

template <class T, class F>
void extreme_group(const Group& g, const T* x, T* y, F f) {
  if (g.inner == 1) {
    return each_outer(g, [&](i64 o) { y[o] = simd::extreme(g.n, f, x + o * g.n); });
  }
  each_outer(g, [&](i64 o) {
    const T* from = x + o * g.n * g.inner;
    T* to = y + o * g.inner;
    std::copy_n(from, g.inner, to);
    for (i64 k = 1; k < g.n; ++k) simd::map(g.inner, to, f, static_cast<const T*>(to), from + k * g.inner);
  });
}

/// log sum exp, shifted by the maximum; all -inf stays -inf.
template <class T>
void logsumexp_group(const Group& g, const T* x, T* y) {
  each_outer(g, [&](i64 o) {
    std::vector<T> row(static_cast<std::size_t>(g.n));
    for (i64 i = 0; i < g.inner; ++i) {
      for (i64 k = 0; k < g.n; ++k) row[static_cast<std::size_t>(k)] = x[(o * g.n + k) * g.inner + i];
      const T top = simd::extreme(
          g.n, [](auto u, auto v) { return xsimd::max(u, v); }, row.data());
      const T shift = std::isfinite(top) ? top : T(0);
      const double s = simd::sum(
          g.n, [b = simd::Batch<T>(shift)](auto v) { return xsimd::exp(v - b); }, static_cast<const T*>(row.data()));
      y[o * g.inner + i] = static_cast<T>(std::log(s)) + shift;
    }
  });
}

template <class T>
void reduce_group(int op, const Group& g, const T* x, T* y) {
  // The comparison keeps a NaN wherever it comes.
  const auto larger = [](auto u, auto v) { return xsimd::select(u < v || xsimd::isnan(v), v, u); };
  const auto smaller = [](auto u, auto v) { return xsimd::select(v < u || xsimd::isnan(v), v, u); };
  switch (op) {
    case UBP_R_MAX:
      return extreme_group(g, x, y, larger);
    case UBP_R_MIN:
      return extreme_group(g, x, y, smaller);
    case UBP_R_LOGSUMEXP:
      return logsumexp_group(g, x, y);
    default:
      return sum_group(g, x, y);
  }
}

template <class T>
Tensor reduce_real(Engine& e, int op, Tensor x, std::uint32_t axes, const Shape& to) {
  Shape s = e.shape(x);
  const double n = static_cast<double>(s.count()) / static_cast<double>(std::max<i64>(1, to.count()));
  Tensor from = x;
  while (axes) {
    const Group g = pop_group(s, axes);
    const Tensor y = e.empty(e.dtype(x), axes ? s : to);
    reduce_group(op, g, e.data<T>(from), out<T>(e, y));
    from = y;
  }
  if (from.id == x.id) from = e.copy_from(e.dtype(x), to, e.data(x));
  if (op == UBP_R_MEAN) {
    T* y = out<T>(e, from);
    simd::map(
        to.count(), y, [r = simd::Batch<T>(static_cast<T>(1 / n))](auto v) { return v * r; }, static_cast<const T*>(y));
  }
  return from;
}

Tensor argmax(Engine& e, Tensor x, std::uint32_t axes, const Shape& to) {
  Shape s = e.shape(x);
  const Group g = pop_group(s, axes);
  if (axes) refuse(UBP_E_UNSUPPORTED, "argmax: the axes must be neighbours");
  const Tensor y = e.empty(DType::i64, to);
  with_any(e.dtype(x), [&](auto t) {
    const auto* from = e.data<decltype(t)>(x);
    for (i64 o = 0; o < g.outer; ++o)
      for (i64 i = 0; i < g.inner; ++i) {
        i64 best = 0;
        for (i64 k = 1; k < g.n; ++k)
          if (from[(o * g.n + k) * g.inner + i] > from[(o * g.n + best) * g.inner + i]) best = k;
        out<i64>(e, y)[o * g.inner + i] = best;
      }
  });
  return y;
}

/// Products of halves, so that zeros among the factors differentiate like any other number.
Tensor product(Engine& e, Tensor x, std::uint32_t axes, const Shape& to) {
  while (axes) {
    Shape s = e.shape(x);
    const Group g = pop_group(s, axes);
    x = reshape(e, x, {g.outer, g.n, g.inner});
    if (g.n == 0) x = e.full(e.dtype(x), {g.outer, 1, g.inner}, 1);
    for (i64 n = g.n; n > 1; n = (n + 1) / 2) {
      const i64 half = n / 2;
      const Tensor halves = mul(e, slice(e, x, 1, 0, half), slice(e, x, 1, half, 2 * half));
      const Tensor both[] = {halves, slice(e, x, 1, 2 * half, n)};
      x = n % 2 ? concat(e, both, 1) : halves;
    }
    x = reshape(e, x, s);
  }
  return reshape(e, x, to);
}

void reduce_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = n.in[0];
  const Shape& s = e.shape(x);
  const Tensor dy = reshape(e, dout[0], n.shape), y = reshape(e, n.out[0], n.shape);
  switch (static_cast<int>(n.a[0])) {
    case UBP_R_SUM:
      din[0] = expand(e, dy, s);
      break;
    case UBP_R_MEAN: {
      const double share = static_cast<double>(n.shape.count()) / static_cast<double>(s.count());
      din[0] = expand(e, affine(e, dy, share), s);
      break;
    }
    case UBP_R_LOGSUMEXP:
      din[0] = mul(e, unary(e, UBP_U_EXP, sub(e, x, y)), dy);
      break;
    default: {  // equals share the gradient of a maximum
      const Tensor chosen = binary(e, UBP_B_EQ, x, y);
      const Tensor count = reduce(e, UBP_R_SUM, chosen, static_cast<std::uint32_t>(n.a[1]), true);
      din[0] = mul(e, chosen, div(e, dy, count));
    }
  }
}

template <class T>
void softmax_rows(i64 rows, i64 cols, const T* from, T* to, bool log) {
  using B = simd::Batch<T>;
  const auto one = [&](const T* x, T* y) {
    const B top(simd::extreme(
        cols, [](auto u, auto v) { return xsimd::max(u, v); }, x));
    if (log) {
      const double s = simd::sum(
          cols, [&](B v) { return xsimd::exp(v - top); }, x);
      const B shift = top + B(static_cast<T>(std::log(s)));
      simd::map(
          cols, y, [&](B v) { return v - shift; }, x);
    } else {
      simd::map(
          cols, y, [&](B v) { return xsimd::exp(v - top); }, x);
      const double s = simd::sum(
          cols, [](B v) { return v; }, static_cast<const T*>(y));
      simd::map(
          cols, y, [f = B(static_cast<T>(1 / s))](B v) { return v * f; }, static_cast<const T*>(y));
    }
  };
  parallel_rows(rows, cols, [&](i64 lo, i64 hi) {
    for (i64 r = lo; r < hi; ++r) one(from + r * cols, to + r * cols);
  });
}

std::uint32_t bits_of(std::string_view op, const Shape& s, std::span<const i64> axes) {
  std::uint32_t bits = 0;
  for (const i64 axis : axes) bits |= 1u << axis_of(op, s, axis);
  return bits;
}

/// `keep`: reduced axes stay, as 1.
template <int code>
Results run_reduce(Engine& e, Call& c) {
  const Tensor x = c.in(0);
  return {reduce(e, code, x, bits_of(c.op().signature.name, e.shape(x), c.list(0)), c.flag(1))};
}

constexpr const char* kCases =
    "[2,3,5] grid -1..1.5\n[2,3,5] grid -1..1.5; axes = 0\n[2,3,5] grid -1..1.5; axes = 1, keep = 1\n"
    "[2,3,5] grid -1..1.5; axes = 2\n[2,3,5] grid -1..1.5; axes = 0 2, keep = 1\n[2,3,5] grid -1..1.5; axes = 1 2";

const Op kOps[] = {
    {"sum(x; axes = [], keep = 0) -> y", "the sum over axes, or over all; keep = 1: they stay, as 1",
     run_reduce<UBP_R_SUM>, kCases, Family::reduce, UBP_R_SUM},
    {"mean(x; axes = [], keep = 0) -> y", "the mean over axes", run_reduce<UBP_R_MEAN>, kCases, Family::reduce,
     UBP_R_MEAN},
    {"max(x; axes = [], keep = 0) -> y", "the largest over axes; equals share the gradient", run_reduce<UBP_R_MAX>,
     kCases, Family::reduce, UBP_R_MAX},
    {"min(x; axes = [], keep = 0) -> y", "the smallest over axes; equals share the gradient", run_reduce<UBP_R_MIN>,
     kCases, Family::reduce, UBP_R_MIN},
    {"logsumexp(x; axes = [], keep = 0) -> y", "log of the sum of e^x over axes", run_reduce<UBP_R_LOGSUMEXP>, kCases,
     Family::reduce, UBP_R_LOGSUMEXP},
    {"prod(x; axes = [], keep = 0) -> y", "the product over axes", run_reduce<UBP_R_PROD>, kCases, Family::reduce,
     UBP_R_PROD},
    {"argmax(x any; axes = [], keep = 0) -> y",
     "where the largest stands, i64; the first of equals; of neighbouring axes", run_reduce<UBP_R_ARGMAX>,
     "[2,3,5]; axes = 1", Family::reduce, UBP_R_ARGMAX, false},
};

const Op& by_code(int code) {
  static const Codes<Op> codes("reduce", kOps);
  return codes.at(code);
}

const Op kSoftmax = {
    "softmax(x; axis = -1, log = 0) -> y", "e^x / sum e^x along an axis; log = 1: its logarithm",
    [](Engine& e, Call& c) -> Results { return {softmax(e, c.in(0), static_cast<int>(c.integer(0)), c.flag(1))}; },
    "[2,3,5] in -2..2; axis = 0\n[2,3,5] in -2..2; axis = 1\n[2,3,5] in -2..2; axis = 2\n"
    "[2,3,5] in -2..2; axis = 0, log = 1\n[2,3,5] in -2..2; axis = 1, log = 1\n"
    "[2,3,5] in -2..2; axis = 2, log = 1"};

}  // namespace

Tensor softmax_grad(Engine& e, Tensor dy, Tensor y) {
  const Tensor dx = e.empty(e.dtype(y), e.shape(y));
  with_real(e.dtype(y), "softmax", [&](auto t) {
    using T = decltype(t);
    using B = simd::Batch<T>;
    const i64 cols = e.shape(y)[-1], rows = cols ? e.shape(y).count() / cols : 0;
    const T *g = e.data<T>(dy), *p = e.data<T>(y);
    T* to = out<T>(e, dx);
    parallel_rows(rows, cols, [&](i64 lo, i64 hi) {
      for (i64 at = lo * cols; at < hi * cols; at += cols) {
        const B s(static_cast<T>(simd::sum(
            cols, [](B u, B v) { return u * v; }, g + at, p + at)));
        simd::map(
            cols, to + at, [&](B u, B v) { return v * (u - s); }, g + at, p + at);
      }
    });
  });
  record(e, {dy, y}, {dx}, [](Engine& h, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    const auto [u, p, c] = std::tuple(n.in[0], n.in[1], dout[0]);
    if (n.wanted[0]) din[0] = softmax_grad(h, c, p);
    if (n.wanted[1]) {  // c (u - sum(u p)) - u sum(c p)
      const Tensor first = mul(h, c, sub(h, u, sum_rows(h, mul(h, u, p))));
      din[1] = sub(h, first, mul(h, u, sum_rows(h, mul(h, c, p))));
    }
  });
  return dx;
}

Tensor reduce(Engine& e, int op, Tensor x, std::uint32_t axes, bool keepdims) {
  const Op& row = by_code(op);
  const Running running(e, row, {x});
  const Shape s = e.shape(x);
  axes = axes_of(row.signature.name, s, axes);
  const Shape to = kept_shape(s, axes, keepdims);
  if (s.count() == 0 && to.count() > 0 && op != UBP_R_SUM && op != UBP_R_PROD)
    refuse(UBP_E_SHAPE, "{}: nothing to choose from in a tensor of shape {}", row.signature.name, s.text());
  if (op == UBP_R_ARGMAX) return s.nd ? argmax(e, x, axes, to) : e.full(DType::i64, to, 0);
  if (op == UBP_R_PROD) return product(e, x, axes, to);
  const Tensor y =
      with_real(e.dtype(x), "reduce", [&](auto t) { return reduce_real<decltype(t)>(e, op, x, axes, to); });
  if (Node* n = record(e, {x}, {y}, reduce_backward)) {
    n->a[0] = op;
    n->a[1] = axes;
    n->shape = kept_shape(s, axes, true);
  }
  return y;
}

Tensor sum_rows(Engine& e, Tensor x) { return reduce(e, UBP_R_SUM, x, 1u << (e.shape(x).nd - 1), true); }

Tensor softmax(Engine& e, Tensor x, int axis, bool log) {
  const Running running(e, kSoftmax, {x});
  const Shape& s = e.shape(x);
  const int k = axis_of("softmax", s, axis);
  if (k != s.nd - 1) {
    i64 order[8];
    for (int i = 0; i < s.nd; ++i) order[i] = i;
    std::swap(order[k], order[s.nd - 1]);  // a swap undoes itself
    const std::span<const i64> swap(order, static_cast<std::size_t>(s.nd));
    return permute(e, softmax(e, permute(e, x, swap), -1, log), swap);
  }
  const Tensor y = e.empty(e.dtype(x), s);
  with_real(e.dtype(x), "softmax", [&](auto t) {
    using T = decltype(t);
    const i64 cols = s[-1], rows = cols ? s.count() / cols : 0;
    softmax_rows(rows, cols, e.data<T>(x), out<T>(e, y), log);
  });
  if (log)
    record(e, {x}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
      din[0] = sub(g, dout[0], mul(g, unary(g, UBP_U_EXP, n.out[0]), sum_rows(g, dout[0])));
    });
  else
    record(e, {x}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
      din[0] = softmax_grad(g, dout[0], n.out[0]);
    });
  return y;
}

Ops reduce_ops() {
  Ops all;
  for (const Op& op : kOps) all.push_back(&op);
  all.push_back(&kSoftmax);
  return all;
}

}  // namespace ubp::ops
