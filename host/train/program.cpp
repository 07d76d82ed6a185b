// SPDX-License-Identifier: MIT
#include "train/program.hpp"

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

Plateau plateau_of(const Instance& o, const ubp_plateau& p) {
  Plateau plateau;
  plateau.scalar = p.scalar;
  plateau.window = std::max<i64>(1, std::llround(o.number(p.window, 1)));
  plateau.gain = o.number(p.gain, plateau.gain);
  plateau.factor = o.number(p.factor, plateau.factor);
  plateau.floor = o.number(p.floor, plateau.floor);
  plateau.tol = o.number(p.tol, plateau.tol);
  return plateau;
}

Collect collect_of(const Instance& o, const ubp_collect& c, i64 batch) {
  Collect collect;
  collect.ring = c.table == UBP_TABLE_RING;
  collect.capacity = std::llround(o.number(c.capacity, 0));
  collect.min_rows = std::llround(o.number(c.min_rows, 1));
  collect.epochs = std::llround(o.number(c.epochs, 1));
  collect.batches = std::llround(o.number(c.batches, 0));
  collect.batch = std::llround(o.number(c.batch, static_cast<double>(batch)));
  return collect;
}

}  // namespace

std::vector<Stage> program_of(const Composition& c) {
  const Instance& o = *c.objective;
  const i64 epochs = c.spec.train.epochs, steps = c.spec.train.steps, batch = c.spec.train.batch;
  std::vector<Stage> program;
  for (std::uint32_t i = 0; i < c.vt.n_stages; ++i) {
    const ubp_stage& s = *c.vt.stages[i];
    Stage stage;
    stage.name = s.name, stage.flags = s.flags;
    stage.lr = o.number(s.lr, 1);
    stage.epochs = s.epochs ? std::llround(o.number(s.epochs, 0)) : epochs;
    if (steps > 0 && (!s.epochs || stage.epochs == 0)) stage.steps = steps, stage.epochs = 0;
    for (std::uint32_t k = 0; k < s.n_phases; ++k) stage.phases.push_back(phase_of(o, *s.phases[k]));
    if (stage.phases.empty()) stage.phases.push_back({stage.name, nullptr, 1, 1, 1, nullptr, stage.name});
    if (s.plateau) stage.has_plateau = true, stage.plateau = plateau_of(o, *s.plateau);
    if (s.collect) stage.collects = true, stage.collect = collect_of(o, *s.collect, batch);
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
