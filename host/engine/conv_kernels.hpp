// SPDX-License-Identifier: MIT
// The three products of convolution between a large image side [n, c, h, w] and a small one [n, o, oh, ow], linked by
// a kernel [o, c, kh, kw]: each is im2col or its transpose around matrix products over several images at once.
#pragma once

#include "engine/activation.hpp"
#include "engine/blas.hpp"

namespace ubp::conv {

struct Geometry {
  i64 n, c, h, w;       // large side
  i64 o, oh, ow;        // small side
  i64 kh, kw, stride, pad;

  i64 taps() const { return c * kh * kw; }
  i64 plane() const { return oh * ow; }
  /// Images at a time: the columns of one batch of them stay in the second cache.
  i64 group(i64 element) const {
    constexpr i64 budget = 1 << 19;
    return std::clamp<i64>(budget / std::max<i64>(1, (taps() + o) * plane() * element), 1, n);
  }
};

/// x [m, c, h, w] -> columns [c kh kw, m oh ow]
template <class T>
void im2col(const Geometry&, i64 m, const T* x, T* columns);
/// Adds the columns back into x.
template <class T>
void col2im(const Geometry&, i64 m, const T* columns, T* x);

/// y [m, o, plane] -> [o, m plane]
template <class T>
void planes_together(const Geometry& g, i64 m, const T* y, T* to) {
  for (i64 i = 0; i < m; ++i)
    for (i64 k = 0; k < g.o; ++k, y += g.plane()) std::copy_n(y, g.plane(), to + (k * m + i) * g.plane());
}

/// [o, m plane] -> y [m, o, plane], by f(value, channel's bias)
template <class T, class F>
void planes_apart(const Geometry& g, i64 m, const T* from, const T* bias, T* y, F f) {
  for (i64 i = 0; i < m; ++i)
    for (i64 k = 0; k < g.o; ++k, y += g.plane())
      simd::map(g.plane(), y, [&, b = simd::Batch<T>(bias ? bias[k] : T(0))](auto v) { return f(v + b); },
                from + (k * m + i) * g.plane());
}

/// y = act(x * k + b). scratch: (taps + o) plane group
template <class T, class F>
void forward(const Geometry& g, const T* x, const T* k, const T* bias, T* y, T* scratch, F act) {
  const i64 group = g.group(sizeof(T));
  for (i64 i = 0; i < g.n; i += group) {
    const i64 m = std::min(group, g.n - i), columns = m * g.plane();
    T* product = scratch + g.taps() * columns;
    im2col(g, m, x + i * g.c * g.h * g.w, scratch);
    blas::gemm(false, false, g.o, columns, g.taps(), k, static_cast<const T*>(scratch), T(0), product);
    planes_apart(g, m, static_cast<const T*>(product), bias, y + i * g.o * g.plane(), act);
  }
}

/// x = the transpose of the same map, from y. x is overwritten.
template <class T>
void adjoint(const Geometry& g, const T* y, const T* k, T* x, T* scratch) {
  const i64 group = g.group(sizeof(T));
  std::fill_n(x, g.n * g.c * g.h * g.w, T(0));
  for (i64 i = 0; i < g.n; i += group) {
    const i64 m = std::min(group, g.n - i), columns = m * g.plane();
    T* together = scratch + g.taps() * columns;
    planes_together(g, m, y + i * g.o * g.plane(), together);
    blas::gemm(true, false, g.taps(), columns, g.o, k, static_cast<const T*>(together), T(0), scratch);
    col2im(g, m, static_cast<const T*>(scratch), x + i * g.c * g.h * g.w);
  }
}

/// dk = the correlation of x with y; added to dk if `accumulate`.
template <class T>
void filter_grad(const Geometry& g, const T* x, const T* y, T* dk, bool accumulate, T* scratch) {
  const i64 group = g.group(sizeof(T));
  if (g.n == 0 && !accumulate) std::fill_n(dk, g.o * g.taps(), T(0));
  for (i64 i = 0; i < g.n; i += group) {
    const i64 m = std::min(group, g.n - i), columns = m * g.plane();
    T* together = scratch + g.taps() * columns;
    im2col(g, m, x + i * g.c * g.h * g.w, scratch);
    planes_together(g, m, y + i * g.o * g.plane(), together);
    blas::gemm(false, true, g.o, g.taps(), columns, static_cast<const T*>(together), static_cast<const T*>(scratch),
               T(accumulate || i > 0), dk);
  }
}

}  // namespace ubp::conv
