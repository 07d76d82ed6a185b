// SPDX-License-Identifier: MIT
// The rule that a [sweep.pruner] names.
#pragma once

#include <memory>
#include <string>

#include "plan/options.hpp"
#include "search/stop_rule.hpp"

namespace ubp {

/// Null: none, or promotion, which judges all trials of a rung and no single one. `sweep`: its name, which hyperband
/// draws brackets by. Throws Error (usage) as search::make_rule.
std::unique_ptr<search::StopRule> stop_rule_of(const PrunerOptions&, bool maximised, const std::string& sweep);

/// "eta=4 min_steps=10": the keys of [sweep.pruner] that its rule reads.
std::string settings_of(const PrunerOptions&);

}  // namespace ubp
