// SPDX-License-Identifier: MIT
// Matrix transposition by registers.
#pragma once

#include <utility>

#include "engine/simd.hpp"

namespace ubp::simd {

template <class T, i64 n>
struct Vector {
  typedef T type __attribute__((vector_size(n * sizeof(T)), aligned(alignof(T)), may_alias));
};

template <class T>
constexpr i64 kQuad = 16 / sizeof(T);  ///< numbers in 16 bytes, within which shuffles are cheapest

/// Rows first, first + step, ... of x, 16 bytes of each, behind each other. They are put together while they are read.
template <i64 n, class T>
auto together(const T* x, i64 step) {
  if constexpr (n == kQuad<T>) {
    return *reinterpret_cast<const typename Vector<T, n>::type*>(x);
  } else {
    const auto low = together<n / 2>(x, step), high = together<n / 2>(x + n / 2 / kQuad<T> * step, step);
    return [&]<int... i>(std::integer_sequence<int, i...>) {
      return typename Vector<T, n>::type(__builtin_shufflevector(low, high, i...));
    }
    (std::make_integer_sequence<int, n>{});
  }
}

/// The lower (or upper) halves of each 16 bytes of a and b: blocks of `s` numbers of a and b by turns.
template <bool upper, int s, int quad, class V, int... i>
V interleave(V a, V b, std::integer_sequence<int, i...>) {
  constexpr int n = static_cast<int>(sizeof...(i));
  return __builtin_shufflevector(
      a, b, (i / quad * quad + (upper ? quad / 2 : 0) + i % quad / (2 * s) * s + i % s + (i / s % 2 ? n : 0))...);
}

/// r[0 .. quad), of which each 16 bytes are a matrix's row: of each such matrix the transpose.
template <int quad, class V, class I>
void transpose_quads(V* r, I all) {
  if constexpr (quad == 2) {
    const V a = r[0], b = r[1];
    r[0] = interleave<false, 1, 2>(a, b, all);
    r[1] = interleave<true, 1, 2>(a, b, all);
  } else {
    static_assert(quad == 4);
    const V a = interleave<false, 1, 4>(r[0], r[1], all), b = interleave<true, 1, 4>(r[0], r[1], all);
    const V c = interleave<false, 1, 4>(r[2], r[3], all), d = interleave<true, 1, 4>(r[2], r[3], all);
    r[0] = interleave<false, 2, 4>(a, c, all);
    r[1] = interleave<true, 2, 4>(a, c, all);
    r[2] = interleave<false, 2, 4>(b, d, all);
    r[3] = interleave<true, 2, 4>(b, d, all);
  }
}

/// y [cols, ldy] = the transpose of x [rows, ldx], + y if `add`
template <bool add = false, class T>
void transpose(i64 rows, i64 cols, const T* x, i64 ldx, T* y, i64 ldy) {
  constexpr i64 w = kLanes<T>, quad = kQuad<T>;
  using V = typename Vector<T, w>::type;
  const i64 whole_rows = rows - rows % w, whole_cols = cols - cols % w;
  for (i64 r = 0; r < whole_rows; r += w)
    for (i64 c = 0; c < whole_cols; c += quad) {
      V block[quad];
      for (i64 i = 0; i < quad; ++i) block[i] = together<w>(x + (r + i) * ldx + c, quad * ldx);
      transpose_quads<static_cast<int>(quad)>(block, std::make_integer_sequence<int, static_cast<int>(w)>{});
      for (i64 i = 0; i < quad; ++i) {
        V& to = *reinterpret_cast<V*>(y + (c + i) * ldy + r);
        to = add ? block[i] + to : block[i];
      }
    }
  for (i64 r = 0; r < rows; ++r)
    for (i64 c = r < whole_rows ? whole_cols : 0; c < cols; ++c) {
      T& to = y[c * ldy + r];
      to = add ? x[r * ldx + c] + to : x[r * ldx + c];
    }
}

}  // namespace ubp::simd
