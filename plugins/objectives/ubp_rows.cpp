// SPDX-License-Identifier: MIT
// ubp_rows: unsupervised backpropagation by minibatches of rows, for any decoder and any optimizer.
//
//   L = sum over known cells (x_rc - f(v_r)_c)^2 / rows of the minibatch
//   v_r             one latent vector per row, trained like a weight
//   stage start     role "linear" and the vectors; both decay
//   stage network   role "network"; it decays; the vectors are frozen
//   stage both      role "network" and the vectors; no decay
//   Every `window` epochs: lr *= factor if the RMSE fell by less than `gain` of itself; below `floor` the stage ends.
//
// | parameter    | type   | range      | default | meaning |
// |--------------|--------|------------|---------|---------|
// | latent       | int    | [1, 1024]  | 8       | Length of a latent vector. |
// | stages       | choice | all, last  | all     | last: skip the first two stages (NLPCA). |
// | window       | int    | [1, 1e+06] | 10      | Epochs between two tests of the plateau. |
// | gain         | float  | [0, 1]     | 0.001   | A smaller relative fall of the RMSE is a plateau. |
// | factor       | float  | (0, 1)     | 0.5     | Of the rate at a plateau. |
// | floor        | float  | (0, 1]     | 0.001   | A stage ends below this rate. |
// | decay        | float  | [0, 1]     | 0.0001  | Weight decay in the first two stages. |
// | latent_scale | float  | [0, 10]    | 0.01    | Standard deviation of the vectors' start. |
// | fit_steps    | int    | [1, 1e+06] | 200     | Steps for a row from outside the training split. |
// | fit_rate     | float  | (0, 10]    | 0.05    | Their size. |
//
// Logs: rmse, over the known cells under the current weights, whenever the plateau is tested.
// Outputs: embedding (the vectors), reconstruction, imputed (known cells as they are, the others as decoded). Rows
// outside the training split get a vector fitted to their known cells by `fit_steps` steps of size `fit_rate`, the
// network frozen.
// Limits: not the published algorithm, which updates cell by cell (ubp). Columns should share a scale: [dataset] scale.
// With adam every vector moves at the same speed however few cells its row knows, and overfits: prefer sgd.
// Source: after Gashler et al., arXiv:1312.5394.
//
//   [model]
//   use = "decoder"
//   [objective]
//   use    = "ubp_rows"
//   latent = 8
//   [optimizer]
//   use = "sgd"
//   lr  = 1.0
#include <ubp/sdk.hpp>
using namespace ubp;

struct UbpRows : Objective {
  std::int64_t latent, window, fit_steps;
  double gain, factor, floor, decay, latent_scale, fit_rate;
  std::string stages;

  static void describe(Describe<UbpRows>& d) {
    d.id("ubp_rows")
        .title("Unsupervised backpropagation by rows")
        .doc("Unsupervised backpropagation by minibatches of rows, for any decoder and any optimizer.")
        .cite("arXiv:1312.5394")
        .flags(UBP_OBJ_HANDLES_MASK)
        .role("network", "decode", "Latent vectors to rows.")
        .role("linear", "decode", "A single layer, for the start.")
        .logs("rmse")
        .output("embedding")
        .output("reconstruction")
        .output("imputed")
        .param(&UbpRows::latent, "latent", 8, {1, 1024}, tunable, "Length of a latent vector.")
        .sweep(2, 64)
        .choice(&UbpRows::stages, "stages", {"all", "last"}, "all", tunable, "last: skip the first two stages (NLPCA).")
        .param(&UbpRows::window, "window", 10, {1, 1e6}, advanced, "Epochs between two tests of the plateau.")
        .param(&UbpRows::gain, "gain", 1e-3, {0, 1}, advanced, "A smaller relative fall of the RMSE is a plateau.")
        .param(&UbpRows::factor, "factor", 0.5, {0, 1}, advanced | open_min | open_max, "Of the rate at a plateau.")
        .param(&UbpRows::floor, "floor", 1e-3, {0, 1}, advanced | open_min, "A stage ends below this rate.")
        .param(&UbpRows::decay, "decay", 1e-4, {0, 1}, tunable | log_scale, "Weight decay in the first two stages.")
        .sweep(1e-6, 1e-2)
        .param(&UbpRows::latent_scale, "latent_scale", 0.01, {0, 10}, advanced,
               "Standard deviation of the vectors' start.")
        .param(&UbpRows::fit_steps, "fit_steps", 200, {1, 1e6}, advanced,
               "Steps for a row from outside the training split.")
        .param(&UbpRows::fit_rate, "fit_rate", 0.05, {0, 10}, advanced | open_min, "Their size.");
    const char* const program[][3] = {
        {"start", "linear,self", "decay"}, {"network", "network", "decay"}, {"both", "network,self", "0"}};
    for (const auto& [stage, train, decay] : program)
      d.stage(stage, "0").phase("fit", train).decay(decay).plateau("rmse", "window", "gain", "factor", "floor");
  }

  void setup(Ctx& c) override {
    for (const char* role : {"network", "linear"}) c.role_shape(role, {latent}, c.row_shape());
    c.param("vectors", {c.rows("train"), latent}, Init::normal(0, latent_scale), UBP_PARAM_ROW_SPARSE);
  }

  static Tensor errors(Ctx& c, const Batch& b, std::uint32_t stage, Tensor v) {
    const Tensor e = c.call(stage == 0 ? "linear" : "network", "decode", v) - b.view(0);
    return b.has_mask() ? where(b.mask(), e, c.full({}, 0)) : e;
  }
  static Tensor vectors(Ctx& c, const Batch& b) { return gather_rows(c.param("vectors"), b.indices()); }

  Tensor loss(Ctx& c, const Batch& b) override {
    return sum(square(errors(c, b, b.stage(), vectors(c, b)))) / static_cast<double>(b.size());
  }

  void on_event(Ctx& c, const Event& e) override {
    if (e.kind() == UBP_EV_STAGE_BEGIN && e.stage() < 2 && stages == "last") c.end_stage("not part of this variant");
    if (e.kind() != UBP_EV_PLATEAU) return;
    double squares = 0, cells = 0;
    c.for_each_batch("train", 1000, [&](Ctx& k, const Batch& b) {
      squares += sum(square(errors(k, b, e.stage(), vectors(k, b)))).item();
      cells += sum(b.mask()).item();
    });
    c.log("rmse", std::sqrt(squares / cells));
  }

  /// Descent on the vectors of unknown rows from 0, each row's gradient brought to length one cell.
  Tensor fitted(Ctx& c, const Batch& b) const {
    Tensor v = c.zeros({b.size(), latent});
    const Tensor cells = maximum(sum(flatten(b.mask()), 1, keep), 1.0);
    return c.with_grad([&] {
      for (std::int64_t k = 0; k < fit_steps; ++k) {
        v = c.leaf(v);
        v = v - fit_rate * c.grad(sum(square(errors(c, b, 2, v))), v) / cells;
      }
      return stop_gradient(v);
    });
  }

  Tensor infer(Ctx& c, const std::string& what, const Batch& b) override {
    const Tensor v = b.split() == "train" ? vectors(c, b) : fitted(c, b);
    if (what == "embedding") return v;
    const Tensor y = c.call("network", "decode", v);
    if (what == "reconstruction") return y;
    return b.has_mask() ? where(b.mask(), b.view(0), y) : b.view(0);
  }
};

UBP_EXPORT_PLUGIN("ubp_rows", "1.0.0", "MIT", UbpRows);
