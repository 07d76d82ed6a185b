// SPDX-License-Identifier: MIT
// idec: deep embedded clustering that keeps its decoder, so that codes stay codes of rows.
//
//   stage pretrain   L = mean (g(f(x)) - x)^2
//   stage cluster    L = mean (g(f(x)) - x)^2 + gamma KL(P || Q)      P, Q: cluster_targets.hpp
//
// | parameter       | type  | range       | default | meaning |
// |-----------------|-------|-------------|---------|---------|
// | pretrain_epochs | int   | [1, 1e+06]  | 50      | Epochs of the first stage. |
// | gamma           | float | [0, 1000]   | 0.1     | Weight of the clustering. |
// | clusters        | int   | [2, 100000] | 10      | How many. |
// | interval        | int   | [1, 1e+06]  | 140     | Steps between two computations of the targets. |
// | tolerance       | float | [0, 1]      | 0.001   | Stop when a smaller share of rows changes cluster. |
// | restarts        | int   | [1, 1000]   | 20      | Starts of k-means, the best of which counts. |
// | alpha           | float | (0, 100]    | 1       | Degrees of freedom of Student's t. |
// | rebuild         | choice | augmented, clean | augmented | What an augmented row is decoded to: itself, or the row before [[transform]]. |
//
// Logs: reconstruction, clustering (the KL), changed (share of rows that changed cluster between two computations of
// the targets). Outputs: assignment. Optimizers: [optimizer.pretrain] and [optimizer.cluster], else [optimizer] serves
// both.
// Limits: the second stage takes at most the run's epochs.
// Source: Guo, Gao, Liu, Yin, "Improved deep embedded clustering with local structure preservation", IJCAI 2017.
//
//   [objective]
//   use      = "idec"
//   clusters = 10
//   gamma    = 0.1
#include "cluster_targets.hpp"
using namespace ubp;

struct Idec : Objective, ClusterTargets {
  std::int64_t pretrain_epochs;
  double gamma;

  static void describe(Describe<Idec>& d) {
    d.id("idec")
        .title("Improved deep embedded clustering")
        .doc("Deep embedded clustering that keeps its decoder, so that codes stay codes of rows.")
        .cite("Guo et al., IJCAI 2017")
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .stage("pretrain", "pretrain_epochs", "An autoencoder.")
        .phase("reconstruct", "autoencoder")
        .optimizer("pretrain")
        .stage("cluster", nullptr, "Until the clusters settle.")
        .phase("cluster", "autoencoder,self")
        .optimizer("cluster")
        .logs("reconstruction")
        .logs("clustering")
        .logs("changed")
        .output("assignment")
        .param(&Idec::pretrain_epochs, "pretrain_epochs", 50, {1, 1e6}, tunable, "Epochs of the first stage.")
        .sweep(10, 200)
        .param(&Idec::gamma, "gamma", 0.1, {0, 1e3}, tunable | log_scale, "Weight of the clustering.")
        .sweep(1e-3, 1);
    ClusterTargets::describe(d);
  }

  void setup(Ctx& c) override { create(c); }

  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() == UBP_EV_STAGE_BEGIN && e.stage() == 1) begin(c);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor z = c.call("autoencoder", "encode", b.view(0));
    const Tensor rebuilt = reconstruction(c, b, z);
    c.log("reconstruction", rebuilt);
    if (b.stage() == 0) return rebuilt;
    const Tensor kl = divergence(c, b, z);
    c.log("clustering", kl);
    return rebuilt + gamma * kl;
  }

  void after_step(Ctx& c, const Batch& b) override {
    if (b.stage() == 1) ClusterTargets::after_step(c, b);
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override {
    return argmax(soft(c, c.call("autoencoder", "encode", b.view(0))), 1);
  }
};

UBP_EXPORT_PLUGIN("idec", "1.0.0", "MIT", Idec);
