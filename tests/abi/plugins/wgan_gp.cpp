// SPDX-License-Identifier: MIT
// wgan_gp: two phases, and the gradient of a gradient (Gulrajani et al., arXiv:1704.00028).
#include <ubp/sdk.hpp>
using namespace ubp;

struct WganGp : Objective {
  double gp;
  std::int64_t critic_steps, latent;
  std::int64_t calls[2] = {0, 0};

  static void describe(Describe<WganGp>& d) {
    d.id("wgan_gp")
        .doc("Wasserstein GAN with gradient penalty.")
        .logs("critic_calls")
        .logs("generator_calls")
        .logs("penalty")
        .output("samples")
        .role("generator", "generate")
        .role("critic", "score")
        .phase("critic", "critic", "critic_steps")
        .phase("generator", "generator")
        .param(&WganGp::gp, "gp", 10, {0, 1e3}, tunable, "Penalty weight.")
        .param(&WganGp::critic_steps, "critic_steps", 2, {1, 100}, tunable, "Per generator step.")
        .param(&WganGp::latent, "latent", 4, {1, 4096}, tunable, "Noise length.");
  }
  void setup(Ctx& c) override {
    c.role_shape("generator", {latent}, c.row_shape());
    c.role_shape("critic", c.row_shape(), {1});
  }
  Tensor fake(Ctx& c, const Batch& b) { return c.call("generator", "generate", c.normal("z", {b.size(), latent})); }
  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return fake(c, b); }

  Tensor loss(Ctx& c, const Batch& b) override {
    ++calls[b.phase()];
    if (b.phase() == 1) return -mean(c.call("critic", "score", fake(c, b)));
    const Tensor x = b.view(0), f = stop_gradient(fake(c, b)), e = c.uniform("mix", {b.size(), 1}, 0, 1);
    const Tensor h = c.leaf(x * e + f * (1.0 - e));
    const Tensor slope = c.grad(sum(c.call("critic", "score", h)), h, /*create_graph=*/true);
    const Tensor penalty = mean(square(sqrt(sum(square(slope), 1) + 1e-12) - 1.0));
    c.log("penalty", penalty);
    return mean(c.call("critic", "score", f)) - mean(c.call("critic", "score", x)) + gp * penalty;
  }
  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() != UBP_EV_TRAIN_END) return;
    c.log("critic_calls", static_cast<double>(calls[0]));
    c.log("generator_calls", static_cast<double>(calls[1]));
  }
};

UBP_EXPORT_PLUGIN("wgan_gp", "1.0.0", "MIT", WganGp);
