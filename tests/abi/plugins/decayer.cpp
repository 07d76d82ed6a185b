// SPDX-License-Identifier: MIT
// decayer: an optimizer that takes decay into its own hands, and halves every number if it is told the right one.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Decayer : Optimizer {
  double weight_decay;

  static void describe(Describe<Decayer>& d) {
    d.id("decayer")
        .doc("Halves.")
        .flags(UBP_OPT_OWN_DECAY)
        .decay("weight_decay")
        .param(&Decayer::weight_decay, "weight_decay", 0, {0, 1}, tunable, "Told to step().");
  }
  template <class T>
  void step(const Flat<T>& f) {
    if (f.decay() != weight_decay) throw Error("told another decay");
    for (std::size_t i = 0; i < f.n(); ++i) f.param()[i] /= 2;
  }
};

UBP_EXPORT_PLUGIN("decayer", "1.0.0", "MIT", Decayer);
