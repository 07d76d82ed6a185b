// SPDX-License-Identifier: MIT
// gan: a generator that makes rows out of noise against a critic that tells them from real ones.
//
//   phase critic      E softplus(-D(x)) + E softplus(D(G(z)))        with smoothing s: + s E D(x)
//   phase generator   E softplus(-D(G(z)))                           non-saturating
//
// | parameter    | type  | range      | default | meaning |
// |--------------|-------|------------|---------|---------|
// | latent       | int   | [1, 65536] | 100     | Length of the noise. |
// | critic_steps | int   | [1, 100]   | 1       | Steps of the critic per step of the generator. |
// | smoothing    | float | [0, 0.5]   | 0       | Real rows count as 1 - smoothing. |
//
// Logs: critic_loss, generator_loss; score_real and score_fake, the mean probability that the critic gives to real and
// to made rows (0.5 for both where the generator has won). Outputs: samples.
// Optimizers: [optimizer.critic] and [optimizer.generator], else [optimizer] serves both.
// Limits: D gives logits. Losses of the two players do not measure quality: use a metric of samples.
// Source: Goodfellow et al., arXiv:1406.2661; one-sided smoothing: Salimans et al., arXiv:1606.03498, section 3.4.
//
//   [objective]
//   use    = "gan"
//   latent = 100
#include <ubp/sdk.hpp>
using namespace ubp;

struct Gan : Objective {
  std::int64_t latent, critic_steps;
  double smoothing;

  static void describe(Describe<Gan>& d) {
    d.id("gan")
        .title("Generative adversarial network")
        .doc("A generator that makes rows out of noise against a critic that tells them from real ones.")
        .cite("arXiv:1406.2661")
        .role("generator", "generate", "Noise to rows.")
        .role("critic", "score", "Rows to logits, high for real.")
        .phase("critic", "critic", "critic_steps")
        .optimizer("critic")
        .phase("generator", "generator")
        .optimizer("generator")
        .logs("critic_loss")
        .logs("generator_loss")
        .logs("score_real")
        .logs("score_fake")
        .output("samples")
        .param(&Gan::latent, "latent", 100, {1, 65536}, tunable | log_scale, "Length of the noise.")
        .sweep(16, 256)
        .param(&Gan::critic_steps, "critic_steps", 1, {1, 100}, tunable,
               "Steps of the critic per step of the generator.")
        .sweep(1, 5)
        .param(&Gan::smoothing, "smoothing", 0, {0, 0.5}, tunable, "Real rows count as 1 - smoothing.")
        .sweep(0, 0.2);
  }

  void setup(Ctx& c) override {
    c.role_shape("generator", {latent}, c.row_shape());
    c.role_shape("critic", c.row_shape(), {1});
  }

  Tensor made(Ctx& c, const char* stream, std::int64_t n) {
    return c.call("generator", "generate", c.normal(stream, {n, latent}));
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor fake = c.call("critic", "score", made(c, "noise", b.size()));
    if (b.phase() == 1) {
      const Tensor loss = mean(softplus(-fake));
      c.log("generator_loss", loss);
      return loss;
    }
    const Tensor real = c.call("critic", "score", b.view(0));
    Tensor loss = mean(softplus(-real)) + mean(softplus(fake));
    if (smoothing > 0) loss = loss + smoothing * mean(real);
    c.log("critic_loss", loss);
    c.log("score_real", mean(sigmoid(real)));
    c.log("score_fake", mean(sigmoid(fake)));
    return loss;
  }

  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return made(c, "samples", b.size()); }
};

UBP_EXPORT_PLUGIN("gan", "1.0.0", "MIT", Gan);
