// SPDX-License-Identifier: MIT
// Axes that are circumstances and no choices: trials are compared within a block, one assignment of all of these.
//
// A sampler that learns chooses among the other axes only, and each of its points is run in every block: config
// p * n + b is point p in block b of n.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan/search_space.hpp"

namespace ubp {

/// The keys of the axes that sweep.blocks names, sorted; apart by commas, "dataset.*" for all of [dataset]. Throws
/// Error (usage), with the nearest, if there is no such axis.
std::vector<std::string> axes_of_blocks(const Draft&, const std::string& text);

/// Every block, in an order that depends on their axes alone. Throws Error (usage) as grid_points(), and if one of
/// their axes decides about another one or is decided about by it.
std::vector<Assignment> all_blocks(const Draft&, const std::vector<std::string>& axes);

/// The space of the other axes; a point is allowed if it is in every block. It shares the draft.
std::shared_ptr<const SearchSpace> space_of_choices(std::shared_ptr<const Draft>, const std::vector<std::string>& axes,
                                                    const std::vector<Assignment>& blocks);

/// The point in the block.
Assignment within(const Assignment& block, const Assignment& point);

/// What of a config is its block, and what is not.
struct Parts {
  Assignment block, point;
};
Parts parts_of(const Assignment& config, const std::vector<std::string>& axes);

}  // namespace ubp
