// SPDX-License-Identifier: MIT
// beta_tcvae: a variational autoencoder that pays more for codes whose units depend on each other.
//
//   KL = mutual information + total correlation + dimension-wise KL                      kl_parts.hpp
//   L = reconstruction + KL + (beta - 1) total correlation                               KL in closed form
//   log q(z) ~ logsumexp_j (log q(z | x_j) + log w_j)                                    x_j of the minibatch
//
// | parameter | type   | range                     | default  | meaning |
// |-----------|--------|---------------------------|----------|---------|
// | beta      | float  | [0, 1000]                 | 6        | Weight of the total correlation. |
// | sampling  | choice | weighted, stratified      | weighted | How minibatches stand for the training set. |
// | loss      | choice | bce, bce_with_logits, mse | bce      | Of one cell. |
//
// beta = 1 is vae with beta = 1. Logs: reconstruction, kl, elbo (= -reconstruction - kl, whatever beta is);
// mutual_information, total_correlation, dimension_kl, which sum up to an estimate of kl. Outputs: samples.
// Limits: as vae's. The estimates are biased by the minibatch's size (weighted: log q(z) is too low, so mutual
// information is too high): compare equal sizes. Costs n^2 L numbers of memory for n rows and L units.
// Source: Chen, Li, Grosse, Duvenaud, arXiv:1802.04942, with mutual information and dimension-wise KL at weight 1.
//
//   [objective]
//   use  = "beta_tcvae"
//   beta = 6.0
#include "kl_parts.hpp"
#include "posterior.hpp"
using namespace ubp;

struct BetaTcvae : Objective, GaussianPosterior {
  double beta;
  std::string sampling;

  static void describe(Describe<BetaTcvae>& d) {
    d.id("beta_tcvae")
        .title("Total correlation variational autoencoder")
        .doc("A variational autoencoder that pays more for codes whose units depend on each other.")
        .cite("arXiv:1802.04942")
        .flags(UBP_OBJ_MIN_BATCH_2);
    GaussianPosterior::describe(d);
    d.logs("mutual_information")
        .logs("total_correlation")
        .logs("dimension_kl")
        .param(&BetaTcvae::beta, "beta", 6, {0, 1e3}, tunable, "Weight of the total correlation.")
        .sweep(1, 10)
        .choice(&BetaTcvae::sampling, "sampling", {"weighted", "stratified"}, "weighted", tunable,
                "How minibatches stand for the training set.");
    describe_loss(d);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Drawn q = draw(c, b);
    const auto [reconstruction, kl] = bound(c, b, q);
    const KlParts parts = kl_parts(c, q.z, q.mean, q.logvar, c.rows("train"), sampling == "stratified");
    c.log("mutual_information", parts.mutual_information);
    c.log("total_correlation", parts.total_correlation);
    c.log("dimension_kl", parts.dimension_kl);
    const Tensor evidence = reconstruction + kl;
    return beta == 1 ? evidence : evidence + (beta - 1) * parts.total_correlation;
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return samples(c, b); }
};

UBP_EXPORT_PLUGIN("beta_tcvae", "1.0.0", "MIT", BetaTcvae);
