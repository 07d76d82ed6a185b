// SPDX-License-Identifier: MIT
// From the text of a spec to a complete plan: every component found, every name read, every value typed and in range.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "plan/options.hpp"
#include "plugin/manifest.hpp"
#include "plugin/registry.hpp"

namespace ubp {

/// One component of a trial. JSON: {"table", "kind", "id", "file", "sha256", "version", "params": {...}}.
struct ComponentUse {
  std::string
      table;  ///< where the spec named it: "model", "model.critic", "optimizer", "metric.0", "dataset", "transform.0"
  std::int32_t kind = 0;
  std::string id;
  std::filesystem::path file;
  std::string sha256, version;
  nlohmann::json params;  ///< every declared parameter, resolved, in its declared type
};

/// Everything a trial process needs. A trial is a pure function of this, but for `directory`.
struct TrialSpec {
  std::vector<ComponentUse> components;
  DataOptions dataset;
  TrainOptions train;
  ArtifactOptions artifacts;
  std::uint64_t seed = 0;        ///< derived from [train].seed, the sweep's seed, the config and the replicate
  std::string objective_metric;  ///< "test.probe_accuracy", or "" if none is optimised
  bool maximize = false;
  std::filesystem::path directory;  ///< where checkpoint, artifacts and log of this config x replicate live

  const ComponentUse* find(const std::string& table) const;
};

void to_json(nlohmann::json&, const ComponentUse&);
void from_json(const nlohmann::json&, ComponentUse&);
void to_json(nlohmann::json&, const TrialSpec&);
void from_json(const nlohmann::json&, TrialSpec&);

/// One parameter of a config, as recorded: typed for filters.
struct ConfigParam {
  std::string name;  ///< "model.latent"
  nlohmann::json value;
};

struct PlannedConfig {
  std::int64_t number = 0;
  std::vector<ConfigParam> params;  ///< the swept ones, sorted by name
  nlohmann::json resolved;          ///< the whole resolved spec of this config, canonical; seed excluded
};

struct PlannedTrial {
  std::int64_t config = 0;  ///< index into Plan::configs
  std::int64_t replicate = 0;
  TrialSpec spec;
};

/// Complete before anything starts.
struct Plan {
  std::string experiment, question, sweep;  ///< names
  std::string spec_text;                    ///< the resolved TOML, re-runnable
  std::string identity;                     ///< sha256 of what can change results: equal means the same sweep
  nlohmann::json space;    ///< {"model.latent": {"type", "choices" | "low", "high", "log"[, "step"][, "n"][, "when"]}}
  nlohmann::json sampler;  ///< {"use": "grid" | "random" | "single"[, "configs", "seed"]}
  std::uint64_t seed = 0;
  std::int64_t replicates = 1;
  std::string metric;  ///< "" for a single run without an objective metric
  bool maximize = false;
  std::string reduce = "last";  ///< last | min | max | mean
  bool supervised = false;
  double trial_wall_seconds = 0;        ///< 0: no limit
  std::int64_t trial_memory_bytes = 0;  ///< 0: no limit
  std::vector<PlannedConfig> configs;
  std::vector<PlannedTrial> trials;      ///< configs x replicates, config-major
  std::vector<const Manifest*> plugins;  ///< used by any config, each once
  std::string dataset_where;             ///< "spec.toml:7": the [dataset], for what cannot be read
};

/// Reads SPEC, applies KEY=VALUE overrides, expands the space. `single`: `ubp run`, which refuses a space and ignores
/// [sweep].
/// Throws Error (usage) `file:line: key: what is wrong: found, expected; did you mean ...?`, Error (plugin).
Plan make_plan(const std::filesystem::path& spec_file, const std::vector<std::string>& overrides, Registry&,
               bool single);

}  // namespace ubp
