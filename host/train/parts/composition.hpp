// SPDX-License-Identifier: MIT
// The parts of one trial, made from its spec and held together: engine, data, components, parameters, streams.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/random.hpp"
#include "plugin/instance.hpp"
#include "train/data/batch.hpp"
#include "train/data/data.hpp"
#include "train/environment/rollout.hpp"
#include "train/state/params.hpp"

namespace ubp {

/// A sub-network that the objective asked for. Targets share the model of the role they copy.
struct Role {
  std::string name;  ///< also the owner of its parameters
  Instance* model = nullptr;
  ubp_model_vt calls{};
  ubp_shape in{}, out{};  ///< without the row axis; out.nd -1: free
  bool built = false;
};

/// Named random streams of a trial: one per (owner, name), each at its own position.
class Streams {
 public:
  explicit Streams(std::uint64_t seed) : seed_(seed) {}
  Random& get(const std::string& name);
  ubp_obj handle(const std::string& name);
  Random& at(ubp_obj);  ///< throws EngineError (BAD_HANDLE)
  void rewind();        ///< every stream to its beginning
  void save(Checkpoint&) const;
  void load(const Checkpoint&);

 private:
  std::uint64_t seed_;
  std::map<std::string, std::size_t> index_;
  std::vector<std::unique_ptr<Random>> streams_;
};

/// [optimizer.NAME] if the spec has it, else [optimizer]. Throws Error (usage) if it has neither.
const ComponentUse& optimizer_of(const TrialSpec&, const std::string& name);

struct Metric {
  std::unique_ptr<Instance> instance;
  ubp_metric_vt calls{};
  bool baselines = false;  ///< MetricOptions
};

/// Throws Error or EngineError with a sentence that names the component.
struct Composition {
  explicit Composition(const TrialSpec&);

  const TrialSpec& spec;
  Engine engine;
  std::unique_ptr<Data> data;  ///< null: the objective lives on an environment alone
  ParamStore params;
  Streams streams;
  std::unique_ptr<Instance> objective;
  ubp_objective_vt objective_calls{};
  std::vector<std::unique_ptr<Instance>> models;
  std::map<std::string, Role> roles;
  std::unique_ptr<Augment> augment;
  std::vector<Metric> metrics;
  std::unique_ptr<Instance> environment, evaluation_environment;
  std::unique_ptr<Environments> envs, evaluation_envs;
  Table table;

  /// What was learnt, and where the streams stand: of a checkpoint what the parts themselves have.
  void save(Checkpoint&) const;
  /// REQUIRES: TrialServices::set_up() has run, and the checkpoint is of a composition of the same spec.
  void load(const Checkpoint&);
  std::unique_ptr<Instance> make(const ComponentUse&) const;
  /// Whether the objective updates by manual(), not by the gradients of a loss.
  bool is_manual() const { return objective_calls.flags & UBP_OBJ_MANUAL_UPDATE && objective_calls.manual; }
  bool labels_allowed() const { return objective_calls.flags & UBP_OBJ_NEEDS_LABELS; }
  const ubp_component& component_of_objective() const { return objective->component(); }
  /// The first role whose model has `method`, or null.
  Role* role_with(const char* method);
  static bool has_method(const Role&, const char* method);
  bool objective_gives(const char* what) const;
};

}  // namespace ubp
