// SPDX-License-Identifier: MIT
// vae: the negative evidence lower bound of a variational autoencoder.
//
//   z = mean + exp(logvar / 2) e,  e ~ N(0, I)
//   L = reconstruction + beta KL        mean over rows, sum over cells and code units
//   KL = -1/2 sum(1 + logvar - mean^2 - exp(logvar))
//
// | parameter | type   | range     | default | meaning |
// |-----------|--------|-----------|---------|---------|
// | beta      | float  | [0, 1000] | 1       | Weight of the KL term. |
// | loss      | choice | bce, bce_with_logits, mse | bce     | Of one cell. |
//
// Logs: reconstruction, kl, elbo (= -reconstruction - kl, whatever beta is). Outputs: samples, decoded from N(0, I).
// Limits: one draw of z per row. bce needs data in [0, 1]; on grey values it is no likelihood, though the usual choice.
// mse is the sum of squares: a Gaussian decoder of variance 1/2, without its constant.
// Source: Kingma and Welling, arXiv:1312.6114, equation 10; beta: Higgins et al., ICLR 2017.
//
//   [objective]
//   use  = "vae"
//   beta = 1.0
#include "posterior.hpp"
using namespace ubp;

struct Vae : Objective, GaussianPosterior {
  double beta;

  static void describe(Describe<Vae>& d) {
    d.id("vae")
        .title("Variational autoencoder")
        .doc("The negative evidence lower bound of a variational autoencoder.")
        .cite("arXiv:1312.6114");
    GaussianPosterior::describe(d);
    d.param(&Vae::beta, "beta", 1, {0, 1e3}, tunable, "Weight of the KL term.").sweep(0.1, 10);
    describe_loss(d);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const auto [reconstruction, kl] = bound(c, b, draw(c, b));
    return reconstruction + beta * kl;
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return samples(c, b); }
};

UBP_EXPORT_PLUGIN("vae", "1.0.0", "MIT", Vae);
