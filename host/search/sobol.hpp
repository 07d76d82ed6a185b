// SPDX-License-Identifier: MIT
// A low-discrepancy sequence: points that are more even than random ones, in every projection on few dimensions.
//
// I. M. Sobol', USSR Comput. Math. Math. Phys. 7(4), 1967; in Gray-code order: I. A. Antonov and V. M. Saleev, 1979.
// Scrambled as A. B. Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995: every node of the binary tree
// of intervals exchanges its halves or not, by a random bit of its own. The bit comes from a counter-based stream at
// the node's number, so that a point takes no state and no table. (Faster hashes - B. Burley, JCGT 9(4), 2020 - are
// such a permutation only nearly, and time is no matter at one point a proposal; a linear scramble and a shift do not
// have the variance of Owen's.)
#pragma once

#include <cstdint>

#include "search/sampler.hpp"

namespace ubp::search {

constexpr std::size_t kSobolDimensions = 64;

/// Coordinate `dimension` of point `index`, in units of 2^-32.
/// REQUIRES: dimension < kSobolDimensions.
std::uint32_t sobol(std::uint32_t index, std::size_t dimension);

/// The same, scrambled: over all seeds uniform in 0 .. 2^32 - 1, and still as even for each seed.
std::uint32_t scrambled_sobol(std::uint32_t index, std::size_t dimension, std::uint64_t seed);

/// Config k gets point k, whatever became of those before it; dimensions from kSobolDimensions on are uniformly random.
/// An attempt after the first is a uniformly random point: the sequence's next ones belong to later configs.
class SobolSampler final : public Sampler {
 public:
  Point propose(const Question&) override;
};

}  // namespace ubp::search
