// SPDX-License-Identifier: MIT
#include "query/importances.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plan/recorded_space.hpp"
#include "query/seeds.hpp"

namespace ubp {
namespace {

constexpr std::uint64_t kSeed = 1;  // of the forest: equal results have equal importances
constexpr std::size_t kFewest = 10;

/// Config means of a sweep, as if each had every seed, as points of its space; nothing of configs without a finite one.
search::Results results_of(Reader& reader, const SweepFacts& facts, const SearchSpace& space) {
  search::Results results{space.space(), {}, {}};
  const std::vector<SeededResults> configs = seeded_results(reader, facts);
  const std::vector<double> means = means_over_all_seeds(configs);
  for (std::size_t i = 0; i < configs.size(); ++i) {
    if (!std::isfinite(means[i])) continue;
    results.points.push_back(space.point(config_params(reader, facts.sweep_id, configs[i].config)));
    results.values.push_back(facts.goal == "maximize" ? 0 - means[i] : means[i]);
  }
  return results;
}

}  // namespace

std::shared_ptr<const SearchSpace> space_of_sweep(Reader& reader, std::int64_t sweep_id, Registry& registry) {
  const DeclaredSweep sweep = declared_sweep(reader, sweep_id);
  if (!sweep.imported.empty())
    return recorded_space(
        reader.parsed(text_of((*reader.first({"SELECT space FROM sweep WHERE sweep_id = ?1", {sweep_id}}))[0])));
  return plan_of_text(sweep.spec, fmt::format("sweep {}", sweep_id), {}, registry, sweep.single).search;
}

SweepImportances sweep_importances(Reader& reader, const SweepFacts& facts, const SearchSpace* space) {
  if (!space || space->space().dimensions.empty())
    fail(Exit::nothing, "sweep {} '{}': sweeps no parameter", facts.sweep_id, facts.name);
  const search::Results results = results_of(reader, facts, *space);
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
