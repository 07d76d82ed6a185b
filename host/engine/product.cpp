// SPDX-License-Identifier: MIT
// The products of a training step: small or middling, each operand seen once a step.
//
// A tile of c, kRows x 2 registers, stays in registers while k runs. The panel of b that it meets, two registers wide,
// is packed by the first tile that reads it (stores hidden behind the arithmetic) and waits in L1 for the tiles below;
// a is read where it lies, unless it is stored transposed: then its rows are packed in strips, one a tile. Blocks of k
// keep the panel in L1, blocks of rows those of a in L2: Goto and van de Geijn, ACM TOMS 34(3), 2008, with a and b
// swapped. Rows are dealt evenly to the tiles, as 6, 6, 5, 5, 5, 5 of 32: a tile of few rows waits for its own sums.
#include "engine/product.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "engine/simd.hpp"
#include "engine/transpose.hpp"

namespace ubp::product {
namespace {

using Register = simd::Batch<float>;

constexpr i64 kLanes = simd::kLanes<float>, kWidth = 2 * kLanes;
constexpr i64 kRows = kLanes == 16 ? 12 : 6;  // 24 sums of 32 registers, 12 of 16
constexpr i64 kDepth = kLanes == 16 ? 256 : 320;
constexpr i64 kTall = 240;
constexpr i64 kTiles = kTall / kRows;

/// A part of 0 .. n when it is dealt evenly: the i-th begins here.
i64 begin_of(i64 i, i64 parts, i64 n) { return n * i / parts; }
i64 parts_of(i64 n, i64 most) { return (n + most - 1) / most; }

/// Memory of one product, kept for the next one of this thread.
struct Scratch {
  alignas(64) float panel[kDepth * kWidth];
  alignas(64) float strips[kTiles * (kRows * kDepth + kLanes)];  // a whole register may be stored at a strip's end
  alignas(64) float aside[kRows * kWidth];

  static Scratch& mine() {
    thread_local const auto scratch = std::make_unique<Scratch>();
    return *scratch;
  }
};

struct Tile {
  i64 k;
  const float* a;
  i64 lda;  ///< by_row: from row to row, the step of k is 1; else the step of k is kRows and that of rows 1
  const float* b;
  i64 ldb;  ///< pack; else b is the panel
  float* panel;
  float* c;
  i64 ldc;
  bool add;
  i64 part, parts;    ///< of the next panel's lines, this tile fetches every parts-th, from part on
  const float* next;  ///< line q of them is at next + q % 16 * next_row + q / 16 * next_block; another one at + also
  i64 next_row, next_block, also;
};

template <int rows, int registers, bool pack, bool by_row>
[[gnu::noinline]] void compute(const Tile& t) {
  Register sum[rows][registers];
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < registers; ++v) sum[r][v] = Register(0.0f);
  const i64 a_row = by_row ? t.lda : 1, a_step = by_row ? 1 : kRows, b_step = pack ? t.ldb : kWidth;
  const float *a = t.a, *b = t.b;
  float* panel = t.panel;
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r) {
    __builtin_prefetch(t.c + r * t.ldc);
    __builtin_prefetch(t.c + r * t.ldc + registers * kLanes - 1);
  }
  for (i64 p = 0; p < t.k;) {
    const i64 line = p + t.part, end = std::min(t.k, p + t.parts);
    const float* const next = t.next + line % 16 * t.next_row + line / 16 * t.next_block;
    __builtin_prefetch(next);
    __builtin_prefetch(next + t.also);
    for (; p < end; ++p, a += a_step, b += b_step, panel += kWidth) {
      Register x[registers];
#pragma GCC unroll 4
      for (int v = 0; v < registers; ++v) {
        x[v] = Register::load_unaligned(b + v * kLanes);
        if constexpr (pack) x[v].store_aligned(panel + v * kLanes);
      }
#pragma GCC unroll 16
      for (int r = 0; r < rows; ++r) {
        const Register y(a[r * a_row]);
#pragma GCC unroll 4
        for (int v = 0; v < registers; ++v) sum[r][v] = xsimd::fma(y, x[v], sum[r][v]);
      }
    }
  }
  float* c = t.c;
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r, c += t.ldc)
#pragma GCC unroll 4
    for (int v = 0; v < registers; ++v) {
      if (t.add) sum[r][v] += Register::load_unaligned(c + v * kLanes);
      sum[r][v].store_unaligned(c + v * kLanes);
    }
}

using Compute = void (*)(const Tile&);

template <int registers, bool pack, bool by_row>
Compute of_rows(i64 rows) {
  static constexpr auto all = []<int... r>(std::integer_sequence<int, r...>) {
    return std::array<Compute, kRows>{compute<r + 1, registers, pack, by_row>...};
  }
  (std::make_integer_sequence<int, kRows>{});
  return all[static_cast<std::size_t>(rows - 1)];
}

template <bool pack, bool by_row>
Compute of_width(i64 rows, i64 width) {
  return width <= kLanes ? of_rows<1, pack, by_row>(rows) : of_rows<2, pack, by_row>(rows);
}

struct Product {
  bool ta, tb;
  i64 m, n, k;
  const float* a;
  i64 lda;
  const float* b;
  i64 ldb;
  bool add;
  float* c;
  i64 ldc;
};

/// A block of rows and of k.
class Block {
 public:
  Block(const Product& of, i64 top, i64 tall, i64 from, i64 deep)
      : of_(of), mine_(Scratch::mine()), top_(top), from_(from), deep_(deep), tiles_(parts_of(tall, kRows)) {
    for (i64 s = 0; s <= tiles_; ++s) first_[s] = begin_of(s, tiles_, tall);
  }

  void run() {
    if (of_.ta) pack_strips();
    for (i64 column = 0; column < of_.n; column += kWidth) multiply(column, std::min(kWidth, of_.n - column));
  }

 private:
  i64 of_b(i64 column) const { return of_.tb ? column * of_.ldb + from_ : from_ * of_.ldb + column; }
  i64 strip() const { return kRows * deep_ + kLanes; }

  void pack_strips() {
    static_assert(kRows <= kLanes);
    const float* const end = of_.a + (of_.k - 1) * of_.lda + of_.m;
    for (i64 p = 0; p < deep_; ++p) {
      const float* x = of_.a + (from_ + p) * of_.lda + top_;
      float* y = mine_.strips + p * kRows;
      for (i64 s = 0; s < tiles_; ++s, y += strip()) {
        const float* row = x + first_[s];
        if (row + kLanes <= end)  // what is too much of it, the next p replaces
          Register::load_unaligned(row).store_unaligned(y);
        else
          std::copy(row, x + first_[s + 1], y);
      }
    }
  }

  // For the columns of a panel that are no whole registers: the numbers behind them may be anything.
  void pack_narrow(const float* x, i64 width) {
    const float* const end = of_.b + (of_.k - 1) * of_.ldb + of_.n;
    float* y = mine_.panel;
    for (i64 p = 0; p < deep_; ++p, x += of_.ldb, y += kWidth) {
      if (x + kWidth > end) {
        std::copy_n(x, width, y);
        continue;
      }
      Register::load_unaligned(x).store_aligned(y);
      Register::load_unaligned(x + kLanes).store_aligned(y + kLanes);
    }
  }

  void multiply(i64 column, i64 width) {
    const i64 whole = width <= kLanes ? kLanes : kWidth;
    const float* b = of_.b + of_b(column);
    bool packed = true;
    if (of_.tb)
      simd::transpose(width, deep_, b, of_.ldb, mine_.panel, kWidth);
    else if (width < whole)
      pack_narrow(b, width);
    else
      packed = false;
    // A panel's rows lie too far from each other for the processor to guess the next one.
    const float* next = column + kWidth < of_.n ? of_.b + of_b(column + kWidth) : b;
    for (i64 s = 0; s < tiles_; ++s, packed = true) {
      const i64 rows = first_[s + 1] - first_[s], row = top_ + first_[s];
      const Tile t{deep_,
                   of_.ta ? mine_.strips + s * strip() : of_.a + row * of_.lda + from_,
                   of_.lda,
                   packed ? mine_.panel : b,
                   of_.ldb,
                   mine_.panel,
                   of_.c + row * of_.ldc + column,
                   of_.ldc,
                   of_.add || from_ > 0,
                   s,
                   tiles_,
                   next,
                   of_.ldb,
                   of_.tb ? 16 : 16 * of_.ldb,
                   of_.tb && kWidth > 16 ? 16 * of_.ldb : kWidth - 1};
      const Compute compute = packed ? of_.ta ? of_width<false, false>(rows, width) : of_width<false, true>(rows, width)
                              : of_.ta ? of_width<true, false>(rows, width)
                                       : of_width<true, true>(rows, width);
      if (width < whole)
        aside(compute, t, rows, width);
      else
        compute(t);
    }
  }

  // A tile that is narrower than its registers is computed beside c.
  void aside(Compute compute, Tile t, i64 rows, i64 width) {
    float* const c = std::exchange(t.c, mine_.aside);
    const i64 ldc = std::exchange(t.ldc, kWidth);
    for (i64 r = 0; t.add && r < rows; ++r) std::copy_n(c + r * ldc, width, t.c + r * kWidth);
    compute(t);
    for (i64 r = 0; r < rows; ++r) std::copy_n(t.c + r * kWidth, width, c + r * ldc);
  }

  const Product& of_;
  Scratch& mine_;
  i64 top_, from_, deep_, tiles_;
  i64 first_[kTiles + 1];
};

}  // namespace

// For small products OpenBLAS has kernels of their own on AVX-512, a fifth quicker than ours; on AVX2 it is as quick
// where a is transposed.
bool suits(bool ta, bool tb, i64 m, i64 n, i64 k) {
  constexpr i64 kSmall = 1'000'000;  // multiplications
  if (kLanes < 8 || n < kLanes) return false;
  return tb || m * n * k > kSmall || (kLanes == 8 && !ta);
}

void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const float* a, i64 lda, const float* b, i64 ldb, bool add, float* c,
          i64 ldc) {
  const Product of{ta, tb, m, n, k, a, lda, b, ldb, add, c, ldc};
  const i64 talls = parts_of(m, kTall), depths = parts_of(k, kDepth);
  for (i64 i = 0; i < talls; ++i) {
    const i64 top = begin_of(i, talls, m), bottom = begin_of(i + 1, talls, m);
    for (i64 d = 0; d < depths; ++d) {
      const i64 from = begin_of(d, depths, k), to = begin_of(d + 1, depths, k);
      Block(of, top, bottom - top, from, to - from).run();
    }
  }
}

}  // namespace ubp::product
