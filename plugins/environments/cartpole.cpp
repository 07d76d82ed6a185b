// SPDX-License-Identifier: MIT
// cartpole: keep a pole upright on a cart by pushing the cart left (0) or right (1).
//
//   F = +-10;  temp = (F + m_p l w^2 sin a) / M;  w' = (g sin a - cos a temp) / (l (4/3 - m_p cos^2 a / M))
//   v' = temp - m_p l w' cos a / M;  explicit Euler with dt = 0.02: positions move with the old velocities
//   g = 9.8, m_p = 0.1, M = 1.1, l = 0.5 (half the pole);  a, w: the pole's angle and rate, x, v: the cart's
//
// Without parameters. Observation (x, v, a, w). Starts in U(-0.05, 0.05)^4. Ends when |x| > 2.4 or |a| > 12 degrees;
// reward 1 for every step, the last one included; at most 500 steps. Solved: a mean return of 475 over 100 episodes.
// Limits: chaotic: the last bit of a cosine changes an episode after some hundred steps.
// Source: Barto, Sutton, Anderson, IEEE SMC-13, 1983; constants of Gymnasium's CartPole-v1. A random policy returns 22.
//
//   [environment]
//   use = "cartpole"
#include <ubp/sdk.hpp>

namespace {
using namespace ubp;

struct CartPoleState {
  double x, v, angle, rate;
};

class CartPole : public Environment<CartPoleState> {
 public:
  static void describe(Describe<CartPole>& d) {
    d.id("cartpole")
        .title("Cart and pole")
        .cite("Barto, Sutton, Anderson, IEEE SMC-13, 1983")
        .tag("control")
        .max_steps(500)
        .doc("Keep a pole upright on a cart by pushing the cart left or right; as Gymnasium's CartPole-v1.");
  }
  ubp_space observation_space() override {
    static constexpr double low[] = {-4.8, -infinity, -2 * kMostAngle, -infinity},
                            high[] = {4.8, infinity, 2 * kMostAngle, infinity};
    return box({4}, low, high);
  }
  ubp_space action_space() override { return discrete(2); }

  CartPoleState reset(Hash& random) override {
    CartPoleState s;
    for (double* part : {&s.x, &s.v, &s.angle, &s.rate}) *part = random.uniform(-0.05, 0.05);
    return s;
  }

  EnvOutcome step(CartPoleState& s, const float* action) override {
    constexpr double kGravity = 9.8, kPole = 0.1, kTotal = 1.1, kLength = 0.5, kForce = 10, kDt = 0.02;
    const double force = action[0] == 1 ? kForce : -kForce, sine = std::sin(s.angle), cosine = std::cos(s.angle);
    const double temp = (force + kPole * kLength * s.rate * s.rate * sine) / kTotal;
    const double spin = (kGravity * sine - cosine * temp) / (kLength * (4.0 / 3.0 - kPole * cosine * cosine / kTotal));
    const double push = temp - kPole * kLength * spin * cosine / kTotal;
    s.x += kDt * s.v, s.v += kDt * push, s.angle += kDt * s.rate, s.rate += kDt * spin;
    return {1, std::fabs(s.x) > 2.4 || std::fabs(s.angle) > kMostAngle};
  }

  void observe(const CartPoleState& s, float* out) override {
    for (double part : {s.x, s.v, s.angle, s.rate}) *out++ = static_cast<float>(part);
  }

 private:
  static constexpr double kMostAngle = 12 * 2 * 3.141592653589793 / 360;
};

}  // namespace

UBP_EXPORT_PLUGIN("cartpole", "1.0.0", "MIT", CartPole);
