// SPDX-License-Identifier: MIT
// What is known of one sweep, as values for code that must decide.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/basis.hpp"
#include "plan/objectives.hpp"
#include "query/reader.hpp"

namespace ubp {

/// What a sweep optimises, and how many of its executions are complete.
struct SweepFacts {
  std::int64_t sweep_id = 0;
  std::string name;
  std::string metric;        ///< "": nothing is optimised; then goal and reduce are "", too
  std::string goal, reduce;  ///< "minimize" | "maximize", "last" | "min" | "max" | "mean"
  std::int64_t complete = 0;
  std::optional<std::int64_t> default_config;   ///< the config that is the spec without its space, by number
  std::vector<std::string> blocks;              ///< the swept parameters that are circumstances and no choices
  bool race = false;                            ///< over seeds
  std::vector<SweepObjective> objectives = {};  ///< where there are several; the first is `metric` and `goal`, too
  std::vector<std::string> log_params = {};     ///< the swept parameters whose range is searched by its logarithm
};

/// The series of test rows with the name of the one that chose: "test.mse". Throws Error (usage) if test rows chose.
std::string test_metric(const SweepFacts&);
/// SQL: of the trial `f.trial_id` the number of the metric ?3 that goes with what the sweep counts of its metric ?2: at
/// the same step; with reduce = mean, the mean.
std::string tested_value(const SweepFacts&);

/// REQUIRES: the sweep exists.
SweepFacts sweep_facts(Reader&, std::int64_t sweep_id);

/// The same sweep with another of its objectives in place of the first, as `metric` and `goal`. Throws Error (usage)
/// with the nearest name if it optimises no such metric.
SweepFacts with_metric(SweepFacts, const std::string& metric);

/// How far a sweep is, by the last attempt of every config x replicate that is declared.
struct SweepProgress {
  std::int64_t total = 0, complete = 0, failed = 0;  ///< complete: or pruned
  std::int64_t to_do = 0;                            ///< queued, running or lost
};
SweepProgress sweep_progress(Reader&, std::int64_t sweep_id);

/// The last attempts of a sweep that have failed, by id.
std::vector<std::int64_t> failed_trials(Reader&, std::int64_t sweep_id);

/// The swept parameters of a config, by name. REQUIRES: it is recorded.
nlohmann::json config_params(Reader&, std::int64_t sweep_id, std::int64_t number);

std::optional<std::int64_t> latest_with_results(Reader&);  ///< the latest sweep one of whose trials has a value
std::optional<std::int64_t> latest_unfinished(Reader&);    ///< the latest sweep one of whose trials has not ended

std::optional<std::int64_t> latest_confirmation(Reader&, std::int64_t sweep_id);  ///< of its winners, with results

/// A sweep as it was declared: what it takes to make its plan again, and to see whether it is still the same.
struct DeclaredSweep {
  std::int64_t sweep_id = 0;
  std::string name;
  std::string spec;                             ///< the resolved TOML
  std::string identity;                         ///< of all that can change results
  bool single = false;                          ///< by `ubp run`
  std::int64_t confirms = 0;                    ///< the sweep whose winners it is, by `ubp confirm`; 0: none
  std::string imported;                         ///< the file that its results were imported from; "": ubp's own
  Basis basis;                                  ///< what stood behind its numbers
  std::map<std::string, std::string> versions;  ///< of its components' behaviour: "model 'autoencoder'" -> "1.0.0"
};

/// REQUIRES: the sweep exists.
DeclaredSweep declared_sweep(Reader&, std::int64_t sweep_id);

/// Throws Error (usage) if it was imported: what ubp did not run, it cannot run.
void require_own(const DeclaredSweep&);

}  // namespace ubp
