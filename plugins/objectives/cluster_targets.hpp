// SPDX-License-Identifier: MIT
// What dec and idec share: centers, soft assignments of codes to them, and the sharpened targets they are trained on.
#pragma once

#include <ubp/sdk.hpp>

/// q_ij = (1 + |z_i - c_j|^2 / alpha)^(-(alpha + 1) / 2), rows normalised
/// p_ij = q_ij^2 / f_j, rows normalised; f_j = sum_i q_ij over the whole training set
/// Equations 1 to 3 of Xie, Girshick, Farhadi, arXiv:1511.06335.
class ClusterTargets {
 public:
  std::int64_t clusters, restarts, interval;
  double alpha, tolerance;
  std::string rebuild;

  /// The parameters that both objectives declare.
  template <class Owner>
  static void describe(ubp::Describe<Owner>& d) {
    using ubp::advanced, ubp::tunable;
    d.param(&Owner::clusters, "clusters", 10, {2, 1e5}, tunable, "How many.")
        .sweep(2, 50)
        .param(&Owner::interval, "interval", 140, {1, 1e6}, tunable, "Steps between two computations of the targets.")
        .sweep(20, 1000)
        .param(&Owner::tolerance, "tolerance", 1e-3, {0, 1}, 0, "Stop when a smaller share of rows changes cluster.")
        .param(&Owner::restarts, "restarts", 20, {1, 1000}, advanced, "Starts of k-means, the best of which counts.")
        .param(&Owner::alpha, "alpha", 1, {0, 100}, advanced | ubp::open_min, "Degrees of freedom of Student's t.")
        .choice(&Owner::rebuild, "rebuild", {"augmented", "clean"}, "augmented", 0,
                "What an augmented row is decoded to: itself, or the row before [[transform]].");
  }

  /// In setup().
  void create(ubp::Ctx& c) const {
    ubp::Shape labels{c.rows("train")};
    labels.dtype = UBP_I64;
    c.param("centers", {clusters, c.method_shape("autoencoder", "encode")[0]}, ubp::Init::zeros());
    c.state("targets", {labels[0], clusters});
    c.state("assignment", labels);
  }

  /// At the start of the clustering stage.
  void begin(ubp::Ctx& c) const {
    const ubp::Tensor codes = c.map_split("train", "autoencoder", "encode");
    const auto [centers, assignment] = c.kmeans(codes, clusters, static_cast<std::int32_t>(restarts));
    c.assign(c.param("centers"), centers);
    c.assign(c.state("assignment"), assignment);
    refresh(c);
  }

  /// After a step: new targets when they are due; the end of the stage when the clusters have settled.
  void after_step(ubp::Ctx& c, const ubp::Batch& b) const {
    if ((b.step() + 1) % interval != 0) return;
    const double changed = refresh(c);
    c.log("changed", changed);
    if (changed < tolerance) c.end_stage("the clusters have settled");
  }

  /// mean (g(z) - x)^2 of the rows of `b`, whose codes are `z`.
  ubp::Tensor reconstruction(ubp::Ctx& c, const ubp::Batch& b, ubp::Tensor z) const {
    return mse(c.call("autoencoder", "decode", z), rebuild == "clean" ? b.input() : b.view(0));
  }

  ubp::Tensor soft(ubp::Ctx& c, ubp::Tensor z) const {
    const ubp::Tensor t = pow(pairwise_sqdist(z, c.param("centers")) / alpha + 1.0, -(alpha + 1) / 2);
    return t / sum(t, 1, ubp::keep);
  }

  /// KL(P || Q) of the rows of `b`, whose codes are `z`: mean over rows.
  ubp::Tensor divergence(ubp::Ctx& c, const ubp::Batch& b, ubp::Tensor z) const {
    const ubp::Tensor p = gather_rows(c.state("targets"), b.indices());
    return sum(p * (log(p) - log(soft(c, z)))) / static_cast<double>(b.size());
  }

 private:
  double refresh(ubp::Ctx& c) const {
    return c.no_grad([&] {
      const ubp::Tensor q = soft(c, c.map_split("train", "autoencoder", "encode"));
      const ubp::Tensor weight = square(q) / sum(q, 0), now = argmax(q, 1);
      c.assign(c.state("targets"), weight / sum(weight, 1, ubp::keep));
      const double changed = 1 - mean(equal(now, c.state("assignment"))).item();
      c.assign(c.state("assignment"), now);
      return changed;
    });
  }
};
