// SPDX-License-Identifier: MIT
// a2c: actor and critic, updated after a few steps of many environments side by side.
//
//   e_t = r_t + gamma V(s_t+1) (1 - terminated) - V(s_t)
//   A_t = e_t + gamma lambda A_t+1 (0 at an episode's end);   R_t = A_t + V(s_t)
//   L = -mean A_t log pi(a_t | s_t) + value_weight mean (V(s_t) - R_t)^2 - entropy mean H(pi)
//
// | parameter    | type  | range       | default | meaning |
// |--------------|-------|-------------|---------|---------|
// | steps        | int   | [1, 100000] | 5       | Steps of every instance in a round. |
// | gamma        | float | [0, 1]      | 0.99    | Discount. |
// | lambda       | float | [0, 1]      | 1       | Weight of longer returns. |
// | value_weight | float | [0, 10]     | 0.5     | Weight of the critic's loss. |
// | entropy      | float | [0, 1]      | 0.01    | Weight of the policy's entropy. |
// | normalize    | bool  | true, false | false   | Bring advantages to mean 0 and standard deviation 1. |
//
// A round is `steps` steps of every instance, then one step on all its rows. lambda = 1 gives n-step returns.
// Logs: policy_loss, value_loss, entropy. Outputs: action, the likeliest.
// Limits: discrete actions. Through an episode cut off by the step limit the value is bootstrapped.
// Source: Mnih et al., arXiv:1602.01783, synchronous; lambda: Schulman et al., arXiv:1506.02438.
//
//   [model]
//   use = "policy"
//   [objective]
//   use   = "a2c"
//   steps = 5
#include <ubp/sdk.hpp>
using namespace ubp;

struct A2c : Objective {
  std::int64_t steps;
  double gamma, lambda, value_weight, entropy;
  bool normalize;

  static void describe(Describe<A2c>& d) {
    d.id("a2c")
        .title("Advantage actor-critic")
        .doc("Actor and critic, updated after a few steps of many environments side by side.")
        .cite("arXiv:1602.01783")
        .views(0)
        .flags(UBP_OBJ_NEEDS_ENV)
        .role("policy", "policy,value", "Observations to logits of actions; observations to the expected return.")
        .collect(UBP_TABLE_ROUND, /*epochs*/ "1", /*batch*/ "0")
        .output("action")
        .logs("policy_loss")
        .logs("value_loss")
        .logs("entropy")
        .param(&A2c::steps, "steps", 5, {1, 1e5}, tunable | log_scale, "Steps of every instance in a round.")
        .sweep(5, 128)
        .param(&A2c::gamma, "gamma", 0.99, {0, 1}, tunable, "Discount.")
        .sweep(0.9, 0.999)
        .param(&A2c::lambda, "lambda", 1, {0, 1}, tunable, "Weight of longer returns.")
        .sweep(0.8, 1)
        .param(&A2c::value_weight, "value_weight", 0.5, {0, 10}, tunable, "Weight of the critic's loss.")
        .sweep(0.1, 1)
        .param(&A2c::entropy, "entropy", 0.01, {0, 1}, tunable, "Weight of the policy's entropy.")
        .sweep(0, 0.05)
        .param(&A2c::normalize, "normalize", false, tunable, "Bring advantages to mean 0 and standard deviation 1.");
  }

  void setup(Ctx& c) override {
    const Space o = c.observations(), a = c.actions();
    if (!a.discrete) throw Error("a2c: needs discrete actions");
    c.role_shape("policy", o.discrete ? Shape{o.n} : o.shape, {a.n});
  }

  static Tensor state(Ctx& c, Tensor observation) {
    const Space o = c.observations();
    return o.discrete ? c.one_hot(observation, o.n) : observation;
  }

  void collect(Ctx& c) override {
    struct Moment {
      Tensor state, action, value, error, alive;
    };
    std::vector<Moment> round;
    Tensor x = state(c, c.env_observe());
    for (std::int64_t t = 0; t < steps; ++t) {
      const Tensor action = c.categorical("action", c.call("policy", "policy", x)), v = c.call("policy", "value", x);
      const EnvStep s = c.env_step(action);
      const Tensor next = c.call("policy", "value", state(c, s.next));
      round.push_back(
          {x, action, v, s.reward + gamma * next * (1.0 - s.terminated) - v, 1.0 - maximum(s.terminated, s.truncated)});
      x = state(c, s.obs);
    }
    Tensor advantage = c.zeros({c.instances()});
    for (std::size_t t = round.size(); t-- > 0;) {
      const Moment& m = round[t];
      advantage = m.error + gamma * lambda * advantage * m.alive;
      c.append({{"state", m.state}, {"action", m.action}, {"advantage", advantage}, {"return", advantage + m.value}});
    }
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor logp = log_softmax(c.call("policy", "policy", b["state"]), 1);
    Tensor advantage = b["advantage"];
    if (normalize) {
      advantage = advantage - mean(advantage);
      advantage = advantage * rsqrt(mean(square(advantage)) + 1e-8);
    }
    const Tensor policy_loss = -mean(advantage * take(logp, b["action"]));
    const Tensor value_loss = mean(square(c.call("policy", "value", b["state"]) - b["return"]));
    const Tensor spread = -mean(sum(exp(logp) * logp, 1));
    c.log("policy_loss", policy_loss);
    c.log("value_loss", value_loss);
    c.log("entropy", spread);
    return policy_loss + value_weight * value_loss - entropy * spread;
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override {
    return argmax(c.call("policy", "policy", state(c, b["observation"])), 1);
  }
};

UBP_EXPORT_PLUGIN("a2c", "1.0.0", "MIT", A2c);
