// SPDX-License-Identifier: MIT
// factor_vae: a variational autoencoder against a critic that tells its codes from codes with shuffled units.
//
//   phase autoencoder   reconstruction + KL + gamma mean D(z)        D(z) ~ log q(z) / prod_l q(z_l): total correlation
//   phase critic        1/2 (E softplus(-D(z)) + E softplus(D(z')))  z': every column of z permuted on its own
//
// | parameter    | type   | range                     | default | meaning |
// |--------------|--------|---------------------------|---------|---------|
// | gamma        | float  | [0, 1000]                 | 35      | Weight of the total correlation. |
// | critic_steps | int    | [1, 100]                  | 1       | Steps of the critic per step of the autoencoder. |
// | loss         | choice | bce, bce_with_logits, mse | bce     | Of one cell. |
//
// Logs: reconstruction, kl, elbo (= -reconstruction - kl, whatever gamma is); total_correlation (the critic's);
// critic_loss (log 2 where it cannot tell them apart). Outputs: samples.
// Optimizers: [optimizer.autoencoder] and [optimizer.critic], else [optimizer] serves both.
// Limits: as vae's. D gives logits; z' is made of the codes z themselves, where the paper draws a second minibatch. A
// weak critic understates the total correlation: compare total_correlation only between equal critics.
// Source: Kim and Mnih, arXiv:1802.05983, algorithm 2.
//
//   [objective]
//   use   = "factor_vae"
//   gamma = 35.0
//   [model.critic]
//   use           = "gan"
//   critic_hidden = [256, 256]
#include "posterior.hpp"
using namespace ubp;

struct FactorVae : Objective, GaussianPosterior {
  double gamma;
  std::int64_t critic_steps;

  static void describe(Describe<FactorVae>& d) {
    d.id("factor_vae")
        .title("Factorising variational autoencoder")
        .doc("A variational autoencoder against a critic that tells its codes from codes with shuffled units.")
        .cite("arXiv:1802.05983")
        .flags(UBP_OBJ_MIN_BATCH_2);
    GaussianPosterior::describe(d);
    d.role("critic", "score", "Codes to logits, high for codes whose units belong together.")
        .phase("autoencoder", "autoencoder")
        .optimizer("autoencoder")
        .phase("critic", "critic", "critic_steps")
        .optimizer("critic")
        .logs("total_correlation")
        .logs("critic_loss")
        .param(&FactorVae::gamma, "gamma", 35, {0, 1e3}, tunable, "Weight of the total correlation.")
        .sweep(5, 100)
        .param(&FactorVae::critic_steps, "critic_steps", 1, {1, 100}, tunable,
               "Steps of the critic per step of the autoencoder.")
        .sweep(1, 5);
    describe_loss(d);
  }

  void setup(Ctx& c) override { c.role_shape("critic", c.method_shape("autoencoder", "encode"), {1}); }

  /// Every column of z [n, L] in an order of its own.
  static Tensor shuffled(Ctx& c, Tensor z) {
    std::vector<Tensor> columns;
    for (std::int64_t l = 0; l < z.dim(1); ++l)
      columns.push_back(gather_rows(slice(z, 1, l, l + 1), c.permutation("shuffle", z.dim(0))));
    return concat(columns, 1);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    if (b.phase() == 1) return critic_loss(c, c.no_grad([&] { return draw(c, b).z; }));
    const Drawn q = draw(c, b);
    const auto [reconstruction, kl] = bound(c, b, q);
    const Tensor dependence = mean(c.call("critic", "score", q.z));
    c.log("total_correlation", dependence);
    return reconstruction + kl + gamma * dependence;
  }

  Tensor critic_loss(Ctx& c, Tensor z) const {
    const Tensor together = c.call("critic", "score", z), apart = c.call("critic", "score", shuffled(c, z));
    const Tensor loss = 0.5 * (mean(softplus(-together)) + mean(softplus(apart)));
    c.log("critic_loss", loss);
    return loss;
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return samples(c, b); }
};

UBP_EXPORT_PLUGIN("factor_vae", "1.0.0", "MIT", FactorVae);
