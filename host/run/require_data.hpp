// SPDX-License-Identifier: MIT
// No sweep is declared whose data cannot be read.
#pragma once

#include "plan/plan.hpp"

namespace ubp {

/// Has a child of ubp decode every data set of the plan into the cache (train/data/cache.hpp) where it is not there
/// yet, and open it once, and once for every mask file, as a trial will. A plugin that crashes there is left to the
/// trials, which report it. Throws Error (usage): the place in the spec, and the sentence of the data set.
/// Returns the files behind each of the plan's data sets, in their order.
std::vector<std::vector<SourceFile>> require_data(const Plan&);

/// The body of the child: decodes the components that stdin lists as JSON; prints, on a line of its own, {"files":
/// [[{"file", "sha256"}]]}, or {"error": sentence} for the first that cannot be. Returns the exit code.
int decode_in_this_process();

}  // namespace ubp
