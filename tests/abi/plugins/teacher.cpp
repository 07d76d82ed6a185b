// SPDX-License-Identifier: MIT
// teacher: one network predicts what its own slow copy makes of another view (after BYOL, arXiv:2006.07733).
#include <ubp/sdk.hpp>
using namespace ubp;

struct Teacher : Objective {
  double momentum;
  bool late;

  static void describe(Describe<Teacher>& d) {
    d.id("teacher")
        .doc("Prediction of a slow copy.")
        .logs("apart")
        .logs("moved")
        .views(2)
        .role("encoder", "project")
        .param(&Teacher::momentum, "momentum", 0.9, {0, 1}, tunable, "Of the copy.")
        .param(&Teacher::late, "late", false, 0, "Make the copy at the first loss, not in setup.");
  }
  void setup(Ctx& c) override {
    const std::int64_t n = c.method_shape("encoder", "project")[0];
    c.param("predictor", {n, n}, Init::xavier());
    if (!late) c.ema_target("encoder", "slow");
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    if (late) c.ema_target("encoder", "slow");
    const Tensor p = normalize(matmul(c.call("encoder", "project", b.view(0)), c.param("predictor")));
    const Tensor z = stop_gradient(normalize(c.call("slow", "project", b.view(1))));
    return 2.0 - 2.0 * mean(sum(p * z, 1));
  }
  void after_step(Ctx& c, const Batch& b) override {
    const Tensor before = c.call("slow", "project", b.view(0)), online = c.call("encoder", "project", b.view(0));
    c.ema_update("slow", momentum);
    const Tensor after = c.call("slow", "project", b.view(0));
    c.log("moved", max(abs(after - before)));
    c.log("apart", max(abs(after - online)));
  }
};

UBP_EXPORT_PLUGIN("teacher", "1.0.0", "MIT", Teacher);
