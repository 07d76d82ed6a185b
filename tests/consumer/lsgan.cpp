#include <ubp/sdk.hpp>
using namespace ubp;

struct LsGan : Objective {  // two players, least squares
  std::int64_t latent;
  static void describe(Describe<LsGan>& d) {
    d.id("lsgan")
        .doc("Least-squares GAN.")
        .cite("arXiv:1611.04076")
        .output("samples")
        .logs("score_fake")
        .role("generator", "generate")
        .role("critic", "score")
        .phase("critic", "critic")
        .phase("generator", "generator")
        .param(&LsGan::latent, "latent", 64, {1, 4096}, tunable, "Length of the noise.");
  }
  void setup(Ctx& c) override {
    c.role_shape("generator", {latent}, c.row_shape());
    c.role_shape("critic", c.row_shape(), {1});
  }
  Tensor fake(Ctx& c, const Batch& b) { return c.call("generator", "generate", c.normal("z", {b.size(), latent})); }
  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return fake(c, b); }
  Tensor loss(Ctx& c, const Batch& b) override {
    Tensor score = c.call("critic", "score", b.phase() == 0 ? stop_gradient(fake(c, b)) : fake(c, b));
    c.log("score_fake", mean(score));
    if (b.phase() == 1) return 0.5 * mean(square(score - 1.0));
    return 0.5 * mean(square(c.call("critic", "score", b.view(0)) - 1.0)) + 0.5 * mean(square(score));
  }
};
UBP_EXPORT_PLUGIN("lsgan", "1.0.0", "MIT", LsGan);
