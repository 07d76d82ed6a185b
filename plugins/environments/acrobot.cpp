// SPDX-License-Identifier: MIT
// acrobot: swing the tip of a two-link pendulum above the bar by a torque of -1, 0 or 1 on the joint between the links.
//
//   d1 = m lc^2 + m (l^2 + lc^2 + 2 l lc cos b) + 2 I;   d2 = m (lc^2 + l lc cos b) + I
//   f2 = m lc g cos(a + b - pi/2);   f1 = -m l lc q^2 sin b - 2 m l lc q p sin b + (m lc + m l) g cos(a - pi/2) + f2
//   q' = (torque + d2 / d1 f1 - m l lc p^2 sin b - f2) / (m lc^2 + I - d2^2 / d1);   p' = -(d2 q' + f1) / d1
//   l = m = I = 1, lc = 0.5, g = 9.8;  a, b the angles, p, q their rates;  one Runge-Kutta step of 0.2 per action, then
//   a, b are wrapped to [-pi, pi] and |p| <= 4 pi, |q| <= 9 pi
//
// Without parameters. Observation (cos a, sin a, cos b, sin b, p, q). Starts in U(-0.1, 0.1)^4. Ends when
// -cos a - cos(a + b) > 1; reward -1 for every step, 0 for the last; at most 500 steps. Solved: a mean return of -100.
// Limits: chaotic, as a double pendulum is.
// Source: Sutton, NIPS 1995; Sutton and Barto's book; constants of Gymnasium's Acrobot-v1. Random play returns -500.
//
//   [environment]
//   use = "acrobot"
#include <ubp/sdk.hpp>

#include <algorithm>
#include <array>

namespace {
using namespace ubp;

constexpr double kPi = 3.141592653589793;

struct AcrobotState {
  std::array<double, 4> q;  // two angles, two rates
};

AcrobotState operator+(AcrobotState s, const AcrobotState& o) {
  for (std::size_t i = 0; i < 4; ++i) s.q[i] += o.q[i];
  return s;
}
AcrobotState operator*(double factor, AcrobotState s) {
  for (double& v : s.q) v *= factor;
  return s;
}

AcrobotState derivative(const AcrobotState& s, double torque) {
  constexpr double l = 1, m = 1, lc = 0.5, inertia = 1, g = 9.8;
  const auto [a, b, p, q] = s.q;
  const double d1 = m * lc * lc + m * (l * l + lc * lc + 2 * l * lc * std::cos(b)) + 2 * inertia;
  const double d2 = m * (lc * lc + l * lc * std::cos(b)) + inertia;
  const double f2 = m * lc * g * std::cos(a + b - kPi / 2);
  const double f1 = -m * l * lc * q * q * std::sin(b) - 2 * m * l * lc * q * p * std::sin(b) +
                    (m * lc + m * l) * g * std::cos(a - kPi / 2) + f2;
  const double q_rate =
      (torque + d2 / d1 * f1 - m * l * lc * p * p * std::sin(b) - f2) / (m * lc * lc + inertia - d2 * d2 / d1);
  return {{p, q, -(d2 * q_rate + f1) / d1, q_rate}};
}

double wrapped(double angle) {
  while (angle > kPi) angle -= 2 * kPi;
  while (angle < -kPi) angle += 2 * kPi;
  return angle;
}

class Acrobot : public Environment<AcrobotState> {
 public:
  static void describe(Describe<Acrobot>& d) {
    d.id("acrobot")
        .title("Acrobot")
        .cite("Sutton, NIPS 1995")
        .tag("control")
        .max_steps(500)
        .doc("Swing the tip of a two-link pendulum above the bar by a torque on its joint; as Gymnasium's Acrobot-v1.");
  }
  ubp_space observation_space() override {
    static constexpr double high[] = {1, 1, 1, 1, kMostRate[0], kMostRate[1]},
                            low[] = {-1, -1, -1, -1, -kMostRate[0], -kMostRate[1]};
    return box({6}, low, high);
  }
  ubp_space action_space() override { return discrete(3); }

  AcrobotState reset(Hash& random) override {
    AcrobotState s;
    for (double& v : s.q) v = random.uniform(-0.1, 0.1);
    return s;
  }

  EnvOutcome step(AcrobotState& s, const float* action) override {
    constexpr double kDt = 0.2;
    const double torque = static_cast<double>(action[0]) - 1;
    const AcrobotState k1 = derivative(s, torque), k2 = derivative(s + kDt / 2 * k1, torque),
                       k3 = derivative(s + kDt / 2 * k2, torque), k4 = derivative(s + kDt * k3, torque);
    s = s + kDt / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    for (std::size_t i : {0u, 1u}) {
      s.q[i] = wrapped(s.q[i]);
      s.q[i + 2] = std::clamp(s.q[i + 2], -kMostRate[i], kMostRate[i]);
    }
    const bool is_up = -std::cos(s.q[0]) - std::cos(s.q[0] + s.q[1]) > 1;
    return {is_up ? 0.0 : -1.0, is_up};
  }

  void observe(const AcrobotState& s, float* out) override {
    const auto [a, b, p, q] = s.q;
    for (double v : {std::cos(a), std::sin(a), std::cos(b), std::sin(b), p, q}) *out++ = static_cast<float>(v);
  }

 private:
  static constexpr double kMostRate[] = {4 * kPi, 9 * kPi};
};

}  // namespace

UBP_EXPORT_PLUGIN("acrobot", "1.0.0", "MIT", Acrobot);
