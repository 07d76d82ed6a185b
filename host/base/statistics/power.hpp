// SPDX-License-Identifier: MIT
// How many seeds a question takes.
#pragma once

#include <cstdint>

namespace ubp::statistics {

/// How often a paired t test on n seeds finds a true mean difference of `effect` standard deviations of the
/// differences, in the right direction or not (noncentral t). From n = 2.
double power_of_t(std::int64_t n, double effect, double alpha = 0.05);

/// The fewest seeds at which `power_of_t` is at least `power`; at least 2. From above it tends to
/// (z(1 - alpha / 2) + z(power))^2 / effect^2. 0: more than a million, or arguments that are none.
std::int64_t seeds_needed(double effect, double alpha = 0.05, double power = 0.8);

}  // namespace ubp::statistics
