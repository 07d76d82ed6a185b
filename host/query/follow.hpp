// SPDX-License-Identifier: MIT
// A trial's series as they grow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/vocabulary.hpp"
#include "query/reader.hpp"

namespace ubp {

/// The points of one step.
struct StepPoints {
  std::int64_t step = 0;
  std::map<std::string, double> values;  ///< by metric; NaN where it was
};

/// What of a trial's series has not been seen yet.
class SeriesCursor {
 public:
  explicit SeriesCursor(std::int64_t trial_id) : trial_id_(trial_id) {}
  /// By step. Each point once, also where a trial that was interrupted tells its story again.
  std::vector<StepPoints> next(Reader&);

 private:
  std::int64_t trial_id_;
  std::map<std::string, std::int64_t> seen_;  // by metric: the last step
};

/// How a trial stands.
struct TrialStanding {
  std::string name, state, reason, error;
  std::optional<double> value, seconds;
  std::optional<std::int64_t> next_attempt;  ///< trial_id of a later attempt
  std::string log;                           ///< the last lines that are recorded
  std::filesystem::path log_file;            ///< where it writes them, if its files lie beside the database
};
/// REQUIRES: the trial exists.
TrialStanding trial_standing(Reader&, std::int64_t trial_id);

}  // namespace ubp
