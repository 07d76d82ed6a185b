// SPDX-License-Identifier: MIT
// From what a person types to configs that can be compared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/seeds.hpp"

namespace ubp {

struct Contest {
  std::vector<SeededResults> configs;      ///< as many as were named, in that order
  std::vector<std::int64_t> chosen_among;  ///< by config: how many of a sweep it is the best of; 1: it was named itself
  SweepFacts facts;                        ///< of the first sweep: all optimise the same
  std::string metric;                      ///< by which they are compared

  bool minimize() const { return facts.goal == "minimize"; }
};

/// `texts`: SWEEP/CONFIG, or SWEEP, which stands for its best config. By `metric`, or by what the sweeps optimise (of
/// several objectives the first); `tested`: by what they score on test rows, which do not choose them.
/// Throws Error: nothing, if there is no such config or it has no result; usage, if they optimise different metrics or
/// two are one config.
Contest contest(Reader&, const std::vector<std::string>& texts, const std::string& metric = "", bool tested = false);

}  // namespace ubp
