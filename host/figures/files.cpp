// SPDX-License-Identifier: MIT
#include "figures/files.hpp"

#include <algorithm>

#include "figures/configs.hpp"

namespace ubp::figures {
namespace {

std::vector<DrawnArtifact> of_kind(Reader& reader, std::int64_t trial_id, const std::string& kind) {
  std::vector<DrawnArtifact> all = drawn_artifacts(reader, trial_id);
  std::erase_if(all, [&](const DrawnArtifact& a) { return a.kind != kind; });
  return all;
}

/// Its trials, best first.
std::vector<std::int64_t> best_trials(Reader& reader, const ChartRequest& request) {
  std::vector<std::int64_t> ids;
  if (request.sweep.metric.empty() && request.metric.empty()) {
    for (const DrawnExecution& each : drawn_executions(reader, request.sweep.sweep_id)) ids.push_back(each.trial_id);
    return ids;
  }
  for (const DrawnConfig& config : configs_of(reader, request, metric_of(request)))
    for (const DrawnTrial& trial : config.trials) ids.push_back(trial.trial_id);
  return ids;
}

}  // namespace

std::vector<DrawnArtifact> files_of(Reader& reader, const ChartRequest& request, const std::string& kind,
                                    const std::string& key) {
  if (request.trial) {
    const std::vector<DrawnArtifact> all = of_kind(reader, *request.trial, kind);
    if (all.empty())
      fail(Exit::nothing, "{}: left no {}: [artifacts] of its spec would ask for it with {}",
           place_of_trial(reader, *request.trial).name, kind, key);
    return all;
  }
  for (const std::int64_t id : best_trials(reader, request))
    if (const std::vector<DrawnArtifact> all = of_kind(reader, id, kind); !all.empty()) return all;
  fail(Exit::nothing, "sweep {} '{}': no trial left an {}: [artifacts] of its spec would ask for it with {}",
       request.sweep.sweep_id, request.sweep.name, kind, key);
}

}  // namespace ubp::figures
