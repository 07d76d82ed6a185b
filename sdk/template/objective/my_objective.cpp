// SPDX-License-Identifier: MIT
// my_objective: what it wants, in one sentence.
//
//   L = mean (g(f(x)) - x)^2 + weight mean f(x)^2
//
// | parameter | type  | range    | default | meaning |
// |-----------|-------|----------|---------|---------|
// | weight    | float | [0, inf) | 0.01    | Weight of the penalty. |
//
// Logs: penalty. Limits: none known. Source: paper, equation.
//
//   [objective]
//   use    = "my_objective"
//   weight = 0.01
#include <ubp/sdk.hpp>
using namespace ubp;

struct MyObjective : Objective {
  double weight;

  static void describe(Describe<MyObjective>& d) {
    d.id("my_objective")
        .title("My objective")
        .doc("What it wants, in one sentence.")
        .cite("paper")
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .logs("penalty")
        .param(&MyObjective::weight, "weight", 0.01, {0, infinity}, tunable | log_scale, "Weight of the penalty.")
        .sweep(1e-4, 1);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor x = b.view(0), z = c.call("autoencoder", "encode", x), y = c.call("autoencoder", "decode", z);
    const Tensor penalty = mean(square(z));
    c.log("penalty", penalty);
    return mse(y, x) + weight * penalty;
  }
};

UBP_EXPORT_PLUGIN("my_objective", "1.0.0", "MIT", MyObjective);
