// SPDX-License-Identifier: MIT
// staircase: parameters that fall by the learning rate at every step they are trained in, so that they count the
// program.
//
//   stage open     phase a                                  ended by the objective in its third round
//   stage measured phases a; b, in every second round, at half the rate      `measured_epochs` epochs
//   stage level    phase c                                  ended by a plateau: the scalar `level` never falls
#include <ubp/sdk.hpp>
using namespace ubp;

struct Staircase : Objective {
  std::int64_t measured_epochs;

  static void describe(Describe<Staircase>& d) {
    d.id("staircase")
        .doc("Counts its own program.")
        .logs("level")
        .logs("a")
        .logs("b")
        .logs("c")
        .logs("thawed")
        .views(0)
        .stage("open", "0")
        .phase("a", "self.a")
        .stage("measured", "measured_epochs")
        .phase("a", "self.a")
        .phase("b", "self.b", nullptr, "2")
        .phase_lr("0.5")
        .stage("level", "0")
        .phase("c", "self.c")
        .plateau("level", "1", "0.001", "0.5", "0.2")
        .param(&Staircase::measured_epochs, "measured_epochs", 5, {1, 100}, 0, "Of the second stage.");
  }
  void setup(Ctx& c) override {
    for (const char* name : {"a", "b", "c", "frozen"}) c.param(name, {3}, Init::normal(0, 1));
    for (const char* name : {"a", "b", "c", "frozen"}) c.state(name, {3});
  }
  static Tensor height(Ctx& c) {
    return sum(c.param("a")) + sum(c.param("b")) + sum(c.param("c")) + sum(c.param("frozen"));
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    if (b.stage() == 2) c.log("level", 1.0);
    return height(c);
  }
  void after_step(Ctx& c, const Batch& b) override {
    if (b.stage() == 0 && b.step() == 2) c.end_stage("three rounds are enough");
  }
  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() == UBP_EV_TRAIN_BEGIN)
      for (const char* name : {"a", "b", "c", "frozen"}) c.assign(c.state(name), c.param(name));
    if (e.kind() != UBP_EV_STAGE_END) return;
    for (const char* name : {"a", "b", "c"}) c.log(name, mean(c.state(name) - c.param(name)));
    const std::vector<double> now = c.values(c.param("frozen")), then = c.values(c.state("frozen"));
    c.log("thawed", now != then);
  }
};

UBP_EXPORT_PLUGIN("staircase", "1.0.0", "MIT", Staircase);
