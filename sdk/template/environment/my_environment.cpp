// SPDX-License-Identifier: MIT
// my_environment: what is to be done, in one sentence.
//
//   position <- position - 1 or + 1;  reward 1 at +goal, -1 at -goal, which end the episode
//
// | parameter | type | range     | default | meaning |
// |-----------|------|-----------|---------|---------|
// | goal      | int  | [1, 1000] | 5       | Distance of either end from the start. |
//
// Limits: none known. Source: paper.
//
//   [environment]
//   use = "my_environment"
#include <ubp/sdk.hpp>
using namespace ubp;

struct Walk {  // the whole state of one instance: plain numbers, so that episodes can be saved and replayed
  std::int64_t position;
};

struct MyEnvironment : Environment<Walk> {
  std::int64_t goal;

  static void describe(Describe<MyEnvironment>& d) {
    d.id("my_environment")
        .title("My environment")
        .doc("What is to be done, in one sentence.")
        .cite("paper")
        .max_steps(200)
        .param(&MyEnvironment::goal, "goal", 5, {1, 1000}, 0, "Distance of either end from the start.");
  }

  ubp_space observation_space() override { return box({1}); }
  ubp_space action_space() override { return discrete(2); }

  Walk reset(Hash& random) override { return {random.below(3) - 1}; }

  EnvOutcome step(Walk& s, const float* action) override {
    s.position += action[0] > 0 ? 1 : -1;
    const bool over = s.position == goal || s.position == -goal;
    return {over ? (s.position > 0 ? 1.0 : -1.0) : 0.0, over};
  }

  void observe(const Walk& s, float* out) override {
    out[0] = static_cast<float>(s.position) / static_cast<float>(goal);
  }
};

UBP_EXPORT_PLUGIN("my_environment", "1.0.0", "MIT", MyEnvironment);
