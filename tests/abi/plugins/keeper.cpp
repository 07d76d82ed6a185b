// SPDX-License-Identifier: MIT
// keeper: an optimizer that wants to keep something of its own.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Keeper : Optimizer {
  std::string what;
  static void describe(Describe<Keeper>& d) {
    d.id("keeper").doc("Keeps.").choice(&Keeper::what, "what", {"param", "state", "stream", "kmeans"}, "param", 0,
                                        "What.");
  }
  void step(Ctx& c, const TrainedRun&) {
    if (what == "param") c.param("kept", {1}, Init::zeros());
    if (what == "state") c.state("kept", {1});
    if (what == "stream") c.normal("kept", {1});
    if (what == "kmeans") c.kmeans(c.zeros({4, 2}), 2, 1);
  }
};

UBP_EXPORT_PLUGIN("keeper", "1.0.0", "MIT", Keeper);
