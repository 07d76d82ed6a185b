// SPDX-License-Identifier: MIT
#include "engine/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include <Random123/philox.h>

#include "base/hash.hpp"
#include "engine/simd.hpp"

namespace ubp {
namespace {

/// One block, two words of 64 bits.
std::array<std::uint64_t, 2> block(std::uint64_t key, std::uint64_t position) {
  const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
  const auto r = r123::Philox4x32()({{low(position), low(position >> 32)}}, {{low(key), low(key >> 32)}});
  return {std::uint64_t{r[1]} << 32 | r[0], std::uint64_t{r[3]} << 32 | r[2]};
}

/// Neighbouring blocks, word by word: the same rounds, but those of all blocks at once in vector registers.
/// So many that the compiler keeps the loops over them as loops, and vectorises them.
constexpr std::size_t kBlocks = 64;
struct Words {
  alignas(64) std::uint32_t w[4][kBlocks];

  Words(std::uint64_t key, std::uint64_t position) {
    auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
    for (std::size_t k = 0; k < kBlocks; ++k) {
      w[0][k] = static_cast<std::uint32_t>(position + k);
      w[1][k] = static_cast<std::uint32_t>((position + k) >> 32);
      w[2][k] = w[3][k] = 0;
    }
    for (int round = 0; round < 10; ++round) {
      for (std::size_t k = 0; k < kBlocks; ++k) {
        const std::uint64_t a = std::uint64_t{PHILOX_M4x32_0} * w[0][k], b = std::uint64_t{PHILOX_M4x32_1} * w[2][k];
        w[0][k] = static_cast<std::uint32_t>(b >> 32) ^ w[1][k] ^ k0;
        w[2][k] = static_cast<std::uint32_t>(a >> 32) ^ w[3][k] ^ k1;
        w[1][k] = static_cast<std::uint32_t>(b);
        w[3][k] = static_cast<std::uint32_t>(a);
      }
      k0 += PHILOX_W32_0;
      k1 += PHILOX_W32_1;
    }
  }
  std::uint64_t wide(std::size_t j, std::size_t k) const { return std::uint64_t{w[2 * j + 1][k]} << 32 | w[2 * j][k]; }
};

/// out[per * k + j] = value(words)[j][k], and the position behind the last block used. `value` fills T [per][kBlocks].
template <std::size_t per, class T, class F>
std::uint64_t fill(std::uint64_t key, std::uint64_t position, std::span<T> out, F value) {
  const auto size = static_cast<std::int64_t>(out.size()), step = static_cast<std::int64_t>(per * kBlocks);
  parallel_rows((size + step - 1) / step, step, [&](std::int64_t lo, std::int64_t hi) {
    alignas(64) T v[per][kBlocks];
    for (auto at = static_cast<std::size_t>(lo * step); at < static_cast<std::size_t>(std::min(size, hi * step));
         at += per * kBlocks) {
      value(Words(key, position + at / per), v);
      const std::size_t n = std::min(out.size() - at, per * kBlocks);
      if (n == per * kBlocks) {
        for (std::size_t k = 0; k < kBlocks; ++k)
          for (std::size_t j = 0; j < per; ++j) out[at + per * k + j] = v[j][k];
      } else {
        for (std::size_t i = 0; i < n; ++i) out[at + i] = v[i % per][i / per];
      }
    }
  });
  return position + (out.size() + per - 1) / per;
}

/// Box-Muller: (u1, u2) in place become two independent normals. u1 in (0, 1], u2 in turns.
template <class T>
void box_muller(T* u1, T* u2, double mean, double sd) {
  using B = simd::Batch<T>;
  const B m(static_cast<T>(mean)), s(static_cast<T>(sd));
  for (std::size_t i = 0; i < kBlocks; i += B::size) {
    const B r = s * xsimd::sqrt(B(T(-2)) * xsimd::log(B::load_aligned(u1 + i)));
    const auto [sine, cosine] = xsimd::sincos(B(static_cast<T>(2 * std::numbers::pi)) * B::load_aligned(u2 + i));
    (m + r * cosine).store_aligned(u1 + i);
    (m + r * sine).store_aligned(u2 + i);
  }
}

template <class T>
std::uint64_t fill_uniform(std::uint64_t key, std::uint64_t position, std::span<T> out, double lo, double hi) {
  const T a = static_cast<T>(lo), scale = static_cast<T>(hi - lo);
  const T last = std::max(a, std::nextafter(static_cast<T>(hi), a));  // rounding must not reach hi
  if constexpr (sizeof(T) == 4)
    return fill<4>(key, position, out, [=](const Words& r, T(&v)[4][kBlocks]) {
      for (std::size_t j = 0; j < 4; ++j)
        for (std::size_t k = 0; k < kBlocks; ++k)
          v[j][k] =
              std::min(last, a + scale * (static_cast<T>(static_cast<std::int32_t>(r.w[j][k] >> 8)) * T(0x1p-24)));
    });
  else
    return fill<2>(key, position, out, [=](const Words& r, T(&v)[2][kBlocks]) {
      for (std::size_t j = 0; j < 2; ++j)
        for (std::size_t k = 0; k < kBlocks; ++k)
          v[j][k] =
              std::min(last, a + scale * (static_cast<T>(static_cast<std::int64_t>(r.wide(j, k) >> 11)) * T(0x1p-53)));
    });
}

template <class T>
std::uint64_t fill_bernoulli(std::uint64_t key, std::uint64_t position, std::span<T> out, double p) {
  const auto limit = static_cast<std::uint64_t>(std::clamp(p, 0.0, 1.0) * 0x1p32);
  return fill<4>(key, position, out, [=](const Words& r, T(&v)[4][kBlocks]) {
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t k = 0; k < kBlocks; ++k) v[j][k] = r.w[j][k] < limit ? T(1) : T(0);
  });
}

/// floor(u n / 2^128) for a 128-bit u: the bias is below n / 2^128.
std::uint64_t scaled(std::uint64_t high, std::uint64_t low, std::uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{high} * n + static_cast<std::uint64_t>(Wide{low} * n >> 64)) >> 64);
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name)
    : key_(hash64("ubp stream " + std::to_string(seed) + " " + std::string(name))) {}

void Random::words(std::span<std::uint64_t> out) {
  position_ = fill<2>(key_, position_, out, [](const Words& r, std::uint64_t(&v)[2][kBlocks]) {
    for (std::size_t j = 0; j < 2; ++j)
      for (std::size_t k = 0; k < kBlocks; ++k) v[j][k] = r.wide(j, k);
  });
}

void Random::uniform(std::span<float> out, double lo, double hi) {
  position_ = fill_uniform(key_, position_, out, lo, hi);
}
void Random::uniform(std::span<double> out, double lo, double hi) {
  position_ = fill_uniform(key_, position_, out, lo, hi);
}

void Random::normal(std::span<float> out, double mean, double sd) {
  position_ = fill<4>(key_, position_, out, [=](const Words& r, float(&v)[4][kBlocks]) {
    for (std::size_t j = 0; j < 4; j += 2) {
      for (std::size_t k = 0; k < kBlocks; ++k) {
        v[j][k] = static_cast<float>(r.w[j][k]) * 0x1p-32f + 0x1p-33f;  // all 32 bits: tails to 6.7 sd
        v[j + 1][k] = static_cast<float>(r.w[j + 1][k]) * 0x1p-32f;
      }
      box_muller(v[j], v[j + 1], mean, sd);
    }
  });
}

void Random::normal(std::span<double> out, double mean, double sd) {
  position_ = fill<2>(key_, position_, out, [=](const Words& r, double(&v)[2][kBlocks]) {
    for (std::size_t k = 0; k < kBlocks; ++k) {
      v[0][k] = static_cast<double>((r.wide(0, k) >> 11) + 1) * 0x1p-53;
      v[1][k] = static_cast<double>(r.wide(1, k) >> 11) * 0x1p-53;
    }
    box_muller(v[0], v[1], mean, sd);
  });
}

void Random::bernoulli(std::span<float> out, double p) { position_ = fill_bernoulli(key_, position_, out, p); }
void Random::bernoulli(std::span<double> out, double p) { position_ = fill_bernoulli(key_, position_, out, p); }

std::uint64_t Random::below(std::uint64_t n) {
  const auto [low, high] = block(key_, position_++);
  return scaled(high, low, n);
}

void Random::permutation(std::span<i64> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {  // inside out: no second pass
    const std::size_t j = below(i + 1);
    out[i] = out[j];
    out[j] = static_cast<i64>(i);
  }
}

double Random::next_uniform() { return static_cast<double>(block(key_, position_++)[0] >> 11) * 0x1p-53; }

}  // namespace ubp
