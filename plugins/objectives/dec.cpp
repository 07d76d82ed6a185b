// SPDX-License-Identifier: MIT
// dec: codes gather around centers, trained on their own confident assignments (deep embedded clustering).
//
//   stage pretrain   L = mean (g(f(x)) - x)^2
//   stage cluster    L = KL(P || Q)              over encoder and centers; P, Q: cluster_targets.hpp
//
// | parameter       | type  | range       | default | meaning |
// |-----------------|-------|-------------|---------|---------|
// | pretrain_epochs | int   | [1, 1e+06]  | 50      | Epochs of the first stage. |
// | clusters        | int   | [2, 100000] | 10      | How many. |
// | interval        | int   | [1, 1e+06]  | 140     | Steps between two computations of the targets. |
// | tolerance       | float | [0, 1]      | 0.001   | Stop when a smaller share of rows changes cluster. |
// | restarts        | int   | [1, 1000]   | 20      | Starts of k-means, the best of which counts. |
// | alpha           | float | (0, 100]    | 1       | Degrees of freedom of Student's t. |
// | rebuild         | choice | augmented, clean | augmented | What an augmented row is decoded to: itself, or the row before [[transform]]. |
//
// Logs: clustering (the KL), changed (share of rows that changed cluster between two computations of the targets).
// Outputs: assignment. Optimizers: [optimizer.pretrain] and [optimizer.cluster], else [optimizer] serves both.
// Limits: the second stage takes at most the run's epochs. The paper pretrains layer by layer with dropout; here the
// whole autoencoder is pretrained at once.
// Source: Xie, Girshick, Farhadi, arXiv:1511.06335.
//
//   [objective]
//   use      = "dec"
//   clusters = 10
#include "cluster_targets.hpp"
using namespace ubp;

struct Dec : Objective, ClusterTargets {
  std::int64_t pretrain_epochs;

  static void describe(Describe<Dec>& d) {
    d.id("dec")
        .title("Deep embedded clustering")
        .doc("Codes gather around centers, trained on their own confident assignments.")
        .cite("arXiv:1511.06335")
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .stage("pretrain", "pretrain_epochs", "An autoencoder.")
        .phase("reconstruct", "autoencoder")
        .optimizer("pretrain")
        .stage("cluster", nullptr, "Until the clusters settle.")
        .phase("cluster", "autoencoder,self")
        .optimizer("cluster")
        .logs("clustering")
        .logs("changed")
        .output("assignment")
        .param(&Dec::pretrain_epochs, "pretrain_epochs", 50, {1, 1e6}, tunable, "Epochs of the first stage.")
        .sweep(10, 200);
    ClusterTargets::describe(d);
  }

  void setup(Ctx& c) override { create(c); }

  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() == UBP_EV_STAGE_BEGIN && e.stage() == 1) begin(c);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor z = c.call("autoencoder", "encode", b.view(0));
    if (b.stage() == 0) return reconstruction(c, b, z);
    const Tensor kl = divergence(c, b, z);
    c.log("clustering", kl);
    return kl;
  }

  void after_step(Ctx& c, const Batch& b) override {
    if (b.stage() == 1) ClusterTargets::after_step(c, b);
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override {
    return argmax(soft(c, c.call("autoencoder", "encode", b.view(0))), 1);
  }
};

UBP_EXPORT_PLUGIN("dec", "1.0.0", "MIT", Dec);
