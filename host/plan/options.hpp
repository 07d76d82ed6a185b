// SPDX-License-Identifier: MIT
// The host's own tables of a spec as types: what [dataset], [environment], [train], [artifacts] and [sweep] say.
//
// A key is a member here, with its default, and a row of host_tables.cpp, with its name, range and meaning;
// declarations, checks and JSON follow from that row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ubp {

enum class TestRows { random, last };
enum class FoldRows { valid, test };
enum class Missing { refuse, drop_rows, drop_columns, mean, median };
enum class Scale { none, standard, minmax };
enum class Precision { f32, f64 };
enum class Device { cpu };
enum class RateSchedule { constant, step, cosine, plateau };
enum class GoalOption { automatic, minimize, maximize };
enum class SamplerKind { grid, shuffled, random, sobol, tpe, cmaes, gp, nsga2, external };
enum class TryDefault { automatic, yes, no };
enum class PrunerKind { none, median, percentile, patience, threshold, halving, hyperband, promotion };
enum class Reduce { last, min, max, mean };
const char* name_of(Reduce);  ///< as recorded: "last"
const char* name_of(PrunerKind);

/// [dataset], besides `use` and the plugin's parameters.
struct DataOptions {
  std::int64_t rows = 0, test_rows = 0;
  std::vector<std::int64_t> classes, exclude_classes;
  std::int64_t per_class = 0;
  double test_share = 0;
  TestRows test_from = TestRows::random;
  double valid_share = 0;
  TestRows valid_from = TestRows::random;
  std::int64_t split_seed = 0;  ///< of a trial: the one that its replicate uses
  bool split_by_replicate = false;
  std::int64_t folds = 0;
  FoldRows fold_rows = FoldRows::valid;
  std::int64_t fold = -1;  ///< of a trial: the part that it holds out
  Missing missing = Missing::refuse;
  bool missing_mask = false;
  Scale scale = Scale::none;
  double withhold = 0;
  std::int64_t withhold_seed = 0;
  std::string withhold_file;
  double validate = 0;
  std::int64_t validate_seed = 0;
};

/// [environment]: travels with the component's parameters.
struct EnvironmentOptions {
  std::int64_t instances = 8, episodes = 20;
};

/// [[metric]]: travels with the component's parameters.
struct MetricOptions {
  bool baselines = false;
};

/// [train].
struct TrainOptions {
  std::int64_t epochs = 10, steps = 0, batch = 128, seed = 1;
  Precision dtype = Precision::f32;
  std::int64_t threads = 1;
  Device device = Device::cpu;
  RateSchedule schedule = RateSchedule::constant;
  std::int64_t schedule_step = 10;
  double schedule_gamma = 0.5;
  std::int64_t schedule_patience = 5;
  double min_lr = 0;
  std::int64_t warmup_steps = 0;
  double clip_norm = 0, clip_value = 0;
  std::string early_stop;
  std::int64_t early_stop_patience = 5;
  GoalOption early_stop_goal = GoalOption::automatic;
  std::string eval_split = "auto";  ///< names joined by +; see judged_splits()
  std::int64_t eval_every = 0;
  bool eval_stages = false;
  std::int64_t log_every = 50;
  bool shuffle = true, drop_last = false;
  double checkpoint_seconds = 5;
};

/// [artifacts].
struct ArtifactOptions {
  std::int64_t images = 0;
  bool embedding = false, scatter = false, curves = false;
  std::int64_t every = 0;
  bool profile = false, checkpoint = false;
};

/// [sweep], besides its tables and sweep.forbid.
struct SweepOptions {
  std::string name;
  SamplerKind sampler = SamplerKind::grid;
  std::string metric;
  GoalOption goal = GoalOption::automatic;
  Reduce reduce = Reduce::last;
  std::int64_t configs = 0, replicates = 1, seed = 0;
  TryDefault try_default = TryDefault::automatic;
  std::string blocks = "dataset.*";  ///< keys, apart by commas
  std::string start_from;
  bool deterministic = false;
  std::int64_t lag = 8;
  std::string budget, target, max_failures;
  std::string trial_wall, trial_stall, trial_memory;
  bool dry_prune = false;
};

/// [sweep.pruner].
struct PrunerOptions {
  PrunerKind use = PrunerKind::none;
  std::string metric;
  std::int64_t startup_trials = 5, warmup_steps = 0, interval_steps = 1;
  double percentile = 50;
  std::int64_t patience = 5;
  double min_delta = 0;
  std::string lower, upper;
  std::int64_t min_steps = 0, max_steps = 0, eta = 4;
};

/// [sweep.nsga2]: of that sampler.
struct EvolutionOptions {
  std::int64_t population = 50;
  double crossover = 0.9, crossover_index = 20, mutation_index = 20;
  bool operator==(const EvolutionOptions&) const = default;
};

/// [sweep.race].
struct RacingOptions {
  bool on = false;
  double alpha = 0.05, aside = 0.05;
  std::int64_t min_replicates = 3;
};

// JSON: an object with every key of the table. Reading throws nlohmann::json::exception for a key that is missing or of
// another type, Error (internal) for a choice that is not declared: what a spec says was checked against its
// declaration.
void to_json(nlohmann::json&, const DataOptions&);
void from_json(const nlohmann::json&, DataOptions&);
void to_json(nlohmann::json&, const EnvironmentOptions&);
void from_json(const nlohmann::json&, EnvironmentOptions&);
void to_json(nlohmann::json&, const MetricOptions&);
void from_json(const nlohmann::json&, MetricOptions&);
void to_json(nlohmann::json&, const TrainOptions&);
void from_json(const nlohmann::json&, TrainOptions&);
void to_json(nlohmann::json&, const ArtifactOptions&);
void from_json(const nlohmann::json&, ArtifactOptions&);
void to_json(nlohmann::json&, const SweepOptions&);
void from_json(const nlohmann::json&, SweepOptions&);
void to_json(nlohmann::json&, const PrunerOptions&);
void from_json(const nlohmann::json&, PrunerOptions&);
void to_json(nlohmann::json&, const EvolutionOptions&);
void from_json(const nlohmann::json&, EvolutionOptions&);
void to_json(nlohmann::json&, const RacingOptions&);
void from_json(const nlohmann::json&, RacingOptions&);

}  // namespace ubp
