// SPDX-License-Identifier: MIT
// The files that a trial left, for figures.
#pragma once

#include <string>
#include <vector>

#include "figures/chart.hpp"
#include "query/drawn.hpp"

namespace ubp::figures {

/// The files of one kind that the selected trial left; where none was named, the best trial of the sweep that left any.
/// Throws Error (nothing) if none did. `key`: of [artifacts], that asks for them.
std::vector<DrawnArtifact> files_of(Reader&, const ChartRequest&, const std::string& kind, const std::string& key);

}  // namespace ubp::figures
