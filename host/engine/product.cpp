// SPDX-License-Identifier: MIT
// The products of a training step: small or middling, each operand seen once a step.
//
// A tile of c, kRows x 2 registers, stays in registers while k runs. The panel of b that it meets, two registers wide,
// is packed by the first tile that reads it (stores hidden behind the arithmetic) and waits in L1 for the tiles below;
// a is read where it lies, unless it is stored transposed: then its rows are packed in strips, one a tile. Blocks of k
// keep the panel in L1, blocks of rows those of a in L2: Goto and van de Geijn, ACM TOMS 34(3), 2008, with a and b
// swapped. Rows are dealt evenly to the tiles, as 6, 6, 5, 5, 5, 5 of 32: a tile of few rows waits for its own sums.
//
// A b that is stored transposed has its rows where an a has them. Where it is the larger matrix, b a^T is computed
// instead, and the tiles, not b, are transposed.
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
constexpr i64 kTall = 240, kWide = 64;
constexpr i64 kTiles = kTall / kRows;
constexpr i64 kLine = 16, kAhead = 4 * kLine;  // numbers in a line of the cache; of a that are fetched ahead

/// A part of 0 .. n when it is dealt evenly: the i-th begins here.
i64 begin_of(i64 i, i64 parts, i64 n) { return n * i / parts; }
i64 parts_of(i64 n, i64 most) { return (n + most - 1) / most; }

/// Memory of one product, kept for the next one of this thread.
struct Scratch {
  alignas(64) float panels[kDepth * kWide];                      // of b; one of them, unless its tiles are transposed
  alignas(64) float strips[kTiles * (kRows * kDepth + kLanes)];  // a whole register may be stored at a strip's end
  alignas(64) float aside[kTall * kWidth];

  static Scratch& mine() {
    thread_local const auto scratch = std::make_unique<Scratch>();
    return *scratch;
  }
};

/// How the tiles of a panel read and write; `a`, `c` and `next` move from tile to tile.
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
  i64 chunk;          ///< after so many steps of k a line of what is read next is fetched
  const float* next;  ///< where that begins
  i64 next_step;
  i64 line = 0;            ///< columns: the first
  float* zeros = nullptr;  ///< a register to which what is written is added, times 0; null: nobody asks
};

/// What is fetched meanwhile.
enum class Fetch {
  panel,    ///< rows of the next panel, one `next_step` behind the other
  columns,  ///< likewise of one that is transposed: lines of its columns, which lie next_step apart
  rows      ///< a, some lines ahead; `next` is the next tile's
};

template <int rows, int registers, bool pack, bool by_row, Fetch fetch>
[[gnu::noinline]] void compute(const Tile& t) {
  Register sum[rows][registers];
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < registers; ++v) sum[r][v] = Register(0.0f);
  const i64 a_row = by_row ? t.lda : 1, a_step = by_row ? 1 : kRows, b_step = pack ? t.ldb : kWidth;
  const i64 ldc = t.ldc, chunk = t.chunk, next_step = t.next_step;
  const float *a = t.a, *b = t.b, *next = t.next;
  float *panel = t.panel, *const c = t.c;
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r) {
    __builtin_prefetch(c + r * ldc);
    __builtin_prefetch(c + r * ldc + registers * kLanes - 1);
  }
  for (i64 left = t.k; left > 0;) {
    if constexpr (fetch == Fetch::rows) {
      const float* const line = left > kAhead ? a + kAhead : next + (kAhead - left);
#pragma GCC unroll 16
      for (int r = 0; r < rows; ++r) __builtin_prefetch(line + r * a_row);
    } else if constexpr (fetch == Fetch::columns) {
      const i64 line = t.line + t.k - left;
      __builtin_prefetch(next + line % kWidth * next_step + line / kWidth * kLine);
    } else {
      __builtin_prefetch(next);
      __builtin_prefetch(next + kWidth - 1);
      next += next_step;
    }
    i64 n = std::min(left, chunk);
    left -= n;
    do {
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
      a += a_step;
      b += b_step;
      if constexpr (pack) panel += kWidth;
    } while (--n);
  }
  if (t.add)
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < registers; ++v) sum[r][v] += Register::load_unaligned(c + r * ldc + v * kLanes);
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < registers; ++v) sum[r][v].store_unaligned(c + r * ldc + v * kLanes);
  if (!t.zeros) return;
  const Register zero(0.0f);
  Register found[2] = {Register::load_aligned(t.zeros), zero};
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < registers; ++v) found[r % 2] = xsimd::fma(sum[r][v], zero, found[r % 2]);
  (found[0] + found[1]).store_aligned(t.zeros);
}

using Compute = void (*)(const Tile&);

/// What computes tiles of 1, 2, ... rows.
using Computes = std::array<Compute, kRows>;

template <int registers, bool pack, bool by_row, Fetch fetch>
constexpr Computes kComputes = []<int... r>(std::integer_sequence<int, r...>) {
  return Computes{compute<r + 1, registers, pack, by_row, fetch>...};
}
(std::make_integer_sequence<int, kRows>{});

template <bool pack, bool by_row, Fetch fetch = Fetch::panel>
const Computes& of_width(i64 width) {
  return width <= kLanes ? kComputes<1, pack, by_row, fetch> : kComputes<2, pack, by_row, fetch>;
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
  float* zeros = nullptr;
};

/// The rows of a block, dealt to its tiles.
struct Deal {
  i64 tiles;
  i64 first[kTiles + 1];

  explicit Deal(i64 tall) : tiles(parts_of(tall, kRows)) {
    const i64 each = tall / tiles, rest = tall % tiles;  // first[s] = begin_of(s, tiles, tall), without dividing
    for (i64 s = 0, at = 0, over = 0; s <= tiles; ++s) {
      first[s] = at;
      at += each;
      if ((over += rest) >= tiles) over -= tiles, ++at;
    }
  }
  i64 rows(i64 s) const { return first[s + 1] - first[s]; }
};

/// A block of rows and of k.
class Block {
 public:
  Block(const Product& of, i64 top, i64 tall, i64 from, i64 deep)
      : of_(of), mine_(Scratch::mine()), top_(top), from_(from), deep_(deep), deal_(tall) {}

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
    for (i64 s = 0; s < deal_.tiles; ++s) {
      const float* row = of_.a + from_ * of_.lda + top_ + deal_.first[s];
      float* y = mine_.strips + s * strip();
      for (i64 p = 0; p < deep_; ++p, row += of_.lda, y += kRows)
        if (row + kLanes <= end)  // what is too much of it, the next p replaces
          Register::load_unaligned(row).store_unaligned(y);
        else
          std::copy_n(row, deal_.rows(s), y);
    }
  }

  // For the columns of a panel that are no whole registers: the numbers behind them may be anything.
  void pack_narrow(const float* x, i64 width) {
    const float* const end = of_.b + (of_.k - 1) * of_.ldb + of_.n;
    float* y = mine_.panels;
    for (i64 p = 0; p < deep_; ++p, x += of_.ldb, y += kWidth) {
      if (x + kWidth > end) {
        std::copy_n(x, width, y);
        continue;
      }
      Register::load_unaligned(x).store_aligned(y);
      Register::load_unaligned(x + kLanes).store_aligned(y + kLanes);
    }
  }

  const Computes& computes(bool packed, i64 width) const {
    if (of_.tb)
      return of_.ta ? of_width<false, false, Fetch::columns>(width) : of_width<false, true, Fetch::columns>(width);
    if (packed) return of_.ta ? of_width<false, false>(width) : of_width<false, true>(width);
    return of_.ta ? of_width<true, false>(width) : of_width<true, true>(width);
  }

  void multiply(i64 column, i64 width) {
    const i64 whole = width <= kLanes ? kLanes : kWidth, tiles = deal_.tiles;
    const float* b = of_.b + of_b(column);
    bool packed = true;
    if (of_.tb)
      simd::transpose(width, deep_, b, of_.ldb, mine_.panels, kWidth);
    else if (width < whole)
      pack_narrow(b, width);
    else
      packed = false;
    // A panel's rows lie too far from each other for the processor to guess the next one.
    const float* next = column + kWidth < of_.n ? of_.b + of_b(column + kWidth) : b;
    Tile t{deep_,
           nullptr,
           of_.lda,
           packed ? mine_.panels : b,
           of_.ldb,
           mine_.panels,
           nullptr,
           of_.ldc,
           of_.add || from_ > 0,
           tiles,
           next,
           of_.tb ? of_.ldb : tiles * of_.ldb};
    if (from_ + deep_ == of_.k) t.zeros = of_.zeros;
    const float* const a = of_.ta ? mine_.strips : of_.a + top_ * of_.lda + from_;
    float* const c = of_.c + top_ * of_.ldc + column;
    const i64 next_tile = of_.tb ? 0 : of_.ldb;
    const Computes *now = &computes(packed, width), *then = &computes(true, width);
    for (i64 s = 0; s < tiles; ++s, now = then, t.next += next_tile) {
      const i64 rows = deal_.rows(s);
      t.a = a + (of_.ta ? s * strip() : deal_.first[s] * of_.lda);
      t.c = c + deal_.first[s] * of_.ldc;
      t.line = s;
      const Compute compute = (*now)[static_cast<std::size_t>(rows - 1)];
      if (width < whole)
        aside(compute, t, rows, width);
      else
        compute(t);
      t.b = mine_.panels;
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
  i64 top_, from_, deep_;
  Deal deal_;
};

/// A block of k of c [m,n] = a b^T, as c^T = b a^T: the panels of a^T wait in L2 for rows of b. REQUIRES: m <= kWide
class Turned {
 public:
  Turned(const Product& of, i64 from, i64 deep) : of_(of), mine_(Scratch::mine()), from_(from), deep_(deep) {
    for (i64 column = 0; column < of_.m; column += kWidth)
      simd::transpose(std::min(kWidth, of_.m - column), deep_, of_.a + column * of_.lda + from_, of_.lda, panel(column),
                      kWidth);
  }

  void run() const {
    const i64 talls = parts_of(of_.n, kTall);
    for (i64 i = 0; i < talls; ++i) {
      const i64 top = begin_of(i, talls, of_.n);
      const Deal deal(begin_of(i + 1, talls, of_.n) - top);
      for (i64 column = 0; column < of_.m; column += kWidth) multiply(top, deal, column);
    }
  }

 private:
  float* panel(i64 column) const { return mine_.panels + column * deep_; }

  void multiply(i64 top, const Deal& deal, i64 column) const {
    const i64 width = std::min(kWidth, of_.m - column), tall = deal.first[deal.tiles];
    const float* b = of_.b + top * of_.ldb + from_;
    Tile t{deep_, nullptr, of_.ldb, panel(column), 0, nullptr, nullptr, kWidth, false, kLine, nullptr, 0};
    const Computes& computes = of_width<false, true, Fetch::rows>(width);
    for (i64 s = 0; s < deal.tiles; ++s) {
      const i64 rows = deal.rows(s);
      t.a = b + deal.first[s] * of_.ldb;
      t.c = mine_.aside + deal.first[s] * kWidth;
      t.next = s + 1 < deal.tiles ? t.a + rows * of_.ldb : t.a;
      computes[static_cast<std::size_t>(rows - 1)](t);
    }
    float* const c = of_.c + column * of_.ldc + top;
    if (of_.add || from_ > 0)
      simd::transpose<true>(tall, width, mine_.aside, kWidth, c, of_.ldc);
    else
      simd::transpose(tall, width, mine_.aside, kWidth, c, of_.ldc);
  }

  const Product& of_;
  Scratch& mine_;
  i64 from_, deep_;
};

/// f(begin, length) of each part of 0 .. n, evenly dealt.
template <class F>
void for_parts(i64 n, i64 most, F f) {
  const i64 parts = parts_of(n, most);
  for (i64 i = 0; i < parts; ++i) f(begin_of(i, parts, n), begin_of(i + 1, parts, n) - begin_of(i, parts, n));
}

/// Whether less is transposed if it is a and c, and a's panels leave the rows of b their room in the cache: measured.
bool turns(bool ta, bool tb, i64 m, i64 n, i64 k) {
  return tb && !ta && m * (k + n) < n * k && (m <= kWide / 2 || (m <= kWide && n <= k));
}

}  // namespace

// For small products OpenBLAS has kernels of their own on AVX-512, a fifth quicker than ours; on AVX2 it is as quick
// where a is transposed.
bool suits(bool ta, bool tb, i64 m, i64 n, i64 k) {
  constexpr i64 kSmall = 1'000'000;  // multiplications
  if (kLanes < 8 || n < kLanes) return false;
  return tb || m * n * k > kSmall || (kLanes == 8 && !ta);
}

void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const float* a, i64 lda, const float* b, i64 ldb, bool add, float* c,
          i64 ldc, bool* finite) {
  alignas(64) float zeros[kLanes] = {};
  const bool turned = turns(ta, tb, m, n, k), looks = finite && !turned;
  const Product of{ta, tb, m, n, k, a, lda, b, ldb, add, c, ldc, looks ? zeros : nullptr};
  if (turned)
    for_parts(k, kDepth, [&](i64 from, i64 deep) { Turned(of, from, deep).run(); });
  else
    for_parts(m, kTall, [&](i64 top, i64 tall) {
      for_parts(k, kDepth, [&](i64 from, i64 deep) { Block(of, top, tall, from, deep).run(); });
    });
  // The sum of what is finite, times 0, is 0; a nan or an infinity makes it a nan.
  if (finite) *finite = looks && std::all_of(zeros, zeros + kLanes, [](float v) { return v == 0; });
}

}  // namespace ubp::product
