// SPDX-License-Identifier: MIT
// Loops over flat arrays, a vector register at a time. A tail is computed in a padded register by the same
// instructions, so a number does not depend on where in the array it stands.
#pragma once

#include <algorithm>
#include <numeric>
#include <utility>

#include <xsimd/xsimd.hpp>

#include "engine/engine.hpp"
#include "engine/parallel.hpp"

namespace ubp::simd {

template <class T>
using Batch = xsimd::batch<T>;

template <class T>
constexpr i64 kLanes = static_cast<i64>(Batch<T>::size);

/// The first n < kLanes numbers of several arrays, zeros behind them.
template <class T, std::size_t arrays>
struct Tail {
  alignas(64) T pad[arrays][kLanes<T>] = {};

  template <class... X>
  Tail(i64 n, const X*... x) {
    std::size_t k = 0;
    (std::copy_n(x, n, pad[k++]), ...);
  }
};

// Each f is compiled into one loop, not inlined: whole arrays and tails share its code.

/// y[i] = f(x[i]...). n is a multiple of kLanes.
template <class T, class F, class... X>
[[gnu::noinline]] void map_whole(i64 n, T* y, F f, const X*... x) {
  for (i64 i = 0; i < n; i += kLanes<T>) f(Batch<T>::load_unaligned(x + i)...).store_unaligned(y + i);
}

/// lane[l] = sum of f(x[i]...) over i = l mod kLanes. n is a multiple of kLanes.
template <class T, class F, class... X>
[[gnu::noinline]] void sum_whole(i64 n, T* lane, F f, const X*... x) {
  Batch<T> s0(T(0)), s1(T(0)), s2(T(0)), s3(T(0));  // taking turns: an addition need not wait for the last one
  for (i64 i = 0; i < n; i += kLanes<T>) {
    const Batch<T> s = s0 + f(Batch<T>::load_unaligned(x + i)...);
    s0 = s1;
    s1 = s2;
    s2 = s3;
    s3 = s;
  }
  ((s0 + s1) + (s2 + s3)).store_aligned(lane);
}

/// y[i] = f(x[i]...), on this thread.
template <class T, class F, class... X>
void map_here(i64 n, T* y, F f, const X*... x) {
  const i64 rest = n % kLanes<T>, whole = n - rest;
  if (whole) map_whole(whole, y, f, x...);
  if (!rest) return;
  Tail<T, sizeof...(X)> in(rest, (x + whole)...);
  alignas(64) T out[kLanes<T>];
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    map_whole(kLanes<T>, out, f, static_cast<const X*>(in.pad[k])...);
  }
  (std::index_sequence_for<X...>());
  std::copy_n(out, rest, y + whole);
}

/// y[i] = f(x[i]...)
template <class T, class F, class... X>
void map(i64 n, T* y, F f, const X*... x) {
  if (!is_long(n)) return map_here(n, y, f, x...);
  parallel(n, kChunkNumbers, [&](i64 lo, i64 hi) { map_here(hi - lo, y + lo, f, (x + lo)...); });
}

constexpr i64 kSumBlock = 2048;  // numbers that are added up in their own type

/// f(partial sum) for the blocks of [0, whole), in their order.
template <class T, class F, class Take, class... X>
void sum_blocks(i64 whole, F f, Take take, const X*... x) {
  constexpr i64 kSide = 512;  // blocks side by side
  for (i64 first = 0; first < whole; first += kSide * kSumBlock) {
    const i64 n = std::min(whole - first, kSide * kSumBlock);
    double partial[kSide];
    const auto add = [&](i64 lo, i64 hi) {
      for (i64 at = lo; at < hi; at += kSumBlock) {
        alignas(64) T lane[kLanes<T>];
        sum_whole(std::min(kSumBlock, hi - at), lane, f, (x + first + at)...);
        partial[at / kSumBlock] = static_cast<double>(xsimd::hadd(Batch<T>::load_aligned(lane)));
      }
    };
    if (is_long(n))
      parallel(n, 2 * kSumBlock, add);
    else
      add(0, n);
    std::for_each_n(partial, (n + kSumBlock - 1) / kSumBlock, take);
  }
}

/// sum_i f(x[i], more[i]...), pairwise enough for f32: partial sums by lane over blocks, blocks in double.
template <class T, class F, class... X>
double sum(i64 n, F f, const T* x, const X*... more) {
  const i64 rest = n % kLanes<T>, whole = n - rest;
  double total = 0;
  sum_blocks<T>(
      whole, f, [&](double part) { total += part; }, x, more...);
  if (!rest) return total;
  alignas(64) T lane[kLanes<T>];
  Tail<T, 1 + sizeof...(X)> in(rest, x + whole, (more + whole)...);
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    sum_whole(kLanes<T>, lane, f, static_cast<const T*>(in.pad[k])...);
  }
  (std::make_index_sequence<1 + sizeof...(X)>());
  return std::accumulate(lane, lane + rest, total);  // f of the padding need not be zero
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
  map(
      n, y, [](auto a, auto b) { return a + b; }, static_cast<const T*>(y), x);
}

/// y [cols] += the rows of x [rows, cols], in their order.
template <class T>
void add_rows(i64 rows, i64 cols, const T* x, T* y) {
  const auto add = [&](i64 lo, i64 hi) {
    for (i64 r = 0; r < rows; ++r) add_to(hi - lo, y + lo, x + r * cols + lo);
  };
  constexpr i64 kColumns = 128;  // a multiple of kLanes, so that no tail is where none was
  is_long(rows * cols) ? parallel(cols, kColumns, add) : add(0, cols);
}

}  // namespace ubp::simd
