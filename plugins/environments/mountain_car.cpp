// SPDX-License-Identifier: MIT
// mountain_car: a car too weak for the hill must swing back to gain speed. Push left (0), coast (1) or push right (2).
//
//   v <- clip(v + 0.001 (a - 1) - 0.0025 cos 3x, +-0.07);   x <- clip(x + v, -1.2, 0.6);   at x = -1.2, v < 0 becomes 0
//
// Without parameters. Observation (x, v). Starts at x in U(-0.6, -0.4), v = 0. Ends at x >= 0.5 with v >= 0; reward -1
// for every step; at most 200 steps. Solved: a mean return of -110 over 100 episodes.
// Limits: a random policy does not reach the top within 200 steps: exploration is the problem.
// Source: Moore, PhD thesis, Cambridge, 1990; constants of Gymnasium's MountainCar-v0.
//
//   [environment]
//   use = "mountain_car"
#include <ubp/sdk.hpp>

#include <algorithm>

namespace {
using namespace ubp;

struct CarState {
  double x, v;
};

class MountainCar : public Environment<CarState> {
 public:
  static void describe(Describe<MountainCar>& d) {
    d.id("mountain_car")
        .title("Mountain car")
        .cite("Moore, PhD thesis, Cambridge, 1990")
        .tag("control")
        .max_steps(200)
        .doc("A car too weak for the hill must swing back to gain speed; as Gymnasium's MountainCar-v0.");
  }
  ubp_space observation_space() override {
    static constexpr double low[] = {kLeft, -kMostSpeed}, high[] = {kRight, kMostSpeed};
    return box({2}, low, high);
  }
  ubp_space action_space() override { return discrete(3); }

  CarState reset(Hash& random) override { return {random.uniform(-0.6, -0.4), 0}; }

  EnvOutcome step(CarState& s, const float* action) override {
    s.v = std::clamp(s.v + (static_cast<double>(action[0]) - 1) * 0.001 - 0.0025 * std::cos(3 * s.x), -kMostSpeed,
                     kMostSpeed);
    s.x = std::clamp(s.x + s.v, kLeft, kRight);
    if (s.x == kLeft && s.v < 0) s.v = 0;
    return {-1, s.x >= 0.5 && s.v >= 0};
  }

  void observe(const CarState& s, float* out) override {
    out[0] = static_cast<float>(s.x), out[1] = static_cast<float>(s.v);
  }

 private:
  static constexpr double kLeft = -1.2, kRight = 0.6, kMostSpeed = 0.07;
};

}  // namespace

UBP_EXPORT_PLUGIN("mountain_car", "1.0.0", "MIT", MountainCar);
