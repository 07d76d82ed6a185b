// SPDX-License-Identifier: MIT
// Which swept parameters the results of a sweep depend on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/planner.hpp"
#include "plan/search_space.hpp"
#include "query/sweeps.hpp"
#include "search/importance.hpp"

namespace ubp {

struct SweepImportances {
  std::size_t configs = 0;               ///< with a mean that is a number
  std::vector<std::string> names;        ///< of the parameters, as the space has them
  search::Anova variance;                ///< of the configs' means, to be minimised
  std::vector<search::Importance> best;  ///< of what sets the best tenth apart
  std::vector<std::size_t> order;        ///< the parameters by their share of the variance, largest first
};

/// The space of a sweep: that of its spec, or of what was imported, which has none. null: nothing is swept.
std::shared_ptr<const SearchSpace> space_of_sweep(Reader&, std::int64_t sweep_id, Registry&);

/// Of a sweep and its space; of several objectives that of `SweepFacts::metric` (with_metric()). Equal results have
/// equal importances. Throws Error (nothing) if no parameter is swept, or fewer than ten configs have a value.
SweepImportances sweep_importances(Reader&, const SweepFacts&, const SearchSpace*);

}  // namespace ubp
