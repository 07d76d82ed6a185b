// SPDX-License-Identifier: MIT
// The rows that figures are drawn from.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "query/reader.hpp"
#include "query/sweeps.hpp"

namespace ubp {

/// A complete trial and what a metric says of it.
struct DrawnTrial {
  std::int64_t trial_id = 0;
  std::string name;  ///< SWEEP/CONFIG.REPLICATE
  std::int64_t config = 0, replicate = 0, seed = 0;
  double value = 0;      ///< of the metric that was asked for; a number
  double objective = 0;  ///< of the sweep's own metric; NaN: none
};

/// Of each replicate the last complete attempt, in order of their ends. Of the sweep's objectives the numbers that it
/// counts, of any other metric the last one; trials without a number are left out.
std::vector<DrawnTrial> drawn_trials(Reader&, const SweepFacts&, const std::string& metric);

/// The metrics that trials of a sweep tell, by name.
std::vector<std::string> told_metrics(Reader&, std::int64_t sweep_id);

/// The swept parameters of all configs, by number.
std::map<std::int64_t, nlohmann::json> swept_params(Reader&, std::int64_t sweep_id);

struct DrawnSeries {
  std::vector<double> step, value;  ///< of one length, by step; NaN where it was
};
DrawnSeries drawn_series(Reader&, std::int64_t trial_id, const std::string& metric);
/// All of one trial, by metric.
std::map<std::string, DrawnSeries> drawn_series(Reader&, std::int64_t trial_id);

/// An execution that began, and ran itself.
struct DrawnExecution {
  std::int64_t trial_id = 0;
  std::string name;
  std::int64_t config = 0, attempt = 0;
  std::string state;
  double from = 0, to = 0;  ///< seconds since the first one of the sweep began; of a running one: as far as is known
};
/// By the time when they began.
std::vector<DrawnExecution> drawn_executions(Reader&, std::int64_t sweep_id);

struct DrawnArtifact {
  std::int64_t trial_id = 0;
  std::string trial;  ///< its name
  std::string kind, name;
  std::int64_t step = 0;
  std::filesystem::path file;
};
/// Of one trial, by kind, name and step.
std::vector<DrawnArtifact> drawn_artifacts(Reader&, std::int64_t trial_id);

/// Throws Error (nothing), one sentence, if it cannot be read.
std::string bytes_of(const DrawnArtifact&);

/// The numbers of an NPY file of doubles, as trials write them.
struct DrawnArray {
  std::vector<double> values;
  std::size_t rows = 0, width = 1;
};
/// Throws Error (nothing), one sentence that names the file, if it is no such file.
DrawnArray array_of(const DrawnArtifact&);

struct TrialPlace {
  std::int64_t trial_id = 0, sweep_id = 0, config = 0;
  std::string name;
};
/// REQUIRES: it exists.
TrialPlace place_of_trial(Reader&, std::int64_t trial_id);

}  // namespace ubp
