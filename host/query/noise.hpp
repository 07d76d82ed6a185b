// SPDX-License-Identifier: MIT
// How far results lie apart by their seeds alone: what a difference must exceed before it is worth a word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/seeds.hpp"
#include "query/sweeps.hpp"

namespace ubp {

struct NoiseFloor {
  double sd = 0;  ///< standard deviation over seeds; NaN: no config has two results
  enum class Of { given, standard, pooled } of = Of::pooled;
  std::int64_t config = 0;            ///< whose, unless pooled
  std::size_t n = 0;                  ///< results behind it
  std::optional<std::int64_t> lacks;  ///< pooled: the default config, which has no two results; none: there is none
};

/// Of the config `of`; else of the default config; else, where that has no two results, within all configs, pooled: as
/// the view noise_floor says. REQUIRES: the results of a whole sweep.
NoiseFloor noise_floor(const std::vector<SeededResults>&, std::optional<std::int64_t> default_config,
                       std::optional<std::int64_t> of = {});
NoiseFloor noise_floor(Reader&, const SweepFacts&, std::optional<std::int64_t> of = {});

std::string sentence_of(const NoiseFloor&);

}  // namespace ubp
