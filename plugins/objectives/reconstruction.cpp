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
// Logs: nothing but the loss. Where rows have weights, L is the weighted mean over them.
// Limits: bce needs data in [0, 1]; every cell must be known (for missing cells see denoising, ubp).
// Source: Rumelhart, Hinton, Williams 1986; Hinton and Salakhutdinov, Science 313:504, 2006.
//
//   [objective]
//   use  = "reconstruction"
//   loss = "mse"
#include <limits>

#include <ubp/sdk.hpp>
using namespace ubp;

struct Reconstruction : Objective {
  std::string loss_name, reduction;

  static void describe(Describe<Reconstruction>& d) {
    d.id("reconstruction")
        .title("Reconstruction")
        .doc("The difference between a row and what is decoded from its code.")
        .cite("Hinton and Salakhutdinov, Science 313:504, 2006")
        .flags(UBP_OBJ_ROW_LOSS)
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .choice(&Reconstruction::loss_name, "loss", {"mse", "bce", "bce_with_logits", "l1", "huber"}, "mse", 0,
                "Of one cell.")
        .choice(&Reconstruction::reduction, "reduction", {"mean", "batch"}, "mean", 0,
                "Mean over cells, or sum over a row.");
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor x = b.view(0), y = c.call("autoencoder", "decode", c.call("autoencoder", "encode", x));
    return b.has_weights() ? of_rows(y, x) : loss_op(loss_name, y, x, reduction);
  }

  /// [n]: the mean over the cells of a row, or their sum.
  Tensor of_rows(Tensor y, Tensor x) const {
    const Tensor of_cells = cells(y, x), flat = reshape(of_cells, {x.shape()[0], -1});
    return reduction == "mean" ? mean(flat, 1) : sum(flat, 1);
  }
  Tensor cells(Tensor y, Tensor x) const {
    constexpr double kLogFloor = -100;  // as the op bce has it
    constexpr double kNone = std::numeric_limits<double>::infinity();
    if (loss_name == "mse") return square(y - x);
    if (loss_name == "l1") return abs(y - x);
    if (loss_name == "huber") {
      const Tensor gap = abs(y - x), near = clamp(gap, 0, 1);
      return 0.5 * square(near) + (gap - near);
    }
    if (loss_name == "bce_with_logits") return softplus(y) - x * y;
    return -(x * clamp(log(y), kLogFloor, kNone) + (1.0 - x) * clamp(log(1.0 - y), kLogFloor, kNone));
  }
};

UBP_EXPORT_PLUGIN("reconstruction", "1.0.0", "MIT", Reconstruction);
