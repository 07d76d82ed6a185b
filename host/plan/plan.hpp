// SPDX-License-Identifier: MIT
// From the text of a spec to a plan: every component found, every name read, every value typed and in range.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/vocabulary.hpp"
#include "plan/basis.hpp"
#include "plan/objectives.hpp"
#include "plan/options.hpp"
#include "plugin/manifest.hpp"
#include "plugin/registry.hpp"
#include "search/promotion.hpp"

namespace ubp {

/// One component of a trial. JSON: {"table", "kind", "id", "file", "sha256", "version", "params": {...}, "stamp"}.
struct ComponentUse {
  std::string
      table;  ///< where the spec named it: "model", "model.critic", "optimizer", "metric.0", "dataset", "transform.0"
  std::int32_t kind = 0;
  std::string id;
  std::filesystem::path file;
  std::string sha256, version;
  nlohmann::json params;   ///< every declared parameter, resolved, in its declared type
  std::string stamp = {};  ///< of a file whose bytes have this sum; see rested_stamp_of()
};

/// Everything a trial process needs. A trial is a pure function of this, but for `directory`.
struct TrialSpec {
  std::vector<ComponentUse> components;
  DataOptions dataset;
  TrainOptions train;
  ArtifactOptions artifacts;
  std::string data;                 ///< digest of the files behind its data set; "": not checked
  std::uint64_t seed = 0;           ///< derived from [train].seed, the sweep's seed, the config and the replicate
  std::string objective_metric;     ///< "test.probe_accuracy", or "" if none is optimised
  std::filesystem::path directory;  ///< where checkpoint, artifacts and log of this config x replicate live

  const ComponentUse* find(const std::string& table) const;
};

/// Names the content that a data set makes of its files: equal for trials that read the same. "" without a data set.
std::string data_key(const TrialSpec&);

void to_json(nlohmann::json&, const ComponentUse&);
void from_json(const nlohmann::json&, ComponentUse&);
void to_json(nlohmann::json&, const TrialSpec&);
void from_json(const nlohmann::json&, TrialSpec&);

class SearchSpace;
using Assignment = std::map<std::string, nlohmann::json>;  ///< the active axes' values by canonical key

/// One point of the space, as recorded.
struct Config {
  std::int64_t number = 0;
  Assignment params;        ///< the swept ones
  nlohmann::json resolved;  ///< the whole resolved spec of this config, canonical; seed excluded
  bool supervised = false;  ///< its objective is given labels
  std::map<std::string, const Manifest*> components;  ///< by table
  std::vector<std::uint64_t> seeds;                   ///< of its trials, by replicate
  std::string data;                                   ///< data_key() of its trials
  /// Of one that a sampler proposed: the configs whose results it knew, and that of no config before this one.
  std::optional<std::vector<std::int64_t>> told;
  bool by_program = false;  ///< no plugin trains it, but a program of the user's; then it has no components
};

/// From a point of the space to its config and its trials. Pure: equal arguments give equal answers. Threads: one.
class Compiler {
 public:
  virtual ~Compiler() = default;
  /// Throws Error (usage) as make_plan does for a point that does not fit together.
  virtual Config config(std::int64_t number, const Assignment&) const = 0;
  virtual TrialSpec trial(const Assignment&, std::int64_t replicate) const = 0;  ///< without its directory
};

/// What a trial may use before it is ended.
struct Limits {
  double wall_seconds = 0;        ///< 0: no limit
  double stall_seconds = 0;       ///< from one step to the next, and from its start to the first; 0: no limit
  std::int64_t memory_bytes = 0;  ///< private memory; 0: most of the machine's
  std::map<Failure, std::int64_t> retries = {};  ///< how often one that failed so is tried again; others: never
};

/// When a sweep starts no further trial, though it could. Outside its identity.
struct Enough {
  double seconds = 0;            ///< of one command; 0: no limit
  std::int64_t trials = 0;       ///< executions, of the whole sweep; 0: no limit
  std::int64_t steps = 0;        ///< optimizer steps, of the whole sweep; 0: no limit
  std::optional<double> target;  ///< a config's mean is as good as this
  std::int64_t failures = 0;     ///< so many trials have failed; 0: no limit
  double failed_share = 0;       ///< of ten trials or more that have ended; 0: no limit
};

/// A part of a sweep, by config number: those of which `index` remains modulo `of`. Outside its identity.
struct Share {
  std::int64_t index = 0, of = 1;
  bool has(std::int64_t config) const { return config % of == index; }
};

/// A series of a metric, "test.mse", that something in the spec depends on.
struct NamedSeries {
  std::string key, name, where;  ///< "sweep.metric"; where: "spec.toml:7"
};

/// A data set as some trial opens it, and what that trial wants of its rows.
struct DataUse {
  std::string key;  ///< data_key() of the trials
  ComponentUse dataset;
  DataOptions options;
  std::string eval_split;                    ///< [train] eval_split
  std::vector<ComponentUse> judges;          ///< the objective and the metrics
  std::map<std::string, std::string> where;  ///< of the tables of the data set and of the judges: "spec.toml:7"
  std::vector<std::string> given;            ///< to metrics, by the objective and its models: given_to_metrics()
  bool takes_missing = true;                 ///< the objective is told which cells are missing
  bool takes_weights = true;                 ///< the objective heeds the weights of rows
  std::vector<NamedSeries> series;
};

/// The most that a plan declares, so that a slip of the keyboard is refused at once and not when memory runs out.
constexpr std::int64_t kMostConfigs = 100'000, kMostTrials = 1'000'000;

/// What a sweep is, declared before anything starts: everything that can be refused has been refused. Every config of a
/// closed sampler was composed once; of one that proposes every choice of every axis, and both ends of every range.
struct Plan {
  std::string experiment, question, sweep;  ///< names
  std::string spec_text;                    ///< the resolved TOML, re-runnable
  std::string declaration;                  ///< sha256 of what the spec says: equal means the same questions
  std::string identity;                     ///< sha256 of that and of `basis`: equal means the same sweep
  Basis basis;                              ///< empty until seal()
  nlohmann::json space;    ///< {"model.latent": {"type", "choices" | "low", "high", "log"[, "step"][, "n"][, "when"]}}
  nlohmann::json sampler;  ///< {"use": "grid", "random", ..., or "single"[, "configs", "seed"]}, and what else decides
                           ///< which trials there are: "forbid", "tries", "lag", "start_from", "pruner", "race"
  std::uint64_t seed = 0;
  std::int64_t replicates = 1;
  std::string metric;  ///< "" for a single run without an objective metric
  Goal goal = Goal::minimize;
  std::vector<SweepObjective> objectives;      ///< where there are several; the first is `metric` and `goal`, too
  std::string reduce = "last";                 ///< last | min | max | mean
  Limits limits;                               ///< of every trial
  std::int64_t threads = 1;                    ///< of every trial: the slots that it takes; outside its identity
  std::vector<Assignment> assignments;         ///< the configs that are known beforehand, by number
  std::optional<std::int64_t> default_config;  ///< what the spec says without its space, if it is among them
  std::int64_t configs = 0;                   ///< in all: those that are not known beforehand are proposed by `sampler`
  std::shared_ptr<const SearchSpace> search;  ///< null for a single run
  std::shared_ptr<const SearchSpace>
      choices;                      ///< of its axes those that a sampler chooses: all, but for crossed blocks
  std::int64_t lag = 0;             ///< of a deterministic sweep; 0: decisions know all that is known
  std::string start_from;           ///< another sweep whose results the sampler knows; ""
  PrunerOptions pruner;             ///< its metric is resolved
  PrunerOptions dry_pruner;         ///< of which the sweep only says what it would have done
  std::vector<std::string> blocks;  ///< axes that are circumstances: within them trials are compared
  std::vector<Assignment> crossed;  ///< the blocks that each point of a sampler that learns is run in; or none
  RacingOptions race;
  EvolutionOptions evolution;
  Enough enough;
  Share share;  ///< what of it this process runs; all is declared
  std::shared_ptr<const Compiler> compiler;
  std::vector<const Manifest*> plugins;  ///< used by any config, each once
  std::vector<DataUse> data;             ///< opened by any config, each once
  bool by_program = false;               ///< `ubp ask` gives its trials to a program of the user's (plan/program.hpp)
  std::string dataset_where;             ///< "spec.toml:7": the [dataset], for what cannot be read
};

/// What trials of a plan that promotes race in; of any other, nothing.
std::vector<search::Bracket> brackets_of(const Plan&);
/// The steps at which they pause, rising.
std::vector<std::int64_t> pauses_of(const Plan&);

/// Reads SPEC, applies KEY=VALUE overrides, expands the space. `single`: `ubp run`, which refuses a space and ignores
/// [sweep]. The plan refers to the registry's manifests: REQUIRES that it lives as long.
/// Throws Error (usage) `file:line: key: what is wrong: found, expected; did you mean ...?`, Error (plugin).
Plan make_plan(const std::filesystem::path& spec_file, const std::vector<std::string>& overrides, Registry&,
               bool single);

/// Adds to the plan what stands behind its numbers, and makes its identity of it. `data`: the files behind each of
/// `plan.data`, in that order. REQUIRES: not sealed yet.
void seal(Plan&, const std::vector<std::vector<SourceFile>>& data);

/// SHA-256 of everything that can change a trial's numbers: its resolved spec but for [artifacts], its seed, the
/// binaries of its components, the contents of its data, this ubp. Equal means the same numbers, in whatever sweep.
/// "" before seal(), and of a program of the user's: nobody knows whether it is still the same.
std::string trial_identity(const Basis&, const Config&, std::size_t replicate);

}  // namespace ubp
