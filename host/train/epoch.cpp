// SPDX-License-Identifier: MIT
#include "train/epoch.hpp"

#include <algorithm>

namespace ubp {
namespace {

/// Phases share the first minibatch of a round; the repeats of a phase take further ones.
i64 minibatches_of_round(const Stage& stage, i64 round) {
  i64 n = 1;
  for (const Phase& phase : stage.phases)
    if (phase.is_active(round)) n += std::max<i64>(0, phase.repeat - 1);
  return n;
}

bool rounds_are_alike(const Stage& stage) {
  return std::all_of(stage.phases.begin(), stage.phases.end(),
                     [](const Phase& phase) { return phase.repeat <= 1 || phase.every <= 1; });
}

}  // namespace

/// Rows of the next minibatch of this pass; 0: the pass is used up.
i64 EpochCourse::available(const EpochRules& rules) const {
  const i64 left = rules.rows - cursor;
  if (rules.whole_only && rules.rows >= rules.batch && left < rules.batch) return 0;
  if (rules.pairs_only && rules.rows > 1 && left < 2) return 0;
  return std::min(left, rules.batch);
}

bool EpochCourse::over(const EpochRules& rules) const {
  if (rules.rows == 0) return drawn > 0;
  if (rules.draws > 0) return drawn >= rules.draws;
  return passed >= rules.passes || (passed + 1 == rules.passes && available(rules) == 0);
}

EpochCourse::Minibatch EpochCourse::next(const EpochRules& rules) {
  ++drawn;
  if (rules.rows == 0) return {};
  Minibatch minibatch;
  if (available(rules) == 0) {
    minibatch.new_pass = true;
    ++passed;
    cursor = 0;
  }
  minibatch.first = cursor;
  minibatch.last = cursor += available(rules);
  return minibatch;
}

i64 rounds_per_epoch(const EpochRules& rules, const Stage& stage, i64 first_round) {
  EpochCourse course;
  i64 round = first_round;
  for (; !course.over(rules); ++round)
    for (i64 n = minibatches_of_round(stage, round); n > 0; --n) course.next(rules);
  return round - first_round;
}

i64 rounds_of_stage(const EpochRules& rules, const Stage& stage) {
  if (stage.steps > 0) return stage.steps;
  if (stage.epochs == 0 || stage.collects) return -1;
  if (rounds_are_alike(stage)) return stage.epochs * rounds_per_epoch(rules, stage, 0);
  i64 rounds = 0;
  for (i64 epoch = 0; epoch < stage.epochs; ++epoch) rounds += rounds_per_epoch(rules, stage, rounds);
  return rounds;
}

}  // namespace ubp
