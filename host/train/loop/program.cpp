// SPDX-License-Identifier: MIT
#include "train/loop/program.hpp"

#include <cmath>

namespace ubp {
namespace {

Phase phase_of(const Instance& objective, const ubp_phase& p) {
  Phase phase;
  phase.name = p.name;
  phase.train = p.train;
  phase.repeat = std::llround(objective.number(p.repeat, 1));
  phase.every = std::llround(objective.number(p.every, 1));
  phase.lr = objective.number(p.lr, 1);
  phase.decay = p.decay;
  phase.optimizer = p.optimizer ? p.optimizer : p.name;
  return phase;
}

Plateau plateau_of(const Instance& objective, const ubp_plateau& p) {
  Plateau plateau;
  plateau.scalar = p.scalar;
  plateau.window = std::max<i64>(1, std::llround(objective.number(p.window, 1)));
  plateau.gain = objective.number(p.gain, plateau.gain);
  plateau.factor = objective.number(p.factor, plateau.factor);
  plateau.floor = objective.number(p.floor, plateau.floor);
  plateau.tol = objective.number(p.tol, plateau.tol);
  return plateau;
}

Collect collect_of(const Instance& objective, const ubp_collect& c, i64 batch) {
  Collect collect;
  collect.ring = c.table == UBP_TABLE_RING;
  collect.capacity = std::llround(objective.number(c.capacity, 0));
  collect.min_rows = std::llround(objective.number(c.min_rows, 1));
  collect.epochs = std::llround(objective.number(c.epochs, 1));
  collect.batches = std::llround(objective.number(c.batches, 0));
  collect.batch = std::llround(objective.number(c.batch, static_cast<double>(batch)));
  return collect;
}

}  // namespace

std::vector<Stage> program_of(const Composition& parts) {
  const Instance& objective = *parts.objective;
  const i64 epochs = parts.spec.train.epochs, steps = parts.spec.train.steps, batch = parts.spec.train.batch;
  std::vector<Stage> program;
  for (std::uint32_t i = 0; i < parts.objective_calls.n_stages; ++i) {
    const ubp_stage& s = *parts.objective_calls.stages[i];
    Stage stage;
    stage.name = s.name, stage.flags = s.flags;
    stage.lr = objective.number(s.lr, 1);
    stage.epochs = s.epochs ? std::llround(objective.number(s.epochs, 0)) : epochs;
    if (steps > 0 && (!s.epochs || stage.epochs == 0)) stage.steps = steps, stage.epochs = 0;
    for (std::uint32_t k = 0; k < s.n_phases; ++k) stage.phases.push_back(phase_of(objective, *s.phases[k]));
    if (stage.phases.empty()) stage.phases.push_back({stage.name, nullptr, 1, 1, 1, nullptr, stage.name});
    if (s.plateau) stage.has_plateau = true, stage.plateau = plateau_of(objective, *s.plateau);
    if (s.collect) stage.collects = true, stage.collect = collect_of(objective, *s.collect, batch);
    program.push_back(std::move(stage));
  }
  if (program.empty()) {
    Stage stage;
    stage.name = "train";
    stage.epochs = steps > 0 ? 0 : epochs, stage.steps = steps;
    stage.phases.push_back({"train", nullptr, 1, 1, 1, nullptr, "train"});
    program.push_back(std::move(stage));
  }
  return program;
}

}  // namespace ubp
