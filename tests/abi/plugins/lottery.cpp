// SPDX-License-Identifier: MIT
// lottery: an episode lasts one step or a hundred, drawn at its start; every step pays 1. No action matters: 50.5 on
// average.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Ticket {
  std::int64_t left;
};

struct Lottery : Environment<Ticket> {
  static void describe(Describe<Lottery>& d) { d.id("lottery").doc("An episode lasts one step or a hundred."); }

  ubp_space observation_space() override { return box({1}); }
  ubp_space action_space() override { return discrete(2); }
  Ticket reset(Hash& random) override { return {random.uniform() < 0.5 ? 1 : 100}; }
  EnvOutcome step(Ticket& t, const float*) override { return {1, --t.left == 0}; }
  void observe(const Ticket&, float* out) override { *out = 0; }
};

UBP_EXPORT_PLUGIN("lottery", "1.0.0", "MIT", Lottery);
