// SPDX-License-Identifier: MIT
// Ops that move numbers and change none. Each is linear; its derivative is its transpose, and the family is closed.
#include <algorithm>
#include <cstring>

#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

/// Copies [dim...] from one set of strides to another, the last axis innermost.
template <class T>
void strided_copy(int nd, const i64* dim, const i64* from_stride, const i64* to_stride, const T* from, T* to) {
  if (nd == 0) {
    *to = *from;
    return;
  }
  if (nd == 1) {
    if (*from_stride == 1 && *to_stride == 1) return void(std::copy_n(from, *dim, to));
    if (*from_stride == 0 && *to_stride == 1) return void(std::fill_n(to, *dim, *from));
    for (i64 i = 0; i < dim[0]; ++i) to[i * to_stride[0]] = from[i * from_stride[0]];
    return;
  }
  for (i64 i = 0; i < dim[0]; ++i)
    strided_copy(nd - 1, dim + 1, from_stride + 1, to_stride + 1, from + i * from_stride[0], to + i * to_stride[0]);
}

void strides_of(const Shape& s, i64* stride) {
  i64 step = 1;
  for (int k = s.nd - 1; k >= 0; --k) {
    stride[k] = step;
    step *= s.dim[k];
  }
}

/// The same over the threads, by parts of the first axis.
template <class T>
void parallel_copy(int nd, const i64* dim, const i64* from_stride, const i64* to_stride, const T* from, T* to) {
  if (nd < 2) return strided_copy(nd, dim, from_stride, to_stride, from, to);
  parallel_rows(dim[0], to_stride[0], [&](i64 lo, i64 hi) {
    i64 part[8];
    std::copy_n(dim, nd, part);
    part[0] = hi - lo;
    strided_copy(nd, part, from_stride, to_stride, from + lo * from_stride[0], to + lo * to_stride[0]);
  });
}

/// A plain matrix transpose in blocks that fit the first cache.
template <class T>
void transpose(i64 rows, i64 cols, const T* x, T* y) {
  constexpr i64 block = 16;
  parallel_rows((rows + block - 1) / block, block * cols, [&](i64 lo, i64 hi) {
    for (i64 r0 = lo * block; r0 < std::min(rows, hi * block); r0 += block)
      for (i64 c0 = 0; c0 < cols; c0 += block)
        for (i64 r = r0; r < std::min(rows, r0 + block); ++r)
          for (i64 c = c0; c < std::min(cols, c0 + block); ++c) y[c * rows + r] = x[r * cols + c];
  });
}

struct Around {  // an axis and what lies before and behind it
  i64 outer = 1, inner = 1;
  Around(const Shape& s, int axis) {
    for (int k = 0; k < axis; ++k) outer *= s.dim[k];
    for (int k = axis + 1; k < s.nd; ++k) inner *= s.dim[k];
  }
};

/// The transpose of slice: x stands at lo, lo + step, ... of `axis` in zeros of shape `to`.
Tensor spread(Engine& e, Tensor x, const Shape& to, int axis, i64 lo, i64 step) {
  const Tensor y = e.full(e.dtype(x), to, 0);
  const i64 n = e.shape(x).dim[axis], width = to.dim[axis];
  const Around a(to, axis);
  with_any(e.dtype(x), [&](auto t) {
    const auto* from = e.data<decltype(t)>(x);
    auto* dst = out<decltype(t)>(e, y);
    for (i64 o = 0; o < a.outer; ++o)
      for (i64 k = 0; k < n; ++k)
        std::copy_n(from + (o * n + k) * a.inner, a.inner, dst + (o * width + lo + k * step) * a.inner);
  });
  if (Node* node =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            const i64 k = self.a[0], from = self.a[1], by = self.a[2], count = self.a[3];
            din[0] = slice(g, dout[0], k, from, count ? from + (count - 1) * by + 1 : from, by);
          })) {
    node->a[0] = axis;
    node->a[1] = lo;
    node->a[2] = step;
    node->a[3] = n;
  }
  return y;
}

Shape shape_of(std::span<const i64> dims) { return Shape(dims.data(), static_cast<i64>(dims.size())); }

const Op kReshape = {"reshape(x any; shape = []) -> y",
                     "the same numbers under another shape; one extent may be -1",
                     [](Engine& e, Call& c) -> Results { return {reshape(e, c.in(0), shape_of(c.list(0)))}; },
                     "[2,3,5]; shape = 5 -1\n[1]",
                     Family::shape,
                     UBP_S_RESHAPE};
const Op kPermute = {"permute(x any; axes = []) -> y",
                     "axis k of y is axis axes[k] of x",
                     [](Engine& e, Call& c) -> Results { return {permute(e, c.in(0), c.list(0))}; },
                     "[2,3,5]; axes = 2 0 1\n[4,5]; axes = 1 0",
                     Family::shape,
                     UBP_S_PERMUTE};
const Op kSlice = {"slice(x any; axis int, lo int, hi int, step = 1) -> y",
                   "lo, lo + step, ... below hi of an axis; negative ends count from the back",
                   [](Engine& e, Call& c) -> Results {
                     return {slice(e, c.in(0), c.integer(0), c.integer(1), c.integer(2), c.integer(3))};
                   },
                   "[2,3,5]; axis = 2, lo = 1, hi = 5, step = 2\n[2,3,5]; axis = 1, lo = 1, hi = 3",
                   Family::shape,
                   UBP_S_SLICE};
const Op kExpand = {"expand(x any; shape = []) -> y",
                    "x, repeated as broadcasting does",
                    [](Engine& e, Call& c) -> Results { return {expand(e, c.in(0), shape_of(c.list(0)))}; },
                    "[3,1]; shape = 2 3 4\n[]; shape = 2 3\n[0,1]; shape = 2 0 4",
                    Family::shape,
                    UBP_S_EXPAND};
const Op kPad = {
    "pad(x any; axis int, before int, after int) -> y",
    "zeros before and behind x along an axis",
    [](Engine& e, Call& c) -> Results { return {pad(e, c.in(0), c.integer(0), c.integer(1), c.integer(2))}; },
    "[2,3,5]; axis = 1, before = 1, after = 2",
    Family::shape,
    UBP_S_PAD};
const Op kConcat = {
    "concat(xs* any; axis = 0) -> y", "the tensors behind each other along an axis",
    [](Engine& e, Call& c) -> Results { return {concat(e, c.inputs(), static_cast<int>(c.integer(0)))}; },
    "[2,3], [2,1], [2,4]; axis = 1\n[2,3], [1,3]"};

}  // namespace

Ops shape_ops() { return {&kReshape, &kPermute, &kSlice, &kExpand, &kPad, &kConcat}; }

Tensor reshape(Engine& e, Tensor x, const Shape& asked) {
  const Running running(e, kReshape, {x});
  const Shape& from = e.shape(x);
  Shape to = asked;
  i64 known = 1;
  int open = -1;
  for (int k = 0; k < to.nd; ++k) {
    if (to.dim[k] != -1)
      known *= to.dim[k];
    else if (open < 0)
      open = k;
    else
      refuse(UBP_E_SHAPE, "reshape: only one extent may be -1: {}", asked.text());
  }
  if (open >= 0 && known > 0) to.dim[open] = from.count() / known;
  if (to.count() != from.count() || (open >= 0 && known <= 0))
    refuse(UBP_E_SHAPE, "reshape: {} does not fit into {}", from.text(), asked.text());
  if (from == to) return x;
  const Tensor y = e.impl().alias(x, to);
  record(e, {x}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = reshape(g, dout[0], g.shape(n.in[0]));
  });
  return y;
}

Tensor permute(Engine& e, Tensor x, std::span<const i64> axes) {
  const Running running(e, kPermute, {x});
  const Shape& from = e.shape(x);
  std::uint32_t seen = 0;
  if (static_cast<std::int32_t>(axes.size()) != from.nd)
    refuse(UBP_E_SHAPE, "permute: {} axes for a tensor of shape {}", axes.size(), from.text());
  Shape to = from;
  i64 all[8], from_stride[8], to_stride[8];
  strides_of(from, all);
  for (int k = 0; k < from.nd; ++k) {
    const int axis = axis_of("permute", from, axes[static_cast<std::size_t>(k)]);
    if (seen >> axis & 1) refuse(UBP_E_SHAPE, "permute: axis {} is named twice", axis);
    seen |= 1u << axis;
    to.dim[k] = from.dim[axis];
    from_stride[k] = all[axis];
  }
  strides_of(to, to_stride);
  const Tensor y = e.empty(e.dtype(x), to);
  with_any(e.dtype(x), [&](auto t) {
    using T = decltype(t);
    if (from.nd == 2 && from_stride[0] == 1)
      transpose(from.dim[0], from.dim[1], e.data<T>(x), out<T>(e, y));
    else if (to.count() > 0)
      parallel_copy(to.nd, to.dim, from_stride, to_stride, e.data<T>(x), out<T>(e, y));
  });
  if (Node* n =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            din[0] = permute(g, dout[0], std::span(self.shape.dim, static_cast<std::size_t>(self.shape.nd)));
          })) {
    n->shape.nd = from.nd;  // the inverse order
    for (int k = 0; k < from.nd; ++k) n->shape.dim[axis_of("permute", from, axes[static_cast<std::size_t>(k)])] = k;
  }
  return y;
}

Tensor slice(Engine& e, Tensor x, i64 axis, i64 lo, i64 hi, i64 step) {
  const Running running(e, kSlice, {x});
  const Shape& from = e.shape(x);
  const int k = axis_of("slice", from, axis);
  const i64 width = from.dim[k];
  if (lo < 0) lo += width;
  if (hi < 0) hi += width;
  if (step < 1 || lo < 0 || hi < lo || hi > width)
    refuse(UBP_E_SHAPE, "slice: [{}, {}) in steps of {} along axis {} of a tensor of shape {}", lo, hi, step, k,
           from.text());
  Shape to = from;
  const i64 n = to.dim[k] = (hi - lo + step - 1) / step;
  const Around a(from, k);
  const Tensor y = e.empty(e.dtype(x), to);
  with_any(e.dtype(x), [&](auto t) {
    const auto* src = e.data<decltype(t)>(x);
    auto* dst = out<decltype(t)>(e, y);
    for (i64 o = 0; o < a.outer; ++o) {
      if (step == 1) {
        std::copy_n(src + (o * width + lo) * a.inner, n * a.inner, dst + o * n * a.inner);
        continue;
      }
      for (i64 i = 0; i < n; ++i)
        std::copy_n(src + (o * width + lo + i * step) * a.inner, a.inner, dst + (o * n + i) * a.inner);
    }
  });
  if (Node* node =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            din[0] = spread(g, dout[0], g.shape(self.in[0]), static_cast<int>(self.a[0]), self.a[1], self.a[2]);
          })) {
    node->a[0] = k;
    node->a[1] = lo;
    node->a[2] = step;
  }
  return y;
}

Tensor pad(Engine& e, Tensor x, i64 axis, i64 before, i64 after) {
  const Running running(e, kPad, {x});
  const int k = axis_of("pad", e.shape(x), axis);
  if (before < 0 || after < 0) refuse(UBP_E_SHAPE, "pad: {} before and {} after", before, after);
  Shape to = e.shape(x);
  to.dim[k] += before + after;
  return spread(e, x, to, k, before, 1);
}

Tensor expand(Engine& e, Tensor x, const Shape& to) {
  const Running running(e, kExpand, {x});
  const Shape& from = e.shape(x);
  if (from == to) return x;
  const int lead = to.nd - from.nd;
  i64 all[8], from_stride[8] = {}, to_stride[8];
  strides_of(from, all);
  strides_of(to, to_stride);
  for (int k = 0; k < from.nd; ++k) {
    if (lead < 0 || (from.dim[k] != 1 && from.dim[k] != to.dim[lead + k]))
      refuse(UBP_E_SHAPE, "expand: {} does not expand to {}", from.text(), to.text());
    from_stride[lead + k] = from.dim[k] == 1 ? 0 : all[k];
  }
  if (lead < 0) refuse(UBP_E_SHAPE, "expand: {} does not expand to {}", from.text(), to.text());
  const Tensor y = e.empty(e.dtype(x), to);
  with_any(e.dtype(x), [&](auto t) {
    using T = decltype(t);
    if (from.count() == 1)
      std::fill_n(out<T>(e, y), to.count(), *e.data<T>(x));
    else if (to.count() > 0)
      parallel_copy(to.nd, to.dim, from_stride, to_stride, e.data<T>(x), out<T>(e, y));
  });
  record(e, {x}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = sum_to(g, dout[0], g.shape(n.in[0]));
  });
  return y;
}

Tensor concat(Engine& e, std::span<const Tensor> xs, int axis) {
  const Running running(e, kConcat, xs);
  Shape to = e.shape(xs[0]);
  const int k = axis_of("concat", to, axis);
  to.dim[k] = 0;
  for (Tensor x : xs) {
    same_dtype(e, "concat", xs[0], x);
    Shape s = e.shape(x);
    const bool fits = s.nd == to.nd;
    const i64 n = fits ? s.dim[k] : 0;
    s.dim[k] = to.dim[k];
    if (!fits || !(s == to))
      refuse(UBP_E_SHAPE, "concat: shapes differ off axis {}: {} and {}", k, e.shape(xs[0]).text(), e.shape(x).text());
    to.dim[k] += n;
  }
  const Around a(to, k);
  const Tensor y = e.empty(e.dtype(xs[0]), to);
  with_any(e.dtype(y), [&](auto t) {
    auto* dst = out<decltype(t)>(e, y);
    i64 at = 0;
    for (Tensor x : xs) {
      const i64 run = e.shape(x).dim[k] * a.inner;
      for (i64 o = 0; o < a.outer; ++o)
        std::copy_n(e.data<decltype(t)>(x) + o * run, run, dst + o * to.dim[k] * a.inner + at);
      at += run;
    }
  });
  const Tensor ys[] = {y};
  if (Node* n = record(e, xs, ys, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
        i64 lo = 0;
        for (std::size_t i = 0; i < din.size(); ++i) {
          const i64 width = g.shape(self.in[i]).dim[self.a[0]];
          if (self.wanted[i]) din[i] = slice(g, dout[0], self.a[0], lo, lo + width, 1);
          lo += width;
        }
      }))
    n->a[0] = k;
  return y;
}

}  // namespace ubp::ops
