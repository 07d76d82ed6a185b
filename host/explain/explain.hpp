// SPDX-License-Identifier: MIT
// What one trial has learnt, as a page: parts of a report, each with the score beside it.
#pragma once

#include <string>
#include <vector>

#include "explain/look.hpp"

namespace ubp::explain {

/// Names of the parts, in the order of the page.
std::vector<std::string> part_names();

/// Throws Error (usage) for a part that there is not, or if this machine cannot draw: before anything takes long.
void require_parts(const std::vector<std::string>& only);

/// The page of trial `trial_id` with the parts `only`, or all; `name`: how the trial was asked for. A part that does
/// not apply is on it with the reason. Throws Error: as restore() and require_parts().
Page explained(Reader&, Registry&, std::int64_t trial_id, const std::string& name, const Request&,
               const std::vector<std::string>& only);

}  // namespace ubp::explain
