// SPDX-License-Identifier: MIT
#include "plan/spec_objectives.hpp"

#include "base/error.hpp"
#include "plan/space.hpp"

namespace ubp {
namespace {

std::string where_of(const Draft& draft, const std::string& key) {
  const Fixed* fixed = draft.find(key);
  return fixed ? fixed->where : draft.name;
}

void refuse_a_form_for_one(const Draft& draft) {
  if (const std::string metric = value_at(draft, {}, "sweep.metric"); !metric.empty())
    fail(Exit::usage, "{}: sweep.metric: found '{}' beside [[sweep.objective]], expected one or the other",
         where_of(draft, "sweep.metric"), metric);
  if (const std::string goal = value_at(draft, {}, "sweep.goal"); goal != "auto")
    fail(Exit::usage, "{}: sweep.goal: found {} beside [[sweep.objective]], each of which has a goal of its own",
         where_of(draft, "sweep.goal"), goal);
}

}  // namespace

std::string objective_key(std::size_t objective, const char* name) {
  return fmt::format("sweep.objective.{}.{}", objective, name);
}

std::vector<SweepObjective> objectives_in(const Draft& draft) {
  std::vector<SweepObjective> objectives;
  if (draft.objectives == 0) return objectives;
  refuse_a_form_for_one(draft);
  if (draft.objectives == 1)
    fail(Exit::usage, "{}: sweep.objective: found one, expected two or more: sweep.metric is for one",
         where_of(draft, objective_key(0, "metric")));
  if (draft.objectives > kMostObjectives)
    fail(Exit::usage, "{}: sweep.objective: found {}, expected at most {}",
         where_of(draft, objective_key(kMostObjectives, "metric")), draft.objectives, kMostObjectives);
  for (std::size_t i = 0; i < draft.objectives; ++i) {
    const std::string key = objective_key(i, "metric");
    SweepObjective objective;
    objective.metric = value_at(draft, {}, key);
    for (std::size_t j = 0; j < i; ++j)
      if (objectives[j].metric == objective.metric)
        fail(Exit::usage, "{}: {}: found '{}', which is an objective already, at {}", where_of(draft, key), key,
             objective.metric, where_of(draft, objective_key(j, "metric")));
    if (const Fixed* reference = draft.find(objective_key(i, "reference"))) objective.reference = reference->value;
    objectives.push_back(std::move(objective));
  }
  return objectives;
}

void refuse_beside_several(const Draft& draft, const Plan& plan, SamplerKind sampler) {
  if (plan.objectives.empty()) return;
  const auto refuse = [&](const char* key, const char* what) {
    fail(Exit::usage, "{}: {}: {} one objective: found {} [[sweep.objective]], expected sweep.metric",
         where_of(draft, key), key, what, plan.objectives.size());
  };
  if (plan.pruner.use != PrunerKind::none) refuse("sweep.pruner.use", "trials are stopped by");
  if (plan.race.on) refuse("sweep.race.on", "configs race by");
  if (plan.enough.target) refuse("sweep.target", "a target is of");
  if (sampler == SamplerKind::cmaes || sampler == SamplerKind::gp)
    fail(Exit::usage,
         "{}: sweep.sampler: {} learns from one objective: found {} [[sweep.objective]]; tpe and nsga2 learn from "
         "several, grid, shuffled, random and sobol from none",
         where_of(draft, "sweep.sampler"), value_at(draft, {}, "sweep.sampler").get<std::string>(),
         plan.objectives.size());
}

}  // namespace ubp
