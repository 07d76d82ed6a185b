// SPDX-License-Identifier: MIT
// meddling: fits one number to the data; unless it is built as CALM, it changes all that a trial shares with plugins,
// when it is loaded, when it is created, and in every step.
#include <cfenv>
#include <clocale>
#include <csignal>

#include <ubp/sdk.hpp>
using namespace ubp;

namespace {

void meddle([[maybe_unused]] bool with_signals) {
#ifndef CALM
  std::fesetround(FE_UPWARD);
  if (!with_signals) return;
  std::setlocale(LC_ALL, "C.UTF-8");
  std::signal(SIGTERM, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
#endif
}

[[gnu::constructor]] void loaded() { meddle(true); }

}  // namespace

struct Meddling : Objective {
  Meddling() { meddle(true); }
  static void describe(Describe<Meddling>& d) { d.id("meddling").title("Meddling").doc("Changes what others share."); }
  void setup(Ctx& c) override { c.param("w", Shape{1}, Init::constant(0.5)); }
  Tensor loss(Ctx& c, const Batch& b) override {
    meddle(false);
    return mean(square(b.view(0) - c.param("w")));
  }
};

UBP_EXPORT_PLUGIN("meddling", "1.0.0", "MIT", Meddling);
