// SPDX-License-Identifier: MIT
// Random numbers in bulk for transforms: what Hash gives one by one, several at a time.
#pragma once

#include <ubp/core.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {
namespace detail {

/// A bijection of 32 bits without visible pattern (C. Wellons, hash-prospector, "lowbias32").
inline std::uint32_t mixed(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

/// For 0 < x <= 1, to 3e-7 of its size: x = 2^e m with m in [0.71, 1.42), and log m = 2 artanh((m - 1) / (m + 1)).
inline float fast_log(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const std::uint32_t shifted = bits - 0x3f3504f3u;  // of sqrt(1/2)
  const auto e = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
  bits = (shifted & 0x007fffffu) + 0x3f3504f3u;
  float m;
  std::memcpy(&m, &bits, sizeof m);
  const float t = (m - 1) / (m + 1), q = t * t;
  return 0.69314718f * e + t * (2 + q * (0.66666667f + q * (0.4f + q * (0.28571429f + q * 0.22222222f))));
}

}  // namespace detail

/// out[0 .. n) ~ N(0, 1), a pure function of `seed`. Box and Muller's pairs, from two words each; no number beyond 5.8.
template <class T = float>
UBP_VECTORIZED void normals(std::uint64_t seed, T* __restrict out, std::int64_t n) {
  static_assert(std::is_same_v<T, float>);
  const std::uint64_t keys = Hash(seed).word();
  const auto first = static_cast<std::uint32_t>(keys), second = static_cast<std::uint32_t>(keys >> 32);
  constexpr std::int64_t kBlock = 256;
  float cosines[kBlock], sines[kBlock];
  for (std::int64_t at = 0; at < n; at += 2 * kBlock) {
    for (std::int64_t k = 0; k < kBlock; ++k) {
      const auto count = static_cast<std::uint32_t>(at / 2 + k);
      const std::uint32_t a = detail::mixed(count + first), b = detail::mixed(count + second);
      const float u = static_cast<float>(static_cast<std::int32_t>(a >> 8) + 1) * 0x1p-24f;
      const float length = std::sqrt(-2 * detail::fast_log(u));
      // An angle within +-pi/4, then one of four quarter turns.
      const float x = static_cast<float>(static_cast<std::int32_t>(b << 2) >> 8) * (0x1p-24f * 1.57079633f), q = x * x;
      const float s = x * (1 + q * (-0.16666667f + q * (8.3333333e-3f + q * -1.9841270e-4f)));
      const float c = 1 + q * (-0.5f + q * (4.1666667e-2f + q * (-1.3888889e-3f + q * 2.4801587e-5f)));
      const bool turned = b >> 31, negative = (b >> 30) & 1;
      const float scale = negative ? -length : length;
      cosines[k] = scale * (turned ? s : c);
      sines[k] = scale * (turned ? c : s);
    }
    const std::int64_t left = n - at, half = left < 2 * kBlock ? (left + 1) / 2 : kBlock;
    for (std::int64_t k = 0; k < half; ++k) out[at + k] = cosines[k];
    for (std::int64_t k = half; k < 2 * kBlock && k < left; ++k) out[at + k] = sines[k - half];
  }
}

}  // namespace v0
}  // namespace ubp
