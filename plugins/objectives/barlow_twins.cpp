// SPDX-License-Identifier: MIT
// barlow_twins: the cross-correlation of two views is pulled to the identity.
//
//   z = projections, each unit brought to mean 0 and variance 1 over the minibatch
//   C = z1' z2 / n
//   L = sum_i (1 - C_ii)^2 + lambda sum_{i != j} C_ij^2
//
// | parameter | type  | range  | default | meaning |
// |-----------|-------|--------|---------|---------|
// | lambda    | float | [0, 1] | 0.005   | Weight of the off-diagonal part. |
// | eps       | float | (0, 1] | 1e-05   | Added to each variance. |
//
// Logs: on_diagonal, off_diagonal (unweighted). Needs: transforms that make the views differ.
// Limits: the correlations are as good as the minibatch is large; take n well above 32.
// Source: Zbontar et al., arXiv:2103.03230, equations 1 and 2.
//
//   [objective]
//   use    = "barlow_twins"
//   lambda = 5e-3
#include <ubp/sdk.hpp>
using namespace ubp;

struct BarlowTwins : Objective {
  double lambda, eps;

  static void describe(Describe<BarlowTwins>& d) {
    d.id("barlow_twins")
        .title("Barlow Twins")
        .doc("The cross-correlation of two views is pulled to the identity.")
        .cite("arXiv:2103.03230")
        .views(2)
        .flags(UBP_OBJ_MIN_BATCH_2)
        .role("encoder", "encode,project", "Rows to features; rows to what the loss sees.")
        .logs("on_diagonal")
        .logs("off_diagonal")
        .param(&BarlowTwins::lambda, "lambda", 5e-3, {0, 1}, tunable | log_scale, "Weight of the off-diagonal part.")
        .sweep(1e-4, 0.1)
        .param(&BarlowTwins::eps, "eps", 1e-5, {0, 1}, advanced | open_min, "Added to each variance.");
  }

  Tensor standardize(Tensor z) const {
    z = z - mean(z, 0, keep);
    return z * rsqrt(mean(square(z), 0, keep) + eps);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor z1 = standardize(c.call("encoder", "project", b.view(0)));
    const Tensor z2 = standardize(c.call("encoder", "project", b.view(1)));
    const Tensor correlation = matmul(z1, z2, transpose_a) / static_cast<double>(b.size());
    const Tensor identity = c.eye(correlation.dim(0));
    const Tensor on = sum(square(correlation - identity) * identity), off = sum(square(correlation) * (1.0 - identity));
    c.log("on_diagonal", on);
    c.log("off_diagonal", off);
    return on + lambda * off;
  }
};

UBP_EXPORT_PLUGIN("barlow_twins", "1.0.0", "MIT", BarlowTwins);
