// SPDX-License-Identifier: MIT
// A trial as it is recorded: all that its numbers follow from, and whose they are.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/contents.hpp"
#include "plan/plan.hpp"
#include "query/reader.hpp"

namespace ubp {

struct RecordedPlugin {
  std::string name;  ///< "objective 'denoising'"
  std::string version, sha256, file;
};

struct RecordedTrial {
  std::int64_t trial_id = 0, sweep_id = 0, config = 0, replicate = 0, attempt = 0;
  std::string name;  ///< SWEEP/CONFIG.REPLICATE
  std::string state, reason, error;
  std::optional<double> value;
  std::string seed;                               ///< decimal
  std::int64_t last_step = 0;                     ///< of its longest series
  Assignment params;                              ///< the swept ones
  nlohmann::json spec;                            ///< resolved, seed excluded
  std::map<std::string, RecordedPlugin> plugins;  ///< by table
  std::vector<SourceFile> data;                   ///< the files that its data were read from
  std::map<std::string, std::string> machine;  ///< host, os, kernel, cpu, compiler, build, blas, host_sha256, git_sha,
                                               ///< branch, dirty, diff_sha256; empty: it never started
};

/// REQUIRES: the trial exists.
RecordedTrial recorded_trial(Reader&, std::int64_t trial_id);

/// The last value of every series of the trial, by its name; without those whose last value is no number.
std::map<std::string, double> last_values(Reader&, std::int64_t trial_id);

/// {"model": {"latent": 4}} as "model.latent" -> 4; of {"components": [...]} each by its table of the spec, as in
/// "model.use" -> "autoencoder". Values are JSON.
std::map<std::string, nlohmann::json> flattened(const nlohmann::json&);

}  // namespace ubp
