// SPDX-License-Identifier: MIT
// Sweeps with several objectives: how their configs stand, for listings.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "query/print.hpp"
#include "query/sweeps.hpp"

namespace ubp {

struct StandingConfig {
  std::int64_t config = 0, n = 0, failed = 0;  ///< its number; replicates that are complete, and that failed
  std::vector<double> mean, ci95;              ///< by objective; half-widths, NaN for n = 1
  nlohmann::json params;                       ///< the swept ones, by name
  std::size_t rank = 0;                        ///< 1: on the front
};

struct SweepFront {
  std::vector<SweepObjective> objectives;
  std::vector<StandingConfig> configs;  ///< by rank, then by the first objective
  Standings standings;                  ///< in the order of `configs`
  std::optional<std::int64_t> usual;    ///< the config that is the spec without its space, if it is among them
};

/// Of the configs that have results. REQUIRES: the sweep has several objectives.
SweepFront sweep_front(Reader&, const SweepFacts&, bool with_hypervolume = true);

/// Config numbers of the front; of more than `most`, those that dominate most together. 0: all.
std::vector<std::int64_t> front_configs(const SweepFront&, std::int64_t most);

/// rank, config, n, failed, of each objective METRIC (its mean) and METRIC_ci95 (half-width), the swept parameters.
/// The front, or the first `limit` configs; 0: all. Returns how many.
std::int64_t print_front(const SweepFront&, std::optional<std::int64_t> limit, RowSink&);

/// What the configs of a front come to on fresh seeds: the same, but `config` is the number in the sweep that found
/// them, and METRIC_found what it found; NULL: it had not tried this config. The last column names the default.
void print_confirmed_front(const SweepFront& found, const SweepFront& fresh, RowSink&);

/// A listing of sweeps on its way to a printer: of sweeps with several objectives, `metric` and `goal` name all, and
/// `best` says how many configs are on the front and what the hypervolume is.
class FrontCells : public RowSink {
 public:
  FrontCells(Reader&, RowSink& to);
  void columns(const std::vector<std::string>& names) override;
  void row(const Row&) override;
  void end() override { to_.end(); }

 private:
  struct Cells {
    std::string metric, goal, best;
  };
  RowSink& to_;
  std::vector<std::string> names_;
  std::map<std::int64_t, Cells> cells_;  // by sweep
};

}  // namespace ubp
