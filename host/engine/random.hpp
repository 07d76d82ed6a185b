// SPDX-License-Identifier: MIT
// Counter-based random streams (Philox4x32-10, Salmon et al., SC 2011; Random123).
//
// A stream is named by (seed, name) and holds a position. Draw k of a stream is a pure function of (seed, name, k), so
// no result depends on threads or on the order of other streams, and a checkpoint is one number.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/engine.hpp"

namespace ubp {

class Random {
 public:
  Random() = default;
  Random(std::uint64_t seed, std::string_view name);

  std::uint64_t position() const { return position_; }  ///< 128-bit blocks consumed
  void seek(std::uint64_t position) { position_ = position; }

  // Each call consumes whole blocks, so the position after it depends only on the number of values asked for.
  void words(std::span<std::uint64_t> out);
  void uniform(std::span<float> out, double lo, double hi);  ///< [lo, hi)
  void uniform(std::span<double> out, double lo, double hi);
  void normal(std::span<float> out, double mean, double sd);  ///< Box-Muller
  void normal(std::span<double> out, double mean, double sd);
  void bernoulli(std::span<float> out, double p);
  void bernoulli(std::span<double> out, double p);
  void permutation(std::span<i64> out);  ///< Fisher-Yates of 0..n-1
  std::uint64_t below(std::uint64_t n);  ///< unbiased, [0, n)
  double next_uniform();                 ///< one double in [0, 1)

 private:
  std::uint64_t key_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace ubp
