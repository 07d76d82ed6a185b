// SPDX-License-Identifier: MIT
// What a sweep's results depend on, for figures that order parameters by it.
#pragma once

#include <string>
#include <vector>

#include "figures/chart.hpp"
#include "query/importances.hpp"

namespace ubp::figures {

/// Throws as sweep_importances(), and as plan_of_text() where the sweep's plugins are not there.
SweepImportances importances_of(Reader&, const ChartRequest&);

/// The same parameters, the most important first; as they are where nobody can say (too few configs, plugins missing).
std::vector<std::string> by_importance(Reader&, const ChartRequest&, std::vector<std::string> names);

}  // namespace ubp::figures
