// SPDX-License-Identifier: MIT
// slider: an environment with a box of actions. A point moves by the action; the reward is minus its squared distance
// to 0.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Point {
  double x[2];
};

struct Slider : Environment<Point> {
  static void describe(Describe<Slider>& d) { d.id("slider").doc("A point that moves by the action.").max_steps(5); }

  ubp_space observation_space() override { return box({2}); }
  ubp_space action_space() override {
    static constexpr double low[] = {-1, -1}, high[] = {1, 1};
    return box({2}, low, high);
  }
  Point reset(Hash& random) override { return {{random.uniform(-3, 3), random.uniform(-3, 3)}}; }
  EnvOutcome step(Point& p, const float* action) override {
    for (int k = 0; k < 2; ++k) p.x[k] += static_cast<double>(action[k]);
    const double distance = p.x[0] * p.x[0] + p.x[1] * p.x[1];
    return {-distance, distance < 0.01};
  }
  void observe(const Point& p, float* out) override {
    for (int k = 0; k < 2; ++k) out[k] = static_cast<float>(p.x[k]);
  }
};

UBP_EXPORT_PLUGIN("slider", "1.0.0", "MIT", Slider);
