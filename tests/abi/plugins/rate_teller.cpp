// SPDX-License-Identifier: MIT
// rate_teller: logs the learning rate that each callback is told, and what the batch says of its epoch.
#include <ubp/sdk.hpp>
using namespace ubp;

#ifdef PAIRS
#define ID "rate_teller_of_pairs"
#define FLAGS UBP_OBJ_MIN_BATCH_2
#else
#define ID "rate_teller"
#define FLAGS 0
#endif

struct RateTeller : Objective {
  std::int64_t repeats;

  static void describe(Describe<RateTeller>& d) {
    d.id(ID)
        .doc("Tells its learning rates.")
        .flags(FLAGS)
        .param(&RateTeller::repeats, "repeats", 1, {1, 100}, tunable, "Steps of the first phase in a round.")
        .logs("rate_of_a")
        .logs("rate_of_b")
        .logs("rate_after_a")
        .logs("rate_after_b")
        .logs("rounds")
        .phase("a", "self.w", "repeats")
        .phase("b", "self.w")
        .phase_lr("0.5");
  }
  void setup(Ctx& c) override { c.param("w", c.row_shape(), Init::constant(1)); }
  Tensor loss(Ctx& c, const Batch& b) override {
    c.log(b.phase() == 0 ? "rate_of_a" : "rate_of_b", b.lr());
    c.log("rounds", static_cast<double>(b.steps_per_epoch()));
    return mean(square(b.view(0) - c.param("w")));
  }
  void after_step(Ctx& c, const Batch& b) override { c.log(b.phase() == 0 ? "rate_after_a" : "rate_after_b", b.lr()); }
};

UBP_EXPORT_PLUGIN(ID, "1.0.0", "MIT", RateTeller);
