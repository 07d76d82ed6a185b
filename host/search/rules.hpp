// SPDX-License-Identifier: MIT
// The rules that stop trials, by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/rule_options.hpp"
#include "search/stop_rule.hpp"

namespace ubp::search {

/// In the order in which they are shown: halving, hyperband, median, patience, threshold, wilcoxon.
const std::vector<std::string>& rule_names();

/// Throws Error (usage): there is no such rule, or an option that it reads is out of range.
std::unique_ptr<StopRule> make_rule(const std::string& name, const RuleOptions&);

}  // namespace ubp::search
