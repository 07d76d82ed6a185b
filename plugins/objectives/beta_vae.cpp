// SPDX-License-Identifier: MIT
// beta_vae: a variational autoencoder whose code is kept narrow, by a weight or by a budget that grows.
//
//   weight     L = reconstruction + beta KL                        z and KL as in posterior.hpp
//   capacity   L = reconstruction + gamma |KL - C(t)|,             C(t) = capacity min(1, t / capacity_steps) nats
//
// | parameter      | type   | range                      | default | meaning |
// |----------------|--------|----------------------------|---------|---------|
// | pressure       | choice | weight, capacity           | weight  | What keeps the code narrow. |
// | beta           | float  | [0, 1000]                  | 4       | Weight of the KL term. |
// | gamma          | float  | [0, 100000]                | 1000    | Weight of the distance from the capacity. |
// | capacity       | float  | [0, 10000]                 | 25      | Nats that the code may hold at the end. |
// | capacity_steps | int    | [1, 1e+09]                 | 100000  | Steps until it may hold them all. |
// | loss           | choice | bce, bce_with_logits, mse  | bce     | Of one cell. |
//
// Logs: reconstruction, kl, elbo (= -reconstruction - kl, whatever the pressure); capacity (C(t)). Outputs: samples.
// Limits: as vae's. beta means the same only for one loss and one row size: reconstruction is a sum over cells.
// A run shorter than capacity_steps never reaches its capacity.
// Source: Higgins et al., ICLR 2017; capacity: Burgess et al., arXiv:1804.03599, equation 8.
//
//   [objective]
//   use  = "beta_vae"
//   beta = 4.0
#include <algorithm>

#include "posterior.hpp"
using namespace ubp;

struct BetaVae : Objective, GaussianPosterior {
  std::string pressure;
  double beta, gamma, capacity;
  std::int64_t capacity_steps;

  static void describe(Describe<BetaVae>& d) {
    d.id("beta_vae")
        .title("Beta variational autoencoder")
        .doc("A variational autoencoder whose code is kept narrow, by a weight or by a budget that grows.")
        .cite("Higgins et al., ICLR 2017");
    GaussianPosterior::describe(d);
    d.logs("capacity")
        .choice(&BetaVae::pressure, "pressure", {"weight", "capacity"}, "weight", tunable,
                "What keeps the code narrow.")
        .param(&BetaVae::beta, "beta", 4, {0, 1e3}, tunable, "Weight of the KL term.")
        .sweep(1, 16)
        .active_if("pressure==weight")
        .param(&BetaVae::gamma, "gamma", 1000, {0, 1e5}, tunable | log_scale,
               "Weight of the distance from the capacity.")
        .sweep(10, 1000)
        .active_if("pressure==capacity")
        .param(&BetaVae::capacity, "capacity", 25, {0, 1e4}, tunable, "Nats that the code may hold at the end.")
        .sweep(5, 100)
        .active_if("pressure==capacity")
        .param(&BetaVae::capacity_steps, "capacity_steps", 100000, {1, 1e9}, 0, "Steps until it may hold them all.")
        .active_if("pressure==capacity");
    describe_loss(d);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const auto [reconstruction, kl] = bound(c, b, draw(c, b));
    if (pressure == "weight") return reconstruction + beta * kl;
    const double share = static_cast<double>(b.step()) / static_cast<double>(capacity_steps);
    const double allowed = capacity * std::min(1.0, share);
    c.log("capacity", allowed);
    return reconstruction + gamma * abs(kl - allowed);
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return samples(c, b); }
};

UBP_EXPORT_PLUGIN("beta_vae", "1.0.0", "MIT", BetaVae);
