// SPDX-License-Identifier: MIT
// Results that something else than ubp has come to, as sweeps. Nothing pretends that ubp ran them: they have no spec,
// no machine, no plugins; `sweep.sampler` says {"use": "imported", "file", "sha256", ...}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/vocabulary.hpp"
#include "plan/objectives.hpp"

namespace ubp {

struct ImportedTrial {
  std::size_t config = 0;  ///< which of ImportedSweep::configs
  std::int64_t replicate = 0, attempt = 0;
  std::uint64_t seed = 0;
  TrialState state = TrialState::complete;              ///< one that has ended
  std::string reason, error;                            ///< of a failure both, else neither
  std::vector<double> values;                           ///< of a complete one: finite, one an objective
  std::map<std::int64_t, double> series;                ///< by step; NaN and infinities are kept
  std::optional<std::int64_t> started_ms, finished_ms;  ///< UTC
};

struct ImportedConfig {
  std::int64_t number = 0;
  nlohmann::json params = nlohmann::json::object();  ///< numbers, truth values, texts, lists
};

struct ImportedSweep {
  std::string name;
  std::vector<SweepObjective> objectives;  ///< at least one
  std::string reduce = "last";             ///< how a series comes to the value of the first objective
  std::string series;                      ///< the metric of the trials' series; the first objective's, or another
  nlohmann::json space;                    ///< as Plan::space
  std::vector<ImportedConfig> configs;     ///< each with a trial
  std::vector<ImportedTrial> trials;       ///< config, replicate and attempt: each once
  std::int64_t unfinished = 0;             ///< trials that were left out
  nlohmann::json source;                   ///< {"file", "sha256", ...}: where it comes from
};

struct ImportedRecord {
  std::int64_t sweep_id = 0;
  bool known = false;  ///< it was there already, and nothing was added
};

/// Records them all, or none: a sweep whose content is there already is not recorded again. The database is made if it
/// is not there. Throws Error as Store does.
std::vector<ImportedRecord> record_imported(const std::filesystem::path& database, const std::vector<ImportedSweep>&);

/// The axis that holds these values of one parameter, as Plan::space has it. REQUIRES: at least one value.
nlohmann::json axis_around(const std::vector<nlohmann::json>& values);

/// A trial whose value is not finite has failed, as it would have here.
void fail_if_not_finite(ImportedTrial&, const std::vector<SweepObjective>&);

/// Every study of a file of Optuna's, or one. Throws Error (usage) if it is none, if there is no such study (with the
/// nearest name), or if several are there and none is named.
ImportedSweep read_study(const std::filesystem::path& file, const std::string& study);

/// How to read comma-separated results, a row a trial.
struct ResultColumns {
  std::string sweep;                       ///< its name, where no column `sweep` says it
  std::vector<SweepObjective> objectives;  ///< columns; at least one
};

/// A sweep each name in the column `sweep`. Parameters are the columns `params.NAME`, or else all that mean nothing
/// else: seed, replicate, attempt, config, state, reason, error, sweep. Throws Error (usage) with line and column.
std::vector<ImportedSweep> read_results(const std::filesystem::path& file, const ResultColumns&);

}  // namespace ubp
