// SPDX-License-Identifier: MIT
// Many comparisons at once.
#pragma once

#include <span>
#include <vector>

namespace ubp::statistics {

/// The p values, adjusted so that rejecting those of at most alpha makes one error or more with probability of at most
/// alpha, however the tests depend on each other (Holm 1979). In the order of `p`; a NaN is not counted and stays.
std::vector<double> holm(std::span<const double> p);

}  // namespace ubp::statistics
