// SPDX-License-Identifier: MIT
#include "engine/conv_kernels.hpp"

#include <vector>

#include "engine/simd.hpp"
#include "engine/transpose.hpp"

namespace ubp::conv {
namespace {

using simd::Batch;
using simd::kLanes;

constexpr i64 kVectors = 2;  // registers of images in a full block
/// Channels computed at once: with kVectors of images, as many accumulators as the register file allows.
template <class T>
constexpr i64 kTile = sizeof(Batch<T>) == 64 ? 8 : 4;

/// One tap at one destination pixel: where it reads, and which tap it is.
struct Tap {
  i64 source, index;
};

/// acc[tile][v] += kernel[tile] * source, over all source channels and the taps that hit this pixel.
template <i64 tile, i64 v, class T>
void gather_pixel(const std::vector<Tap>& taps, i64 channels, i64 n_taps, i64 plane, const T* kernel, const T* source,
                  T* to, i64 to_plane) {
  constexpr i64 w = kLanes<T>;
  Batch<T> acc[tile][v];
  for (auto& row : acc)
    for (auto& a : row) a = Batch<T>(T(0));
  for (i64 c = 0; c < channels; ++c, kernel += n_taps * tile, source += plane * v * w)
    for (const Tap& tap : taps) {
      Batch<T> x[v];
      for (i64 j = 0; j < v; ++j) x[j] = Batch<T>::load_aligned(source + (tap.source * v + j) * w);
      for (i64 i = 0; i < tile; ++i) {
        const Batch<T> k(kernel[tap.index * tile + i]);
        for (i64 j = 0; j < v; ++j) acc[i][j] = xsimd::fma(k, x[j], acc[i][j]);
      }
    }
  for (i64 i = 0; i < tile; ++i)
    for (i64 j = 0; j < v; ++j) acc[i][j].store_aligned(to + (i * to_plane * v + j) * w);
}

/// The side that is computed and the side that is read.
struct Side {
  i64 channels, h, w;
};

/// f(first channel, tile) for tiles of kTile, then of one.
template <class T, class F>
void tiles(i64 channels, F&& f) {
  i64 c = 0;
  for (; c + kTile<T> <= channels; c += kTile<T>) f(c, std::integral_constant<i64, kTile<T>>{});
  for (; c < channels; ++c) f(c, std::integral_constant<i64, 1>{});
}

template <i64 v, class T, class Taps>
void gather(const Geometry& g, const Side& to, const Side& from, const T* packed, const T* source, T* out,
            Taps&& taps_at) {
  std::vector<Tap> taps;
  for (i64 i = 0; i < to.h; ++i)
    for (i64 j = 0; j < to.w; ++j) {
      taps.clear();
      taps_at(i, j, taps);
      tiles<T>(to.channels, [&](i64 c, auto tile) {
        T* pixel = out + ((c * to.h + i) * to.w + j) * v * kLanes<T>;
        gather_pixel<tile, v>(taps, from.channels, g.taps(), from.h * from.w, packed + c * from.channels * g.taps(),
                              source, pixel, to.h * to.w);
      });
    }
}

template <class T, class F>
void by_vectors(i64 block, F&& f) {
  if (block == kLanes<T>)
    f(std::integral_constant<i64, 1>{});
  else
    f(std::integral_constant<i64, kVectors>{});
}

/// Output positions whose tap `k` falls inside an axis of `size`.
struct Range {
  i64 lo, hi;
  Range(const Geometry& g, i64 k, i64 size, i64 out) {
    lo = std::clamp<i64>((g.pad - k + g.stride - 1) / g.stride, 0, out);
    hi = size + g.pad - k <= 0 ? lo : std::clamp<i64>((size - 1 + g.pad - k) / g.stride + 1, lo, out);
  }
};

/// Sums over the block for a tile of kernel entries [o .. o + to)[c .. c + tc) at one tap.
template <i64 to, i64 tc, i64 v, class T>
void filter_tile(const Geometry& g, i64 ki, i64 kj, const T* large, const T* small, T* dk) {
  constexpr i64 w = kLanes<T>;
  const Range rows(g, ki, g.h, g.oh), columns(g, kj, g.w, g.ow);
  Batch<T> acc[to][tc];
  for (auto& row : acc)
    for (auto& a : row) a = Batch<T>(T(0));
  for (i64 oi = rows.lo; oi < rows.hi; ++oi)
    for (i64 oj = columns.lo; oj < columns.hi; ++oj) {
      const T* x = large + ((oi * g.stride - g.pad + ki) * g.w + oj * g.stride - g.pad + kj) * v * w;
      const T* y = small + (oi * g.ow + oj) * v * w;
      for (i64 j = 0; j < v; ++j, x += w, y += w) {
        Batch<T> xs[tc];
        for (i64 c = 0; c < tc; ++c) xs[c] = Batch<T>::load_aligned(x + c * g.h * g.w * v * w);
        for (i64 o = 0; o < to; ++o) {
          const Batch<T> ys = Batch<T>::load_aligned(y + o * g.oh * g.ow * v * w);
          for (i64 c = 0; c < tc; ++c) acc[o][c] = xsimd::fma(ys, xs[c], acc[o][c]);
        }
      }
    }
  for (i64 o = 0; o < to; ++o)
    for (i64 c = 0; c < tc; ++c) dk[(o * g.c + c) * g.taps()] += xsimd::hadd(acc[o][c]);
}

}  // namespace

template <class T>
i64 full_block() {
  return kVectors * kLanes<T>;
}

template <class T>
i64 block_at(const Geometry& g, i64 at) {
  return g.n - at > kLanes<T> ? full_block<T>() : kLanes<T>;
}

template <class T>
void to_lanes(i64 images, i64 count, i64 block, const T* x, T* lanes) {
  simd::transpose(images, count, x, count, lanes, block);
  if (images == block) return;
  for (i64 k = 0; k < count; ++k) std::fill(lanes + k * block + images, lanes + (k + 1) * block, T(0));
}

template <class T>
void from_lanes(i64 images, i64 count, i64 block, const T* lanes, T* x) {
  simd::transpose(count, images, lanes, block, x, count);
}

template <class T>
void pack_kernel(const Geometry& g, bool to_small, const T* k, T* packed) {
  const i64 n_to = to_small ? g.o : g.c, n_from = to_small ? g.c : g.o;
  tiles<T>(n_to, [&](i64 first, auto tile) {
    for (i64 s = 0; s < n_from; ++s)
      for (i64 t = 0; t < g.taps(); ++t)
        for (i64 d = first; d < first + tile; ++d) *packed++ = k[(to_small ? d * g.c + s : s * g.c + d) * g.taps() + t];
  });
}

template <class T>
void small_from_large(const Geometry& g, i64 block, const T* packed, const T* large, T* small) {
  by_vectors<T>(block, [&](auto v) {
    gather<v>(g, {g.o, g.oh, g.ow}, {g.c, g.h, g.w}, packed, large, small, [&](i64 i, i64 j, std::vector<Tap>& taps) {
      for (i64 ki = 0; ki < g.kh; ++ki)
        for (i64 kj = 0; kj < g.kw; ++kj) {
          const i64 row = i * g.stride - g.pad + ki, column = j * g.stride - g.pad + kj;
          if (row >= 0 && row < g.h && column >= 0 && column < g.w)
            taps.push_back({row * g.w + column, ki * g.kw + kj});
        }
    });
  });
}

template <class T>
void large_from_small(const Geometry& g, i64 block, const T* packed, const T* small, T* large) {
  by_vectors<T>(block, [&](auto v) {
    gather<v>(g, {g.c, g.h, g.w}, {g.o, g.oh, g.ow}, packed, small, large, [&](i64 i, i64 j, std::vector<Tap>& taps) {
      for (i64 ki = 0; ki < g.kh; ++ki)
        for (i64 kj = 0; kj < g.kw; ++kj) {
          const i64 row = i + g.pad - ki, column = j + g.pad - kj;
          if (row < 0 || column < 0 || row % g.stride || column % g.stride) continue;
          if (row / g.stride < g.oh && column / g.stride < g.ow)
            taps.push_back({row / g.stride * g.ow + column / g.stride, ki * g.kw + kj});
        }
    });
  });
}

template <class T>
void add_filter_grad(const Geometry& g, i64 block, const T* large, const T* small, T* dk) {
  constexpr i64 t = kTile<T> / 2;  // a square tile loads least
  by_vectors<T>(block, [&](auto v) {
    const auto at = [&](i64 o, i64 c, auto to, auto tc) {
      const T *x = large + c * g.h * g.w * block, *y = small + o * g.oh * g.ow * block;
      for (i64 ki = 0; ki < g.kh; ++ki)
        for (i64 kj = 0; kj < g.kw; ++kj)
          filter_tile<to, tc, v>(g, ki, kj, x, y, dk + (o * g.c + c) * g.taps() + ki * g.kw + kj);
    };
    const auto down = [&](i64 c, auto tc) {
      i64 o = 0;
      for (; o + t <= g.o; o += t) at(o, c, std::integral_constant<i64, t>{}, tc);
      for (; o < g.o; ++o) at(o, c, std::integral_constant<i64, 1>{}, tc);
    };
    i64 c = 0;
    for (; c + t <= g.c; c += t) down(c, std::integral_constant<i64, t>{});
    for (; c < g.c; ++c) down(c, std::integral_constant<i64, 1>{});
  });
}

#define UBP_INSTANTIATE(T)                                                      \
  template i64 full_block<T>();                                                 \
  template i64 block_at<T>(const Geometry&, i64);                               \
  template void to_lanes(i64, i64, i64, const T*, T*);                          \
  template void from_lanes(i64, i64, i64, const T*, T*);                        \
  template void pack_kernel(const Geometry&, bool, const T*, T*);               \
  template void small_from_large(const Geometry&, i64, const T*, const T*, T*); \
  template void large_from_small(const Geometry&, i64, const T*, const T*, T*); \
  template void add_filter_grad(const Geometry&, i64, const T*, const T*, T*);
UBP_INSTANTIATE(float)
UBP_INSTANTIATE(double)
#undef UBP_INSTANTIATE

}  // namespace ubp::conv
