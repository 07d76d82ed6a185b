// SPDX-License-Identifier: MIT
// Ops of one tensor, elementwise: kernels and derivative of each. Layers use those that are activations.
#pragma once

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {

/// What a layer needs of an activation whose derivative can be had from y = act(x): then it keeps y alone.
struct FromY {
  /// z = act(z + bias), in place on z [rows, cols]; the bias, which may be null, has a number for every column, or for
  /// every row if `by_row`.
  template <class T>
  using Layer = void (*)(double p0, i64 rows, i64 cols, T* z, const T* bias, bool by_row);
  /// dz = dy act'(x); dz may be dy.
  template <class T>
  using Slope = void (*)(double p0, i64 n, const T* dy, const T* y, T* dz);
  /// The same of [rows, cols], and db [cols] += the sums of dz; dz may be null.
  template <class T>
  using SlopeSum = void (*)(double p0, i64 rows, i64 cols, const T* dy, const T* y, T* dz, T* db);

  Layer<float> layer32;
  Layer<double> layer64;
  Slope<float> slope32;
  Slope<double> slope64;
  SlopeSum<float> slope_sum32;
  SlopeSum<double> slope_sum64;
  Tensor (*curvature)(Engine&, Tensor y);  ///< d act'(x) / dy; null: it is zero
  double p0;                               ///< of the activation in layers
};

struct Unary : Op {
  template <class T>
  using Map = void (*)(i64 n, const T* x, T* y, double p0, double p1);
  /// dy f'(x), in ops
  using Derivative = Tensor (*)(Engine&, Tensor dy, Tensor x, Tensor y, double p0, double p1);

  Map<float> f32;
  Map<double> f64;
  Derivative derivative;  ///< null: by from_y; else, not differentiable
  FromY from_y;           ///< of activations
};

/// y = f(x). p0 and p1 are the op's attributes.
Tensor apply(Engine&, const Unary&, Tensor x, double p0 = 0, double p1 = 0);
/// dy f'(x) from y = f(x). REQUIRES: from_y is there.
Tensor slope_from_y(Engine&, const Unary&, Tensor dy, Tensor y, double p0);
/// The op of an activation; null: none.
const Unary* unary_of(Activation);

template <class T, class F>
void map_by(i64 n, const T* x, T* y, double p0, double p1) {
  using B = simd::Batch<T>;
  simd::map(
      n, y, [a = B(static_cast<T>(p0)), b = B(static_cast<T>(p1))](B v) { return F{}(v, a, b); }, x);
}

/// z = f(z + b): b has a number for every one of z's, or (step 0) one register for all. n is a multiple of kLanes.
template <class T, class F>
[[gnu::noinline]] void add_and_map(i64 n, T* z, const T* b, i64 step, F f) {
  using B = simd::Batch<T>;
  for (i64 i = 0; i < n; i += simd::kLanes<T>)
    f(B::load_unaligned(z + i) + B::load_unaligned(b + i * step)).store_unaligned(z + i);
}

template <class T, class F>
void layer_by(double p0, i64 rows, i64 cols, T* z, const T* bias, bool by_row) {
  using B = simd::Batch<T>;
  constexpr i64 w = simd::kLanes<T>;
  const auto f = [a = B(static_cast<T>(p0))](B v) { return F{}(v, a, a); };
  const i64 rest = cols % w, whole = cols - rest, step = bias && !by_row;
  parallel_rows(rows, cols, [&](i64 lo, i64 hi) {
    alignas(64) T same[w] = {};
    for (i64 r = lo; r < hi; ++r) {
      T* row = z + r * cols;
      if (bias && by_row) std::fill_n(same, w, bias[r]);
      add_and_map(whole, row, step ? bias : same, step, f);
      if (!rest) continue;
      simd::Tail<T, 2> end(rest, row + whole, step ? bias + whole : same);
      add_and_map(w, end.pad[0], end.pad[1], 0, f);
      std::copy_n(end.pad[0], rest, row + whole);
    }
  });
}

/// dz = f(dy, y) and db += dz, row after row, of `rows` rows that lie `stride` apart; dz may be null. n: a multiple of
/// kLanes.
template <int rows, class T, class F>
[[gnu::noinline]] void slope_and_sum(i64 n, i64 stride, const T* dy, const T* y, T* dz, T* db, F f) {
  using B = simd::Batch<T>;
  for (i64 i = 0; i < n; i += simd::kLanes<T>) {
    B sum = B::load_unaligned(db + i);
    for (int r = 0; r < rows; ++r) {
      const B d = f(B::load_unaligned(dy + r * stride + i), B::load_unaligned(y + r * stride + i));
      if (dz) d.store_unaligned(dz + r * stride + i);
      sum += d;
    }
    sum.store_unaligned(db + i);
  }
}

/// The same of any number of rows [rows, cols].
template <class T, class F>
void slope_sum_by(double p0, i64 rows, i64 cols, const T* dy, const T* y, T* dz, T* db) {
  using B = simd::Batch<T>;
  constexpr i64 w = simd::kLanes<T>, together = 4, part = 128;  // columns: a multiple of w
  const auto f = [a = B(static_cast<T>(p0))](B u, B v) { return F{}(u, v, a); };
  const auto sum = [&](i64 lo, i64 hi) {
    const i64 rest = (hi - lo) % w, whole = hi - lo - rest, last = lo + whole;
    i64 r = 0;
    const auto at = [&] { return r * cols + lo; };
    for (; r + together <= rows; r += together)
      slope_and_sum<together>(whole, cols, dy + at(), y + at(), dz ? dz + at() : dz, db + lo, f);
    for (; r < rows; ++r) slope_and_sum<1>(whole, cols, dy + at(), y + at(), dz ? dz + at() : dz, db + lo, f);
    for (r = 0; rest && r < rows; ++r) {
      const i64 here = r * cols + last;
      simd::Tail<T, 3> end(rest, dy + here, y + here, db + last);
      slope_and_sum<1>(w, 0, end.pad[0], end.pad[1], end.pad[0], end.pad[2], f);
      if (dz) std::copy_n(end.pad[0], rest, dz + here);
      std::copy_n(end.pad[2], rest, db + last);
    }
  };
  is_long(rows * cols) ? parallel(cols, part, sum) : sum(0, cols);
}

template <class T, class F>
void slope_by(double p0, i64 n, const T* dy, const T* y, T* dz) {
  using B = simd::Batch<T>;
  simd::map(
      n, dz, [a = B(static_cast<T>(p0))](B u, B v) { return F{}(u, v, a); }, dy, y);
}

/// `slope`: (dy, y, p0) -> dy act'(x)
template <class F, class G>
FromY from_y(F, G /*slope*/, Tensor (*curvature)(Engine&, Tensor y), double p0) {
  return {layer_by<float, F>,     layer_by<double, F>,     slope_by<float, G>, slope_by<double, G>,
          slope_sum_by<float, G>, slope_sum_by<double, G>, curvature,          p0};
}

}  // namespace ubp::ops
