// SPDX-License-Identifier: MIT
// What is recorded of a sweep that goes on, as its scheduler takes it.
#pragma once

#include <vector>

#include "record/store.hpp"
#include "run/sweep_jobs.hpp"
#include "search/history.hpp"

namespace ubp {

/// The configs that a sampler has proposed by now.
std::vector<Proposal> recorded_proposals(Store&, std::int64_t sweep_id, const Plan&);

/// What the sampler knows of the sweep that this one starts from: the configs that are complete. Throws Error (usage)
/// if there is no such sweep.
search::History known_before(Store&, const Plan&);

/// The last attempt of every config x replicate, as far as the plan wants them here.
std::vector<TrialRow> latest_trials(Store&, std::int64_t sweep_id, const Plan&);

}  // namespace ubp
