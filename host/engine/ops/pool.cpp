// SPDX-License-Identifier: MIT
// Pooling over windows of images [n, c, h, w].
#include <limits>

#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

/// Window and stride over one plane.
struct Windows {
  i64 h, w, window, stride, oh, ow;
};

Windows windows_of(Engine& e, std::string_view op, Tensor x, i64 window, i64 stride) {
  const i64 h = e.shape(x)[2], w = e.shape(x)[3];
  if (window < 1 || stride < 1 || window > h || window > w)
    refuse(UBP_E_SHAPE, "{}: window {} with stride {} on a tensor of shape {}", op, window, stride, e.shape(x).text());
  return {h, w, window, stride, (h - window) / stride + 1, (w - window) / stride + 1};
}

/// f(plane of x, offset of the window's corner, index of the result), the windows of a plane in their order.
template <class F>
void each_window(const Windows& p, i64 planes, F&& f) {
  parallel_rows(planes, p.h * p.w, [&](i64 lo, i64 hi) {
    i64 at = lo * p.oh * p.ow;
    for (i64 k = lo; k < hi; ++k)
      for (i64 i = 0; i < p.oh; ++i)
        for (i64 j = 0; j < p.ow; ++j) f(k * p.h * p.w, (i * p.w + j) * p.stride, at++);
  });
}

/// y[i] = x[index[i]], and its transpose: numbers chosen by their flat position.
Tensor gather_flat(Engine&, Tensor x, Tensor index);

Tensor scatter_flat(Engine& e, Tensor y, Tensor index, const Shape& to) {
  const Tensor x = e.full(e.dtype(y), to, 0);
  const i64* at = e.data<i64>(index);
  with_real(e.dtype(y), "max_pool2d", [&](auto t) {
    using T = decltype(t);
    const i64 planes = to[0] * to[1], size = planes ? e.shape(y).count() / planes : 0;
    const T* from = e.data<T>(y);
    T* sums = out<T>(e, x);
    parallel_rows(planes, size, [&](i64 lo, i64 hi) {  // an index stays in its plane
      for (i64 i = lo * size; i < hi * size; ++i) sums[at[i]] += from[i];
    });
  });
  record(e, {y, index}, {x}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = gather_flat(g, dout[0], n.in[1]);
  });
  return x;
}

Tensor gather_flat(Engine& e, Tensor x, Tensor index) {
  const Tensor y = e.empty(e.dtype(x), e.shape(index));
  const i64* at = e.data<i64>(index);
  with_real(e.dtype(x), "max_pool2d", [&](auto t) {
    using T = decltype(t);
    const T* from = e.data<T>(x);
    T* to = out<T>(e, y);
    parallel_rows(e.shape(y).count(), 1, [&](i64 lo, i64 hi) {
      for (i64 i = lo; i < hi; ++i) to[i] = from[at[i]];
    });
  });
  record(e, {x, index}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = scatter_flat(g, dout[0], n.in[1], g.shape(n.in[0]));
  });
  return y;
}

/// The transpose of avg_pool2d.
Tensor avg_spread(Engine& e, Tensor y, const Shape& to, i64 window, i64 stride) {
  const Tensor x = e.full(e.dtype(y), to, 0);
  const Windows p = windows_of(e, "avg_pool2d", x, window, stride);
  with_real(e.dtype(y), "avg_pool2d", [&](auto t) {
    using T = decltype(t);
    const T share = static_cast<T>(1.0 / static_cast<double>(window * window));
    each_window(p, to[0] * to[1], [&](i64 plane, i64 corner, i64 at) {
      const T v = e.data<T>(y)[at] * share;
      T* from = out<T>(e, x) + plane + corner;
      for (i64 i = 0; i < window; ++i)
        for (i64 j = 0; j < window; ++j) from[i * p.w + j] += v;
    });
  });
  if (Node* n =
          record(e, {y}, {x}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            din[0] = avg_pool2d(g, dout[0], self.a[0], self.a[1]);
          })) {
    n->a[0] = window;
    n->a[1] = stride;
  }
  return x;
}

i64 stride_of(const Call& c) { return c.integer(1) ? c.integer(1) : c.integer(0); }

const Op kMaxPool2d = {
    "max_pool2d(x [n,c,h,w]; window = 2, stride = 0) -> [n,c,h',w']",
    "the largest of each window; stride 0: the window's size",
    [](Engine& e, Call& c) -> Results { return {max_pool2d(e, c.in(0), c.integer(0), stride_of(c))}; },
    "[2,2,5,4] grid -1..1\n[2,2,5,4] grid -1..1; window = 3, stride = 1"};
const Op kAvgPool2d = {
    "avg_pool2d(x [n,c,h,w]; window = 2, stride = 0) -> [n,c,h',w']",
    "the mean of each window; stride 0: the window's size",
    [](Engine& e, Call& c) -> Results { return {avg_pool2d(e, c.in(0), c.integer(0), stride_of(c))}; },
    "[2,2,5,4]\n[2,2,5,4]; window = 3, stride = 1"};

}  // namespace

Ops pool_ops() { return {&kMaxPool2d, &kAvgPool2d}; }

Tensor max_pool2d(Engine& e, Tensor x, i64 window, i64 stride) {
  const Running running(e, kMaxPool2d, {x});
  const Windows p = windows_of(e, "max_pool2d", x, window, stride);
  const Shape& s = e.shape(x);
  const Tensor index = e.empty(DType::i64, {s[0], s[1], p.oh, p.ow});
  with_real(e.dtype(x), "max_pool2d", [&](auto t) {
    const auto* data = e.data<decltype(t)>(x);
    i64* best = out<i64>(e, index);
    each_window(p, s[0] * s[1], [&](i64 plane, i64 corner, i64 at) {
      i64 top = plane + corner;
      for (i64 i = 0; i < window; ++i)
        for (i64 j = 0; j < window; ++j)
          if (const i64 k = plane + corner + i * p.w + j; data[k] > data[top] || data[k] != data[k]) top = k;
      best[at] = top;
    });
  });
  return gather_flat(e, x, index);
}

Tensor avg_pool2d(Engine& e, Tensor x, i64 window, i64 stride) {
  const Running running(e, kAvgPool2d, {x});
  const Windows p = windows_of(e, "avg_pool2d", x, window, stride);
  const Shape& s = e.shape(x);
  const Tensor y = e.empty(e.dtype(x), {s[0], s[1], p.oh, p.ow});
  with_real(e.dtype(x), "avg_pool2d", [&](auto t) {
    using T = decltype(t);
    const T share = static_cast<T>(1.0 / static_cast<double>(window * window));
    each_window(p, s[0] * s[1], [&](i64 plane, i64 corner, i64 at) {
      const T* from = e.data<T>(x) + plane + corner;
      T sum = 0;
      for (i64 i = 0; i < window; ++i)
        for (i64 j = 0; j < window; ++j) sum += from[i * p.w + j];
      out<T>(e, y)[at] = sum * share;
    });
  });
  if (Node* n =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            din[0] = avg_spread(g, dout[0], g.shape(self.in[0]), self.a[0], self.a[1]);
          })) {
    n->a[0] = window;
    n->a[1] = stride;
  }
  return y;
}

}  // namespace ubp::ops
