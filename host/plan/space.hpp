// SPDX-License-Identifier: MIT
// The points of a search space: a grid's, each exactly once, or random ones.
//
// An axis is active at a point if the component chosen there declares its key, its `when` holds, and the parameter's
// own active_if holds; an inactive axis is not part of the point, so it neither multiplies a grid nor repeats a config.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/draft.hpp"
#include "plan/plan.hpp"
#include "plugin/condition.hpp"

namespace ubp {

/// An axis with what decides whether it is active.
struct Step {
  const Axis* axis = nullptr;
  const TableDraft* table = nullptr;  ///< null: a host table's key
  std::string name;                   ///< the key inside its table
  std::vector<Condition> conditions;  ///< keys are canonical
};

/// The draft's axes, each behind those that decide about it. Throws Error (usage) if they go round in a circle, or if
/// a condition asks for what there is not. REQUIRES: the draft outlives the steps.
std::vector<Step> ordered_steps(const Draft&);
/// Does `b` decide whether `a` is active?
bool depends_on(const Step& a, const Step& b);
/// Given the values of the axes before it.
bool is_active(const Draft&, const Assignment&, const Step&);
bool is_always_active(const Step&);

/// What sweep.forbid excludes: points at which every condition of one of these holds. Throws Error (usage).
using Predicate = std::vector<Condition>;
std::vector<Predicate> forbidden(const Draft&);
bool is_forbidden(const Draft&, const std::vector<Predicate>&, const Assignment&);

/// The value of a key at a point: the axis's, else the spec's, else a parent table's, else the default; null if none.
nlohmann::json value_at(const Draft&, const Assignment&, const std::string& key);

/// The component of a table at a point.
const Manifest& component_at(const Assignment&, const TableDraft&);

/// Every point that is not forbidden, in an order that depends on the space alone. Throws Error (usage) if there are
/// more than kMostConfigs.
std::vector<Assignment> grid_points(const Draft&);

/// The first `n` distinct points that are not forbidden of the sequence that `seed` names. Value k of an axis depends
/// only on (seed, the axis's key, k): a larger n, or one axis more, changes no value drawn before. Throws Error (usage)
/// if the space has fewer than n.
std::vector<Assignment> random_points(const Draft&, std::int64_t n, std::uint64_t seed);

/// Points that between them have every choice of every axis, and both ends of every range, at least once: what is to be
/// composed before a sampler proposes points that nobody has seen. An axis that no point activates is in none.
std::vector<Assignment> corner_points(const Draft&);

}  // namespace ubp
