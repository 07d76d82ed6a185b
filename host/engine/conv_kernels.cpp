// SPDX-License-Identifier: MIT
#include "engine/conv_kernels.hpp"

namespace ubp::conv {
namespace {

/// f(row of columns at image row `oi`, row of x or null if it lies in the padding, first and last valid oj)
template <class T, class X, class F>
void each_row(const Geometry& g, i64 m, X* x, T* columns, F&& f) {
  for (i64 c = 0; c < g.c; ++c)
    for (i64 ki = 0; ki < g.kh; ++ki)
      for (i64 kj = 0; kj < g.kw; ++kj) {
        const i64 lo = std::clamp<i64>((g.pad - kj + g.stride - 1) / g.stride, 0, g.ow);
        const i64 hi = g.w - 1 + g.pad - kj < 0 ? lo : std::clamp<i64>((g.w - 1 + g.pad - kj) / g.stride + 1, lo, g.ow);
        for (i64 i = 0; i < m; ++i) {
          X* plane = x + (i * g.c + c) * g.h * g.w + kj - g.pad;
          for (i64 oi = 0; oi < g.oh; ++oi, columns += g.ow) {
            const i64 row = oi * g.stride - g.pad + ki;
            f(columns, row < 0 || row >= g.h ? nullptr : plane + row * g.w, lo, hi);
          }
        }
      }
}

}  // namespace

template <class T>
void im2col(const Geometry& g, i64 m, const T* x, T* columns) {
  each_row(g, m, x, columns, [&](T* to, const T* row, i64 lo, i64 hi) {
    if (!row) return void(std::fill_n(to, g.ow, T(0)));
    std::fill_n(to, lo, T(0));
    for (i64 j = lo; j < hi; ++j) to[j] = row[j * g.stride];
    std::fill_n(to + hi, g.ow - hi, T(0));
  });
}

template <class T>
void col2im(const Geometry& g, i64 m, const T* columns, T* x) {
  each_row(g, m, x, columns, [&](const T* from, T* row, i64 lo, i64 hi) {
    if (!row) return;
    for (i64 j = lo; j < hi; ++j) row[j * g.stride] += from[j];
  });
}

template void im2col(const Geometry&, i64, const float*, float*);
template void im2col(const Geometry&, i64, const double*, double*);
template void col2im(const Geometry&, i64, const float*, float*);
template void col2im(const Geometry&, i64, const double*, double*);

}  // namespace ubp::conv
