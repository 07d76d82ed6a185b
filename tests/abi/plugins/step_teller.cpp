// SPDX-License-Identifier: MIT
// step_teller: logs where it is told that the trial is, in two stages, and whether its batch says the same.
#include <ubp/sdk.hpp>
using namespace ubp;

struct StepTeller : Objective {
  bool in_event;

  static void describe(Describe<StepTeller>& d) {
    d.id("step_teller")
        .doc("Tells where it is.")
        .param(&StepTeller::in_event, "in_event", false, 0, "Ask where nobody is told.")
        .logs("at")
        .logs("seen")
        .logs("wrong")
        .stage("alone", "1")
        .phase("a")
        .stage("both", "1")
        .phase("a", "self.w", "2")
        .phase("b", "self.w")
        .phase_lr("0.5");
  }
  void setup(Ctx& c) override { c.param("w", c.row_shape(), Init::constant(1)); }
  Tensor loss(Ctx& c, const Batch& b) override {
    const Step s = c.step();
    if (s.stage == 0 || s.phase == 1) c.log("at", double(s.step)), c.log("seen", double(s.rows));
    tell(c, b);
    return mean(square(b.view(0) - c.param("w")));
  }
  void after_step(Ctx& c, const Batch& b) override { tell(c, b); }
  void on_event(Ctx& c, const Event& e) override {
    if (in_event && e.kind() == UBP_EV_EPOCH_END) c.step();
  }

 private:
  void tell(Ctx& c, const Batch& b) {
    const Step s = c.step();
    c.log("wrong", s.stage != b.stage() || s.phase != b.phase() || s.epoch != b.epoch() || s.lr != b.lr());
  }
};

UBP_EXPORT_PLUGIN("step_teller", "1.0.0", "MIT", StepTeller);
