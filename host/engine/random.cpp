// SPDX-License-Identifier: MIT
#include "engine/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <Random123/philox.h>

#include "base/hash.hpp"
#include "engine/simd.hpp"

namespace ubp {
namespace {

using Philox = r123::Philox4x32;

Philox::ctr_type block(std::uint64_t key, std::uint64_t position) {
  const Philox::ctr_type counter = {{static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32)}};
  const Philox::key_type k = {{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
  return Philox()(counter, k);
}

/// Sixteen neighbouring blocks, word by word, so that the compiler can work on all of them at once.
constexpr std::size_t kBlocks = 16;
struct Words {
  alignas(64) std::uint32_t w[4][kBlocks];

  Words(std::uint64_t key, std::uint64_t position) {
    for (std::size_t k = 0; k < kBlocks; ++k) {
      const auto r = block(key, position + k);
      for (std::size_t j = 0; j < 4; ++j) w[j][k] = r[j];
    }
  }
  std::uint64_t wide(std::size_t j, std::size_t k) const { return std::uint64_t{w[2 * j + 1][k]} << 32 | w[2 * j][k]; }
};

/// out[per * k + j] = value(words)[j][k], and the position behind the last block used. `value` fills T [per][kBlocks].
template <std::size_t per, class T, class F>
std::uint64_t fill(std::uint64_t key, std::uint64_t position, std::span<T> out, F value) {
  alignas(64) T v[per][kBlocks];
  for (std::size_t at = 0; at < out.size(); at += per * kBlocks) {
    value(Words(key, position + at / per), v);
    const std::size_t n = std::min(out.size() - at, per * kBlocks);
    if (n == per * kBlocks) {
      for (std::size_t k = 0; k < kBlocks; ++k)
        for (std::size_t j = 0; j < per; ++j) out[at + per * k + j] = v[j][k];
    } else {
      for (std::size_t i = 0; i < n; ++i) out[at + i] = v[i % per][i / per];
    }
  }
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
          v[j][k] = std::min(last, a + scale * (static_cast<T>(static_cast<std::int32_t>(r.w[j][k] >> 8)) * T(0x1p-24)));
    });
  else
    return fill<2>(key, position, out, [=](const Words& r, T(&v)[2][kBlocks]) {
      for (std::size_t j = 0; j < 2; ++j)
        for (std::size_t k = 0; k < kBlocks; ++k)
          v[j][k] = std::min(last, a + scale * (static_cast<T>(static_cast<std::int64_t>(r.wide(j, k) >> 11)) * T(0x1p-53)));
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
  std::uint64_t r[2];
  words(r);
  return scaled(r[0], r[1], n);
}

void Random::permutation(std::span<i64> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {  // inside out: no second pass
    const std::size_t j = below(i + 1);
    out[i] = out[j];
    out[j] = static_cast<i64>(i);
  }
}

double Random::next_uniform() {
  double u[1];
  uniform(u, 0, 1);
  return u[0];
}

}  // namespace ubp
