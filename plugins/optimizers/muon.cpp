// SPDX-License-Identifier: MIT
// muon: steps of whole matrices, whose singular values are all made about equal; other parameters go by Adam.
//
//   m <- momentum m + (1 - momentum) g          u = nesterov ? momentum m + (1 - momentum) g : m
//   o = U V^T of u = U S V^T, nearly: five steps of X <- 3.4445 X - 4.7750 X X^T X + 2.0315 (X X^T)^2 X, from u / |u|
//   w <- w - lr 0.2 sqrt(max(rows, columns)) o
//
// | parameter    | type  | range       | default | meaning |
// |--------------|-------|-------------|---------|---------|
// | momentum     | float | [0, 1)      | 0.95    | Memory of the mean gradient of a matrix. |
// | nesterov     | bool  | true, false | true    | Look ahead along the momentum. |
// | beta1        | float | [0, 1)      | 0.9     | Adam's memory of the mean gradient. |
// | beta2        | float | [0, 1)      | 0.999   | Adam's memory of the squared gradient. |
// | eps          | float | (0, 1]      | 1e-08   | Keeps Adam's division finite. |
// | weight_decay | float | [0, 1]      | 0.1     | Decoupled decay, unless the phase has its own. |
//
// A kernel [o, c, h, w] is the matrix [o, c h w]; biases, scales and the touched rows of embeddings go by Adam. The
// factor 0.2 sqrt(max(...)) gives a step the length of Adam's, so that one lr serves both. The five steps leave
// singular values between 0.7 and 1.2; they are computed in the run's dtype, not in bfloat16.
// Limits: each matrix takes 15 products with its shorter side squared, which a small minibatch does not pay for.
// Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; the factor and the decay: Liu
// et al., arXiv:2502.16982, equation 4; nesterov as in torch.optim.Muon.
//
//   [optimizer]
//   use = "muon"
//   lr  = 1e-3
#include <ubp/sdk.hpp>
using namespace ubp;

namespace {

/// About U V^T of x [r, c].
Tensor orthogonal(Tensor x) {
  const bool tall = x.shape()[0] > x.shape()[1];
  if (tall) x = transpose(x);
  x = x / (sqrt(sum(square(x))) + 1e-7);
  for (int i = 0; i < 5; ++i) {
    const Tensor a = matmul(x, x, transpose_b);
    x = 3.4445 * x + matmul(-4.7750 * a + 2.0315 * matmul(a, a), x);
  }
  return tall ? transpose(x) : x;
}

}  // namespace

struct Muon : Optimizer {
  double momentum, beta1, beta2, eps, weight_decay;
  bool nesterov;

  static void describe(Describe<Muon>& d) {
    d.id("muon")
        .title("Muon")
        .doc("Steps of whole matrices, whose singular values are all made about equal; other parameters go by Adam.")
        .cite("Jordan et al. 2024; arXiv:2502.16982")
        .slot("m")
        .slot("v")
        .decay("weight_decay")
        .param(&Muon::momentum, "momentum", 0.95, {0, 1}, tunable | open_max,
               "Memory of the mean gradient of a matrix.")
        .sweep(0.8, 0.99)
        .param(&Muon::nesterov, "nesterov", true, 0, "Look ahead along the momentum.")
        .param(&Muon::beta1, "beta1", 0.9, {0, 1}, tunable | open_max, "Adam's memory of the mean gradient.")
        .sweep(0.5, 0.95)
        .param(&Muon::beta2, "beta2", 0.999, {0, 1}, tunable | open_max, "Adam's memory of the squared gradient.")
        .sweep(0.9, 0.9999)
        .param(&Muon::eps, "eps", 1e-8, {0, 1}, advanced | open_min, "Keeps Adam's division finite.")
        .param(&Muon::weight_decay, "weight_decay", 0.1, {0, 1}, tunable,
               "Decoupled decay, unless the phase has its own.")
        .sweep(0, 2e-1);
  }

  void step(Ctx& c, const TrainedRun& run) {
    for (std::uint32_t i = 0; i < run.size(); ++i) {
      const Trained p = run[i];
      c.assign(p.param(), p.param() - (p.shape().nd > 1 && p.is_dense() ? matrix_step(c, p) * run.lr()
                                                                        : adam_step(c, p, run) * run.lr()));
    }
  }

 private:
  Tensor matrix_step(Ctx& c, const Trained& p) {
    const Tensor g = p.grad(), m = p.slot(0) * momentum + g * (1 - momentum);
    c.assign(p.slot(0), m);
    const Tensor u = flatten(nesterov ? m * momentum + g * (1 - momentum) : m);
    const double longer = static_cast<double>(std::max(u.shape()[0], u.shape()[1]));
    return reshape(orthogonal(u) * (0.2 * std::sqrt(longer)), p.shape());
  }

  Tensor adam_step(Ctx& c, const Trained& p, const TrainedRun& run) {
    const double t = static_cast<double>(run.step());
    const Tensor m = p.slot(0) * beta1 + p.grad() * (1 - beta1), v = p.slot(1) * beta2 + square(p.grad()) * (1 - beta2);
    c.assign(p.slot(0), m);
    c.assign(p.slot(1), v);
    return m / (1 - std::pow(beta1, t)) / (sqrt(v / (1 - std::pow(beta2, t))) + eps);
  }
};

UBP_EXPORT_PLUGIN("muon", "1.0.0", "MIT", Muon);
