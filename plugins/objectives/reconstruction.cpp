// SPDX-License-Identifier: MIT
// reconstruction: the autoencoder's loss, the difference between a row and what is decoded from its code.
//
//   L = l(g(f(x)), x)
//   mse: (y - x)^2      l1: |y - x|      huber: quadratic below 1, linear above
//   bce: -x log y - (1 - x) log(1 - y)   bce_with_logits: the same with sigmoid(y)
//
// | parameter | type   | range       | default | meaning |
// |-----------|--------|-------------|---------|---------|
// | loss      | choice | mse, bce, bce_with_logits, l1, huber | mse     | Of one cell. |
// | reduction | choice | mean, batch | mean    | Mean over cells, or sum over a row. |
//
// Logs: nothing but the loss.
// Limits: bce needs data in [0, 1]; every cell must be known (for missing cells see denoising, ubp).
// Source: Rumelhart, Hinton, Williams 1986; Hinton and Salakhutdinov, Science 313:504, 2006.
//
//   [objective]
//   use  = "reconstruction"
//   loss = "mse"
#include <ubp/sdk.hpp>
using namespace ubp;

struct Reconstruction : Objective {
  std::string loss_name, reduction;

  static void describe(Describe<Reconstruction>& d) {
    d.id("reconstruction")
        .title("Reconstruction")
        .doc("The difference between a row and what is decoded from its code.")
        .cite("Hinton and Salakhutdinov, Science 313:504, 2006")
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .choice(&Reconstruction::loss_name, "loss", {"mse", "bce", "bce_with_logits", "l1", "huber"}, "mse", 0,
                "Of one cell.")
        .choice(&Reconstruction::reduction, "reduction", {"mean", "batch"}, "mean", 0,
                "Mean over cells, or sum over a row.");
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor x = b.view(0), y = c.call("autoencoder", "decode", c.call("autoencoder", "encode", x));
    return loss_op(loss_name, y, x, reduction);
  }
};

UBP_EXPORT_PLUGIN("reconstruction", "1.0.0", "MIT", Reconstruction);
