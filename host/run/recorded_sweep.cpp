// SPDX-License-Identifier: MIT
#include "run/recorded_sweep.hpp"

#include "base/statistics.hpp"
#include "plan/search_space.hpp"

namespace ubp {
namespace {

/// By config of another sweep: to be minimised, by objective.
std::map<std::int64_t, std::vector<double>> known_means(Store& store, std::int64_t sweep_id, const Plan& plan) {
  std::map<std::int64_t, std::vector<double>> means;
  if (plan.objectives.empty()) {
    for (const auto& [config, values] : store.values(sweep_id)) {
      const double mean = statistics::mean(values);
      means[config] = {plan.goal == Goal::maximize ? 0 - mean : mean};
    }
    return means;
  }
  for (const auto& [config, replicates] : store.values(sweep_id, plan.objectives, plan.reduce)) {
    std::vector<double>& mean = means[config] = mean_of(replicates);
    for (std::size_t m = 0; m < mean.size(); ++m) mean[m] = plan.objectives[m].minimised(mean[m]);
  }
  return means;
}

}  // namespace

std::vector<Proposal> recorded_proposals(Store& store, std::int64_t sweep_id, const Plan& plan) {
  std::vector<Proposal> proposals;
  if (std::ssize(plan.assignments) == plan.configs) return proposals;
  for (RecordedConfig& config : store.configs_from(sweep_id, std::ssize(plan.assignments)))
    if (config.number < plan.configs) proposals.push_back({std::move(config.params), std::move(config.told)});
  return proposals;
}

search::History known_before(Store& store, const Plan& plan) {
  search::History history;
  if (plan.start_from.empty()) return history;
  const std::int64_t other = store.finished_sweep(plan.start_from, plan.identity);
  const std::map<std::int64_t, std::vector<double>> means = known_means(store, other, plan);
  for (const RecordedConfig& config : store.configs_from(other, 0))
    if (const auto found = means.find(config.number); found != means.end())
      history.push_back({plan.search->point(config.params), search::Told::State::complete, found->second, 0, 0, 0});
  return history;
}

std::vector<TrialRow> latest_trials(Store& store, std::int64_t sweep_id, const Plan& plan) {
  std::vector<TrialRow> rows = store.latest(sweep_id);
  std::erase_if(rows, [&](const TrialRow& row) { return !plan.share.has(row.config_number); });
  return rows;
}

}  // namespace ubp
