// SPDX-License-Identifier: MIT
// A sampler's point as a config that may run: allowed, and not there yet.
#pragma once

#include <optional>
#include <set>

#include "plan/search_space.hpp"
#include "search/sampler.hpp"

namespace ubp {

/// Asks until there is one. Nothing: the space has no other point, or none that was found in two thousand attempts.
/// Pure, as the sampler is. REQUIRES: the question is about `space`.
std::optional<Assignment> fresh_point(const SearchSpace& space, search::Sampler&, search::Question,
                                      const std::set<Assignment>& seen);

}  // namespace ubp
