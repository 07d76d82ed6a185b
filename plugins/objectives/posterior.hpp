// SPDX-License-Identifier: MIT
// What vae, beta_vae, beta_tcvae and factor_vae share: a Gaussian over codes, one draw of it, its cost, and samples.
#pragma once

#include <ubp/sdk.hpp>

/// z = mean + exp(logvar / 2) e,  e ~ N(0, I);  KL = -1/2 sum(1 + logvar - mean^2 - exp(logvar))
class GaussianPosterior {
 public:
  std::string loss_name;

  /// Of a batch of n rows and codes of L units.
  struct Drawn {
    ubp::Tensor mean, logvar, z;  ///< [n, L]
  };
  struct Bound {
    ubp::Tensor reconstruction, kl;  ///< mean over rows, sum over cells and units
  };

  /// Role, series and output, before the owner's own parameters.
  template <class Owner>
  static void describe(ubp::Describe<Owner>& d) {
    d.role("autoencoder", "posterior,encode,decode", "Rows to a Gaussian over codes; codes to rows.")
        .logs("reconstruction")
        .logs("kl")
        .logs("elbo")
        .output("samples");
  }
  /// The parameter that all declare, after the owner's own.
  template <class Owner>
  static void describe_loss(ubp::Describe<Owner>& d) {
    d.choice(&Owner::loss_name, "loss", {"bce", "bce_with_logits", "mse"}, "bce", 0, "Of one cell.");
  }

  Drawn draw(ubp::Ctx& c, const ubp::Batch& b) const {
    const std::vector<ubp::Tensor> q = c.call_n("autoencoder", "posterior", {b.view(0)}, 2);
    return {q[0], q[1], q[0] + exp(0.5 * q[1]) * c.normal("posterior", q[0].shape())};
  }

  /// Both terms of the evidence lower bound, which it logs.
  Bound bound(ubp::Ctx& c, const ubp::Batch& b, const Drawn& q) const {
    const ubp::Tensor decoded = c.call("autoencoder", "decode", q.z);
    const ubp::Tensor reconstruction = loss_op(loss_name, decoded, b.view(0), "batch");
    const ubp::Tensor kl = sum(square(q.mean) + exp(q.logvar) - q.logvar - 1.0) * (0.5 / static_cast<double>(b.size()));
    c.log("reconstruction", reconstruction);
    c.log("kl", kl);
    c.log("elbo", -(reconstruction + kl));
    return {reconstruction, kl};
  }

  /// Rows decoded from N(0, I), as many as `b` has.
  ubp::Tensor samples(ubp::Ctx& c, const ubp::Batch& b) const {
    const ubp::Shape code = c.method_shape("autoencoder", "encode");
    const ubp::Tensor y = c.call("autoencoder", "decode", c.normal("samples", code.batched(b.size())));
    return loss_name == "bce_with_logits" ? sigmoid(y) : y;
  }
};
