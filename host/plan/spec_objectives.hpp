// SPDX-License-Identifier: MIT
// What a spec says of several objectives, and what it cannot say beside them.
#pragma once

#include "plan/draft.hpp"
#include "plan/plan.hpp"

namespace ubp {

/// "sweep.objective.1.metric"
std::string objective_key(std::size_t objective, const char* name);

/// Of the [[sweep.objective]]s; a goal that is auto is minimize until a config is composed. Empty: there are none.
/// Throws Error (usage): one alone, too many, one metric twice, or a sweep.metric or sweep.goal beside them.
std::vector<SweepObjective> objectives_in(const Draft&);

/// Throws Error (usage) if the plan has several objectives and something that compares by one: a pruner, a race, a
/// target, or a sampler that learns from one.
void refuse_beside_several(const Draft&, const Plan&, SamplerKind);

}  // namespace ubp
