// SPDX-License-Identifier: MIT
#include "search/sobol.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>

#include <fmt/format.h>

#include "search/sobol_directions.hpp"

namespace ubp::search {
namespace {

constexpr int kBits = 32;

static_assert(std::size(kSobolDirections) == kSobolDimensions);

/// Direction numbers of all bits: the first ones are given, each later one follows from as many before it as the
/// polynomial has degrees (Joe & Kuo, equation 2).
std::array<std::uint32_t, kBits> directions(const SobolDirections& given) {
  const int degree = std::bit_width(given.polynomial) - 1;
  std::array<std::uint32_t, kBits> v{};
  for (int j = 0; j < kBits; ++j) {
    if (degree == 0 || j < degree) {
      v[j] = (degree == 0 ? 1 : given.m[j]) << (kBits - 1 - j);
      continue;
    }
    v[j] = v[j - degree] ^ (v[j - degree] >> degree);
    for (int k = 1; k < degree; ++k)
      if (given.polynomial >> (degree - k) & 1) v[j] ^= v[j - k];
  }
  return v;
}

}  // namespace

std::uint32_t sobol(std::uint32_t index, std::size_t dimension) {
  const std::array<std::uint32_t, kBits> v = directions(kSobolDirections[dimension]);
  std::uint32_t x = 0;
  for (std::uint32_t gray = index ^ index >> 1; gray; gray &= gray - 1) x ^= v[std::countr_zero(gray)];
  return x;
}

std::uint32_t scrambled_sobol(std::uint32_t index, std::size_t dimension, std::uint64_t seed) {
  const std::uint32_t x = sobol(index, dimension);
  Random node(seed, fmt::format("sweep/sobol/{}", dimension));
  std::uint32_t scrambled = 0;
  for (int bit = 0; bit < kBits; ++bit) {
    // Nodes are numbered as in a heap: the root is 1, the children of n are 2n and 2n + 1.
    node.seek((std::uint64_t{1} << bit) | std::uint64_t{x} >> (kBits - bit));
    const bool exchanged = node.next_uniform() < 0.5;
    scrambled |= ((x >> (kBits - 1 - bit) & 1) ^ exchanged) << (kBits - 1 - bit);
  }
  return scrambled;
}

Point SobolSampler::propose(const Question& question) {
  if (question.attempt > 0) return uniform_point(question);
  Random random = question.stream("sobol");
  std::vector<double> u(question.space.size());
  for (std::size_t i = 0; i < u.size(); ++i)
    u[i] = i < kSobolDimensions
               ? (scrambled_sobol(static_cast<std::uint32_t>(question.number), i, question.seed) + 0.5) * 0x1p-32
               : random.next_uniform();
  return point_at(question.space, u);
}

}  // namespace ubp::search
