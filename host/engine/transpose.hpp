// SPDX-License-Identifier: MIT
// Matrix transposition by registers.
#pragma once

#include <utility>

#include "engine/simd.hpp"

namespace ubp::simd {

template <class T>
struct Vector {
  typedef T type __attribute__((vector_size(sizeof(Batch<T>)), aligned(alignof(T)), may_alias));
};

/// Pairs of blocks of `s` numbers: even (or odd) blocks of a, each followed by that of b.
template <bool odd, int s, class V, std::size_t... i>
V interleave(V a, V b, std::index_sequence<i...>) {
  constexpr int n = static_cast<int>(sizeof...(i));
  return __builtin_shufflevector(a, b,
                                 (static_cast<int>(i) / s % 2 ? n + static_cast<int>(i) - s + (odd ? s : 0)
                                                              : static_cast<int>(i) + (odd ? s : 0))...);
}

template <int s, class T, std::size_t w, class V>
void transpose_step(V (&r)[w]) {
  if constexpr (s < static_cast<int>(w)) {
    for (std::size_t i = 0; i < w; ++i) {
      if (i / s % 2) continue;
      const V a = r[i], b = r[i + s];
      r[i] = interleave<false, s>(a, b, std::make_index_sequence<w>{});
      r[i + s] = interleave<true, s>(a, b, std::make_index_sequence<w>{});
    }
    transpose_step<2 * s, T>(r);
  }
}

/// y [cols, ldy] = the transpose of x [rows, ldx]
template <class T>
void transpose(i64 rows, i64 cols, const T* x, i64 ldx, T* y, i64 ldy) {
  constexpr i64 w = kLanes<T>;
  using V = typename Vector<T>::type;
  const i64 whole_rows = rows - rows % w, whole_cols = cols - cols % w;
  for (i64 r = 0; r < whole_rows; r += w)
    for (i64 c = 0; c < whole_cols; c += w) {
      V block[kLanes<T>];
      for (i64 i = 0; i < w; ++i) block[i] = *reinterpret_cast<const V*>(x + (r + i) * ldx + c);
      transpose_step<1, T>(block);
      for (i64 i = 0; i < w; ++i) *reinterpret_cast<V*>(y + (c + i) * ldy + r) = block[i];
    }
  for (i64 r = 0; r < rows; ++r)
    for (i64 c = r < whole_rows ? whole_cols : 0; c < cols; ++c) y[c * ldy + r] = x[r * ldx + c];
}

}  // namespace ubp::simd
