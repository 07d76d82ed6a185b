// SPDX-License-Identifier: MIT
// What a sweep says, in sentences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/health.hpp"
#include "query/reader.hpp"
#include "query/sweeps.hpp"

namespace ubp {

/// A share of the variance of what a parameter explains, with its interval.
struct NamedShare {
  std::string parameter;
  double share = 0, low = 0, high = 0;
};

/// Each a sentence with its full stop: the best config, what it cannot be told apart from, what mattered, what the
/// default gives, what fresh seeds give. `shares`: by falling share; empty: not known. REQUIRES: one objective, and
/// results.
std::vector<std::string> answer(Reader&, const SweepFacts&, const std::vector<NamedShare>& shares);

}  // namespace ubp
