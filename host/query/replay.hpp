// SPDX-License-Identifier: MIT
// What a pruner would have saved and cost in a sweep that ran without it.
#pragma once

#include <string>
#include <vector>

#include "plan/options.hpp"
#include "query/sweeps.hpp"
#include "search/dry_prune.hpp"

namespace ubp {

/// Trials of one block that came to an end, in the order in which they began, with their series of one metric.
struct EndedTrials {
  std::string block;  ///< its circumstances, a JSON object
  std::vector<search::Ran> trials;
};

/// By block; a sweep without blocks has one. Of each replicate the last attempt that is complete or pruned.
std::vector<EndedTrials> ended_trials(Reader&, const SweepFacts&, const std::string& metric);

/// Reports in the order of the clock, by which the sweep ran. Throws Error (usage) as stop_rule_of(). REQUIRES: a
/// pruner that has a rule.
search::DryPrune replayed(const PrunerOptions&, const SweepFacts&, const EndedTrials&);

/// What is found of one pruner, one sentence.
std::string sentence_of(const search::DryPrune&, const PrunerOptions&, const EndedTrials&);

}  // namespace ubp
