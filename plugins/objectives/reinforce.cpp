// SPDX-License-Identifier: MIT
// reinforce: actions of episodes that went better than expected become likelier.
//
//   G_t = r_t + gamma G_t+1
//   L = -mean (G_t - b) log pi(a_t | s_t) - entropy H(pi) + [value] 1/2 mean (V(s_t) - G_t)^2
//   b: 0 | the mean return of the round | V(s_t)
//
// | parameter | type   | range             | default | meaning |
// |-----------|--------|-------------------|---------|---------|
// | gamma     | float  | [0, 1]            | 0.99    | Discount. |
// | baseline  | choice | mean, value, none | mean    | What returns are held against. |
// | normalize | bool   | true, false       | true    | Divide advantages by their standard deviation. |
// | entropy   | float  | [0, 1]            | 0       | Weight of the policy's entropy. |
//
// A round is one episode of every instance, then one step on all its rows.
// Logs: entropy, return (mean G at the start of the episodes). Outputs: action, the likeliest.
// Limits: discrete actions. An episode cut off by the step limit counts as ended.
// Source: Williams, Machine Learning 8:229, 1992.
//
//   [model]
//   use = "policy"
//   [objective]
//   use   = "reinforce"
//   gamma = 0.99
#include <ubp/sdk.hpp>
using namespace ubp;

struct Reinforce : Objective {
  double gamma, entropy;
  std::string baseline;
  bool normalize;

  static void describe(Describe<Reinforce>& d) {
    d.id("reinforce")
        .title("REINFORCE")
        .doc("Actions of episodes that went better than expected become likelier.")
        .cite("Williams, Machine Learning 8:229, 1992")
        .views(0)
        .flags(UBP_OBJ_NEEDS_ENV)
        .role("policy", "policy,value", "Observations to logits of actions; observations to the expected return.")
        .collect(UBP_TABLE_ROUND, /*epochs*/ "1", /*batch*/ "0")
        .logs("entropy")
        .logs("return")
        .output("action")
        .param(&Reinforce::gamma, "gamma", 0.99, {0, 1}, tunable, "Discount.")
        .sweep(0.9, 0.999)
        .choice(&Reinforce::baseline, "baseline", {"mean", "value", "none"}, "mean", tunable,
                "What returns are held against.")
        .param(&Reinforce::normalize, "normalize", true, tunable, "Divide advantages by their standard deviation.")
        .param(&Reinforce::entropy, "entropy", 0, {0, 1}, tunable, "Weight of the policy's entropy.")
        .sweep(0, 0.05);
  }

  void setup(Ctx& c) override {
    const Space o = c.observations(), a = c.actions();
    if (!a.discrete) throw Error("reinforce: needs discrete actions");
    c.role_shape("policy", o.discrete ? Shape{o.n} : o.shape, {a.n});
  }

  static Tensor state(Ctx& c, Tensor observation) {
    const Space o = c.observations();
    return o.discrete ? c.one_hot(observation, o.n) : observation;
  }

  void collect(Ctx& c) override {
    struct Moment {
      Tensor state, action, reward, live;
    };
    std::vector<Moment> episode;
    Tensor x = state(c, c.env_reset()), live = c.ones({c.instances()});
    while (sum(live).item() > 0) {
      const Tensor action = c.categorical("action", c.call("policy", "policy", x));
      const EnvStep s = c.env_step(action);
      episode.push_back({x, action, s.reward * live, live});
      live = live * (1.0 - maximum(s.terminated, s.truncated));
      x = state(c, s.obs);
    }
    Tensor g = c.zeros({c.instances()});
    for (std::size_t t = episode.size(); t-- > 0;) {
      const Moment& m = episode[t];
      g = m.reward + gamma * g;
      const Tensor start = c.full({c.instances()}, t == 0);
      c.append({{"state", m.state}, {"action", m.action}, {"return", g}, {"live", m.live}, {"start", start}});
    }
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor live = b["live"], n = sum(live), g = b["return"];
    const Tensor logp = log_softmax(c.call("policy", "policy", b["state"]), 1);
    Tensor advantage = g, value_loss = c.full({}, 0);
    if (baseline == "mean") advantage = g - sum(g * live) / n;
    if (baseline == "value") {
      const Tensor v = c.call("policy", "value", b["state"]);
      advantage = g - stop_gradient(v);
      value_loss = 0.5 * sum(square(v - g) * live) / n;
    }
    advantage = advantage * live;
    if (normalize) advantage = advantage * rsqrt(sum(square(advantage)) / n + 1e-8);
    const Tensor spread = -sum(sum(exp(logp) * logp, 1) * live) / n;
    c.log("entropy", spread);
    c.log("return", sum(g * b["start"]) / sum(b["start"]));
    return value_loss - sum(advantage * take(logp, b["action"])) / n - entropy * spread;
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override {
    return argmax(c.call("policy", "policy", state(c, b["observation"])), 1);
  }
};

UBP_EXPORT_PLUGIN("reinforce", "1.0.0", "MIT", Reinforce);
