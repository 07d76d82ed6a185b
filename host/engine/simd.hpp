// SPDX-License-Identifier: MIT
// Loops over flat arrays, a vector register at a time. A tail is computed in a padded register by the same
// instructions, so a number does not depend on where in the array it stands.
#pragma once

#include <algorithm>
#include <cstring>

#include <xsimd/xsimd.hpp>

#include "engine/engine.hpp"

namespace ubp::simd {

template <class T>
using Batch = xsimd::batch<T>;

template <class T>
constexpr i64 kLanes = static_cast<i64>(Batch<T>::size);

/// The first n < kLanes numbers, zeros behind them.
template <class T>
Batch<T> load_head(const T* x, i64 n) {
  alignas(64) T pad[kLanes<T>] = {};
  std::copy_n(x, n, pad);
  return Batch<T>::load_aligned(pad);
}

template <class T>
void store_head(T* y, i64 n, const Batch<T>& v) {
  alignas(64) T pad[kLanes<T>];
  v.store_aligned(pad);
  std::copy_n(pad, n, y);
}

/// y[i] = f(x[i]...)
template <class T, class F, class... X>
void map(i64 n, T* y, F f, const X*... x) {
  constexpr i64 w = kLanes<T>;
  i64 i = 0;
  for (; i + w <= n; i += w) f(Batch<T>::load_unaligned(x + i)...).store_unaligned(y + i);
  if (i < n) store_head<T>(y + i, n - i, f(load_head(x + i, n - i)...));
}

/// sum_i f(x[i], more[i]...), pairwise enough for f32: vector partial sums over blocks, blocks in double.
template <class T, class F, class... X>
double sum(i64 n, F f, const T* x, const X*... more) {
  constexpr i64 w = kLanes<T>, block = 2048;
  const auto at = [&](i64 i) { return f(Batch<T>::load_unaligned(x + i), Batch<T>::load_unaligned(more + i)...); };
  double total = 0;
  for (i64 lo = 0; lo < n; lo += block) {
    const i64 hi = std::min(n, lo + block);
    Batch<T> s0(T(0)), s1(T(0)), s2(T(0)), s3(T(0));
    i64 i = lo;
    for (; i + 4 * w <= hi; i += 4 * w) {
      s0 += at(i);
      s1 += at(i + w);
      s2 += at(i + 2 * w);
      s3 += at(i + 3 * w);
    }
    for (; i + w <= hi; i += w) s0 += at(i);
    if (i < hi) {
      alignas(64) T pad[kLanes<T>];
      f(load_head(x + i, hi - i), load_head(more + i, hi - i)...).store_aligned(pad);
      std::fill(pad + (hi - i), pad + w, T(0));  // f of the padding need not be zero
      s1 += Batch<T>::load_aligned(pad);
    }
    total += static_cast<double>(xsimd::hadd((s0 + s1) + (s2 + s3)));
  }
  return total;
}

/// The largest (f = max) or smallest (f = min) number; n > 0.
template <class T, class F>
T extreme(i64 n, F f, const T* x) {
  constexpr i64 w = kLanes<T>;
  if (n < w) {
    T best = x[0];
    for (i64 i = 1; i < n; ++i) best = f(Batch<T>(best), Batch<T>(x[i])).get(0);
    return best;
  }
  Batch<T> best = Batch<T>::load_unaligned(x);
  for (i64 i = w; i + w <= n; i += w) best = f(best, Batch<T>::load_unaligned(x + i));
  best = f(best, Batch<T>::load_unaligned(x + n - w));  // overlaps: harmless for max and min
  alignas(64) T pad[kLanes<T>];
  best.store_aligned(pad);
  for (i64 i = 1; i < w; ++i) pad[0] = f(Batch<T>(pad[0]), Batch<T>(pad[i])).get(0);
  return pad[0];
}

/// y += x
template <class T>
void add_to(i64 n, T* y, const T* x) {
  map(n, y, [](auto a, auto b) { return a + b; }, static_cast<const T*>(y), x);
}

}  // namespace ubp::simd
