// SPDX-License-Identifier: MIT
// The learning rate falls as [train] says, also where the number of steps is not known before.
#include <catch2/catch.hpp>

#include "train/schedule.hpp"

namespace {

using ubp::Schedule;

using ubp::RateSchedule;

Schedule schedule(RateSchedule kind, int warmup = 0) {
  ubp::TrainOptions train;
  train.schedule = kind;
  train.schedule_step = train.schedule_patience = 2;
  train.warmup_steps = warmup;
  return Schedule(train);
}

}  // namespace

TEST_CASE("the cosine falls from 1 to 0 over the steps of a stage, after the warm-up", "[schedule]") {
  const Schedule s = schedule(RateSchedule::cosine, 10);
  CHECK(s.factor(4, 0, 110, 5) == 0.5);
  CHECK(s.factor(10, 0, 110, 5) == 1);
  CHECK(s.factor(60, 2, 110, 5) == Approx(0.5));
  CHECK(s.factor(110, 5, 110, 5) == Approx(0).margin(1e-12));
  CHECK(s.factor(200, 9, 110, 5) == Approx(0).margin(1e-12));
}

TEST_CASE("the cosine of collected rows falls by epochs, and is constant where nobody knows the end", "[schedule]") {
  const Schedule s = schedule(RateSchedule::cosine);
  CHECK(s.factor(700, 0, -1, 4) == 1);
  CHECK(s.factor(700, 2, -1, 4) == Approx(0.5));
  CHECK(s.factor(700, 4, -1, 4) == Approx(0).margin(1e-12));
  CHECK(s.factor(700, 4, -1, 0) == 1);
}

TEST_CASE("steps and plateaus fall by their factor", "[schedule]") {
  CHECK(schedule(RateSchedule::step).factor(9, 5, 100, 10) == 0.25);
  Schedule s = schedule(RateSchedule::plateau);
  for (const double loss : {3.0, 2.0, 2.0}) s.end_epoch(loss);
  CHECK(s.factor(9, 3, 100, 10) == 1);
  s.end_epoch(2.5);
  CHECK(s.factor(9, 4, 100, 10) == 0.5);
}
