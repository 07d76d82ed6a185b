// SPDX-License-Identifier: MIT
#include "query/importances.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plan/search_space.hpp"
#include "query/seeds.hpp"

namespace ubp {
namespace {

constexpr std::uint64_t kSeed = 1;  // of the forest: equal results have equal importances
constexpr std::size_t kFewest = 10;

/// Config means of a sweep as points of its space. Nothing of configs without a finite mean.
search::Results results_of(Reader& reader, const SweepFacts& facts, const SearchSpace& space) {
  search::Results results{space.space(), {}, {}};
  for (const SeededResults& config : seeded_results(reader, facts.sweep_id)) {
    const double mean = config.mean();
    if (!std::isfinite(mean)) continue;
    results.points.push_back(space.point(config_params(reader, facts.sweep_id, config.config)));
    results.values.push_back(facts.goal == "maximize" ? 0 - mean : mean);
  }
  return results;
}

}  // namespace

SweepImportances sweep_importances(Reader& reader, const SweepFacts& facts, const Plan& plan) {
  if (!plan.search || plan.space.empty())
    fail(Exit::nothing, "sweep {} '{}': sweeps no parameter", facts.sweep_id, facts.name);
  const search::Results results = results_of(reader, facts, *plan.search);
  if (results.points.size() < kFewest)
    fail(Exit::nothing, "sweep {} '{}': {} configs have a value: importances take {} or more", facts.sweep_id,
         facts.name, results.points.size(), kFewest);
  SweepImportances all{results.points.size(), {}, {}, {}, {}};
  for (const search::Dimension& dimension : results.space.dimensions) all.names.push_back(dimension.name);
  all.variance = search::analyse_variance(results, kSeed);
  all.best = search::importance_for_the_best(results, kSeed);
  all.order.resize(all.names.size());
  std::iota(all.order.begin(), all.order.end(), std::size_t{0});
  std::stable_sort(all.order.begin(), all.order.end(), [&](std::size_t a, std::size_t b) {
    return all.variance.importances[a].share > all.variance.importances[b].share;
  });
  return all;
}

}  // namespace ubp
