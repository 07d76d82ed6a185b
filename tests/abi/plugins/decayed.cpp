// SPDX-License-Identifier: MIT
// decayed: two parameters whose gradient is 0, so that only decay moves them; `b` is to be spared.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Decayed : Objective {
  static void describe(Describe<Decayed>& d) {
    d.id("decayed").doc("Nothing to learn.").logs("w").logs("b").phase("fit", "self");
  }
  void setup(Ctx& c) override {
    c.param("w", {1}, Init::constant(1));
    c.param("b", {1}, Init::constant(1), UBP_PARAM_NO_DECAY);
  }
  Tensor loss(Ctx& c, const Batch&) override { return sum((c.param("w") + c.param("b")) * 0); }
  void after_step(Ctx& c, const Batch&) override {
    for (const char* name : {"w", "b"}) c.log(name, c.values(c.param(name))[0]);
  }
};

UBP_EXPORT_PLUGIN("decayed", "1.0.0", "MIT", Decayed);
