// SPDX-License-Identifier: MIT
// The learning rate falls as [train] says, also where the number of steps is not known before; and an epoch has as many
// rounds as one that is played.
#include <catch2/catch.hpp>

#include "train/epoch.hpp"
#include "train/rate.hpp"

namespace {

using namespace ubp;

/// A rate of 1 under a schedule, in a stage of so many rounds and epochs.
struct Scheduled {
  TrialSpec spec;
  Stage stage;
  Rate rate{spec};

  Scheduled(RateSchedule kind, i64 rounds, i64 epochs, i64 warmup = 0) {
    spec.components.push_back({"optimizer", UBP_K_OPTIMIZER, "sgd", "", "", "", {{"lr", 1.0}}});
    spec.train.schedule = kind;
    spec.train.schedule_step = spec.train.schedule_patience = 2;
    spec.train.warmup_steps = warmup;
    stage.epochs = epochs;
    stage.phases.push_back({"all", nullptr, 1, 1, 1, nullptr, "all"});
    rate.enter(stage, rounds);
  }
  double at(i64 round, i64 epoch) const { return rate.of(stage.phases.front(), {round, epoch}); }
};

}  // namespace

TEST_CASE("the cosine falls from 1 to 0 over the rounds of a stage, after the warm-up", "[schedule]") {
  const Scheduled s(RateSchedule::cosine, 110, 5, 10);
  CHECK(s.at(4, 0) == 0.5);
  CHECK(s.at(10, 0) == 1);
  CHECK(s.at(60, 2) == Approx(0.5));
  CHECK(s.at(110, 5) == Approx(0).margin(1e-12));
  CHECK(s.at(200, 9) == Approx(0).margin(1e-12));
}

TEST_CASE("the cosine of collected rows falls by epochs, and is constant where nobody knows the end", "[schedule]") {
  const Scheduled s(RateSchedule::cosine, -1, 4);
  CHECK(s.at(700, 0) == 1);
  CHECK(s.at(700, 2) == Approx(0.5));
  CHECK(s.at(700, 4) == Approx(0).margin(1e-12));
  CHECK(Scheduled(RateSchedule::cosine, -1, 0).at(700, 4) == 1);
}

TEST_CASE("steps and plateaus fall by their factor", "[schedule]") {
  CHECK(Scheduled(RateSchedule::step, 100, 10).at(9, 5) == 0.25);
  Scheduled s(RateSchedule::plateau, 100, 10);
  for (const double loss : {3.0, 2.0, 2.0}) s.rate.end_epoch(loss);
  CHECK(s.at(9, 3) == 1);
  s.rate.end_epoch(2.5);
  CHECK(s.at(9, 4) == 0.5);
}

TEST_CASE("a stage's plateau ends at the rate that trains: phase and schedule count, warm-up and min_lr do not",
          "[schedule]") {
  Scheduled s(RateSchedule::step, 100, 10, 50);
  s.stage.has_plateau = true;
  s.stage.plateau.floor = 0.3;
  CHECK_FALSE(s.rate.below_floor({0, 0}));  // the first step's rate is 0.02
  CHECK_FALSE(s.rate.below_floor({60, 2}));
  CHECK(s.rate.below_floor({60, 4}));
  s.spec.train.min_lr = 0.5;
  CHECK(s.at(60, 4) == 0.5);
  CHECK(s.rate.below_floor({60, 4}));
  s.stage.phases.front().lr = 0.5;
  CHECK(s.rate.below_floor({60, 2}));
}

TEST_CASE("the rounds of an epoch: whole minibatches, pairs, and phases that draw their own", "[epoch]") {
  Stage once, five, every_other;
  once.phases.push_back({"all"});
  five.phases = {{"critic", nullptr, 5}, {"generator"}};
  every_other.phases = {{"critic", nullptr, 3, 2}, {"generator"}};
  EpochRules rules;
  rules.rows = 65, rules.batch = 16;
  CHECK(rounds_per_epoch(rules, once, 0) == 5);
  CHECK(rounds_per_epoch(rules, five, 0) == 1);
  CHECK(rounds_per_epoch(rules, every_other, 0) == 3);  // 3 + 1 + 3: the last opens the next pass
  CHECK(rounds_per_epoch(rules, every_other, 1) == 3);  // 1 + 3 + 1
  rules.pairs_only = true;
  CHECK(rounds_per_epoch(rules, once, 0) == 4);
  rules.rows = 63, rules.pairs_only = false, rules.whole_only = true;
  CHECK(rounds_per_epoch(rules, once, 0) == 3);
  rules.rows = 9;
  CHECK(rounds_per_epoch(rules, once, 0) == 1);  // it has no other
  rules.rows = 0;
  CHECK(rounds_per_epoch(rules, five, 0) == 1);
  rules.rows = 40, rules.passes = 2;  // each pass drops its last 8
  CHECK(rounds_per_epoch(rules, once, 0) == 4);
  rules.draws = 7;
  CHECK(rounds_per_epoch(rules, once, 0) == 7);
}
