// SPDX-License-Identifier: MIT
// KEY=VALUE of the command line: finds the table that KEY belongs to and puts VALUE there, still as text.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plan/source.hpp"

namespace ubp {

std::vector<std::string> top_level_tables();
bool is_list_table(const std::string& name);  ///< [[metric]], [[transform]]

/// "metric.knn.k" -> "metric.1.k" if the second [[metric]] uses knn, "sweep.objective.valid.mse.goal" ->
/// "sweep.objective.0.goal" if the first [[sweep.objective]] names valid.mse; any other key is canonical already.
/// Throws Error (usage) if the first part is no table, or no [[...]] matches.
std::string canonical_key(const Section& root, const std::string& key, const std::string& where);

/// Returns the canonical keys that were overridden. Throws Error (usage).
std::set<std::string> apply_overrides(Section& root, const std::vector<std::string>& overrides);

}  // namespace ubp
