// SPDX-License-Identifier: MIT
// length_teller: one number w [2] against every entry that is there; logs what it was told of lengths and of splits.
#include <ubp/sdk.hpp>
using namespace ubp;

struct LengthTeller : Objective {
  static void describe(Describe<LengthTeller>& d) {
    d.id("length_teller")
        .doc("Tells what it is told.")
        .flags(UBP_OBJ_HANDLES_MASK)
        .logs("lengths")
        .logs("known")
        .logs("padding")
        .logs("shifted_rows")
        .logs("shifted_first")
        .logs("missing_rows");
  }
  void setup(Ctx& c) override { c.param("w", {2}, Init::zeros()); }
  Tensor loss(Ctx& c, const Batch& b) override {
    double lengths = 0;
    for (const std::int64_t n : c.integers(b.lengths())) lengths += static_cast<double>(n);
    c.log("lengths", lengths);
    c.log("known", sum(b.mask()));
    c.log("padding", sum(abs(b.view(0) * (1 - b.mask()))));
    return sum(square(c.param("w") - b.view(0)) * b.mask()) / sum(b.mask());
  }
  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() != UBP_EV_TRAIN_END) return;
    c.log("shifted_rows", static_cast<double>(c.rows("shifted")));
    c.log("missing_rows", static_cast<double>(c.rows("elsewhere")));
    if (c.rows("shifted") == 0) return;
    double first = 0;
    c.for_each_batch("shifted", 2, [&](Ctx& in, const Batch& b) {
      if (b.split() != "shifted") throw Error("another split: " + b.split());
      if (first == 0) first = in.values(b.view(0))[0];
    });
    c.log("shifted_first", first);
  }
};

UBP_EXPORT_PLUGIN("length_teller", "1.0.0", "MIT", LengthTeller);
