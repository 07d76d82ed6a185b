// SPDX-License-Identifier: MIT
// From gradients to changed parameters: clipping, decay, and the optimizer's step over contiguous runs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "train/loop/flat_run.hpp"
#include "train/parts/composition.hpp"
#include "train/parts/services.hpp"

namespace ubp {

/// What one phase does to the parameters it trains.
struct Update {
  std::vector<Param*> trained;
  double lr = 0;                ///< as Rate gives it
  const char* decay = nullptr;  ///< the phase's ubp_num, read against the objective; null: the optimizer's own
  std::string optimizer;        ///< "critic": [optimizer.critic] if the spec has it, else [optimizer]
};

/// Owns the optimizers and their slots. An optimizer of its own name keeps its own slots and step count, also where two
/// of them read the same table.
class Updater {
 public:
  Updater(Composition& parts, TrialServices& services) : parts_(parts), services_(services) {}

  /// Throws EngineError (NUMERIC) naming the first parameter whose gradient is not finite; the parameters are then as
  /// they were.
  void apply(const Update&);
  void forget_slots();  ///< a new stage starts with fresh ones
  void save(Checkpoint&) const;
  void load(const Checkpoint&);

 private:
  using Runs = std::vector<std::unique_ptr<FlatRun>>;
  struct Optimizer {
    std::unique_ptr<Instance> instance;
    ubp_optimizer_vt calls{};
    i64 step = 0;
    std::map<std::size_t, std::vector<std::unique_ptr<Chunk>>> slots;  ///< by chunk of parameters, one per slot
    std::map<std::vector<Param*>, Runs> runs;                          ///< by what an update trains; over the slots
  };
  Optimizer& optimizer_named(const std::string& name);
  std::vector<std::unique_ptr<Chunk>>& slots_of(Optimizer&, std::size_t chunk);
  template <class T>
  void check_finite(const Update&) const;
  template <class T>
  void clip(const Update&) const;
  template <class T>
  void decay(Optimizer&, const Update&) const;
  Runs& runs_of(Optimizer&, const std::vector<Param*>& trained);
  void step(Optimizer&, FlatRun&, double lr, double decay_rate);
  template <class T>
  void step_rows(Optimizer&, const Update&, Param&, double decay_rate);
  double decay_rate(Optimizer&, const Update&) const;

  Composition& parts_;
  TrialServices& services_;
  std::map<std::string, Optimizer> optimizers_;
};

}  // namespace ubp
