// SPDX-License-Identifier: MIT
// ubp: unsupervised backpropagation. The inputs of a decoder are trained, one latent vector per row; there is no
// encoder.
//
//   E = 1/2 sum over known cells (x_rc - f_W(v_r)_c)^2, cell by cell in random order:
//   d_c = (x - a_c) f'(net_c);  d_i = f'(net_i) sum_j w_ij d_j;  w_ij += lr a_i d_j;  v_rk += lr sum_j w_kj d_j
//   stage start     a single layer T and V are trained; both decay         (T is dropped, V survives)
//   stage network   the network W is trained; it decays; V is frozen
//   stage both      W and V are trained; no decay
//   Each stage starts at [optimizer] lr. Every `window` epochs: lr *= factor if the RMSE fell by less than `gain` of
//   itself; below `floor` the stage ends.
//
// | parameter    | type        | range                  | default | meaning |
// |--------------|-------------|------------------------|---------|---------|
// | latent       | int         | [1, 1024]              | 3       | Length of a latent vector, the input bias counted. |
// | hidden       | list of int | [1, 65536]             | [8]     | Widths of the hidden layers, from the latent side. |
// | activation   | choice      | tanh, logistic, linear | tanh    | Of every layer, the last included. |
// | input_bias   | bool        | true, false            | true    | Entry 0 of a vector is added to every first-layer unit. |
// | biases       | bool        | true, false            | true    | Units have biases. |
// | stages       | choice      | all, last              | all     | last: skip the first two stages (NLPCA). |
// | window       | int         | [1, 1e+06]             | 100     | Epochs between two tests of the plateau. |
// | gain         | float       | [0, 1]                 | 0.001   | A smaller relative fall of the RMSE is a plateau. |
// | factor       | float       | (0, 1)                 | 0.5     | Of the rate at a plateau. |
// | floor        | float       | (0, 1]                 | 0.001   | A stage ends below this rate. |
// | roll_back    | bool        | true, false            | false   | Undo the epochs since the last test if the RMSE rose. |
// | decay        | float       | [0, 1]                 | 0.0001  | Weight decay in the first two stages. |
// | decay_both   | float       | [0, 1]                 | 0       | Weight decay in the last stage. |
// | scale        | bool        | true, false            | true    | Bring columns to [0, 1] by their known cells. |
// | start        | choice      | normal, uniform        | normal  | Start values: N(0, 1) or U(0, 1), scaled. |
// | latent_scale | float       | [0, 10]                | 0.01    | Of the latent vectors' start. |
// | weight_scale | float       | [0, 10]                | 0.1     | Of the weights' start. |
// | fit_epochs   | int         | [1, 1e+06]             | 100     | Passes that fit a row from outside the training split. |
//
// | variant                            | activation | window | gain | factor | floor | roll_back | start, weight_scale, biases |
// |------------------------------------|------------|--------|------|--------|-------|-----------|-----------------------------|
// | A: authors' code, 2013-12-18       | tanh       | 100    | 1e-3 | 0.5    | 1e-3  | false     | normal, 0.1, true           |
// | B: authors' code from 2014-09-23   | tanh       | 1      | 1e-3 | 0.97   | 1e-3  | true      | normal, 0.1, true           |
// | C: pseudo-code, as transcribed     | logistic   | 1      | 1e-5 | 0.5    | 1e-4  | false     | uniform, 1, false; lr twice |
//
// NLPCA: stages = "last". Without hidden layers only the last stage runs: a squashed matrix factorisation. Matrix
// factorisation with k factors: latent = k + 1, hidden = [], activation = "linear", scale = false, decay_both = 0.01,
// window = 30, latent_scale and weight_scale = 0.02, lr = 0.01.
//
// Logs: rmse, over the known cells under the current weights, in scaled units, whenever the plateau is tested.
// Outputs: embedding (the latent vectors), reconstruction, imputed (known cells as they are, the others as decoded).
// Rows outside the training split get a latent vector fitted to their known cells in `fit_epochs` passes, W frozen.
// [optimizer] gives only lr, and "sgd" is what happens; there is no [model].
// Limits: double precision, one cell at a time; [train] batch has no effect. For minibatches of rows see ubp_rows.
// Source: Gashler, Smith, Morris, Martinez, arXiv:1312.5394; Computational Intelligence 32(2):196, 2016. The update
// order is that of the authors' code; NLPCA: Scholz et al., Bioinformatics 21(20):3887, 2005.
//
//   [objective]
//   use    = "ubp"
//   latent = 3
//   hidden = [8]
//   [optimizer]
//   use = "sgd"
//   lr  = 0.1
#include <algorithm>

#include <ubp/sdk.hpp>

#include "cell_net.hpp"
using namespace ubp;

struct Ubp : Objective {
  std::int64_t latent, window, fit_epochs;
  std::vector<std::int64_t> hidden;
  std::string activation, start, stages;
  bool input_bias, biases, scale, roll_back;
  double gain, factor, floor, decay, decay_both, latent_scale, weight_scale;

  struct Cell {
    std::int64_t row, column;
    double value;  ///< scaled
  };
  std::vector<Cell> cells;         ///< the known ones of the training split, by row; read again where empty
  std::vector<double> low, range;  ///< per column; scaled = (raw - low) / range
  CellNet layer, network;

  static void describe(Describe<Ubp>& d) {
    d.id("ubp")
        .title("Unsupervised backpropagation")
        .doc("The inputs of a decoder are trained, one latent vector per row, cell by cell; there is no encoder.")
        .cite("arXiv:1312.5394")
        .flags(UBP_OBJ_MANUAL_UPDATE | UBP_OBJ_HANDLES_MASK)
        .logs("rmse")
        .output("embedding")
        .output("reconstruction")
        .output("imputed")
        .param(&Ubp::latent, "latent", 3, {1, 1024}, tunable, "Length of a latent vector, the input bias counted.")
        .sweep(2, 16)
        .param(&Ubp::hidden, "hidden", "8", {1, 65536}, tunable, "Widths of the hidden layers, from the latent side.")
        .choice(&Ubp::activation, "activation", {"tanh", "logistic", "linear"}, "tanh", tunable,
                "Of every layer, the last included.")
        .param(&Ubp::input_bias, "input_bias", true, 0, "Entry 0 of a vector is added to every first-layer unit.")
        .param(&Ubp::biases, "biases", true, advanced, "Units have biases.")
        .choice(&Ubp::stages, "stages", {"all", "last"}, "all", tunable, "last: skip the first two stages (NLPCA).")
        .param(&Ubp::window, "window", 100, {1, 1e6}, tunable | log_scale, "Epochs between two tests of the plateau.")
        .sweep(1, 100)
        .param(&Ubp::gain, "gain", 1e-3, {0, 1}, advanced, "A smaller relative fall of the RMSE is a plateau.")
        .param(&Ubp::factor, "factor", 0.5, {0, 1}, tunable | open_min | open_max, "Of the rate at a plateau.")
        .sweep(0.5, 0.97)
        .param(&Ubp::floor, "floor", 1e-3, {0, 1}, advanced | open_min, "A stage ends below this rate.")
        .param(&Ubp::roll_back, "roll_back", false, tunable, "Undo the epochs since the last test if the RMSE rose.")
        .param(&Ubp::decay, "decay", 1e-4, {0, 1}, tunable | log_scale, "Weight decay in the first two stages.")
        .sweep(1e-6, 1e-2)
        .param(&Ubp::decay_both, "decay_both", 0, {0, 1}, advanced, "Weight decay in the last stage.")
        .param(&Ubp::scale, "scale", true, advanced, "Bring columns to [0, 1] by their known cells.")
        .choice(&Ubp::start, "start", {"normal", "uniform"}, "normal", advanced,
                "Start values: N(0, 1) or U(0, 1), scaled.")
        .param(&Ubp::latent_scale, "latent_scale", 0.01, {0, 10}, advanced, "Of the latent vectors' start.")
        .param(&Ubp::weight_scale, "weight_scale", 0.1, {0, 10}, advanced, "Of the weights' start.")
        .param(&Ubp::fit_epochs, "fit_epochs", 100, {1, 1e6}, advanced,
               "Passes that fit a row from outside the training split.");
    d.stage("start", "0", "A single layer gives the latent vectors a start.")
        .plateau("rmse", "window", "gain", "factor", "floor");
    d.stage("network", "0", "The network learns to decode them.").plateau("rmse", "window", "gain", "factor", "floor");
    d.stage("both", "0", "Network and latent vectors.").plateau("rmse", "window", "gain", "factor", "floor");
  }

  void created() override {
    if (input_bias && latent < 2) throw Error("latent: 1 leaves nothing beside the input bias, expected 2 or more");
  }

  // --- what is trained: named state in double precision --------------------------------------------------------------
  // "latents" [rows, latent], "layer" and "network": flat nets; "kept.*": what roll_back returns to;
  // "now": first rate of the stage, stage, epochs done in it, RMSE of the last test.
  enum Now { kFirstRate, kStage, kEpochs, kError, kNow };
  static constexpr const char* kTrained[] = {"latents", "layer", "network"};

  void setup(Ctx& c) override {
    const std::int64_t columns = c.row_shape().count(), inputs = latent - input_bias;
    layer = CellNet({inputs, columns}, activation, input_bias, biases);
    network = CellNet(widths(inputs, hidden, columns), activation, input_bias, biases);
    const Shape shapes[] = {Shape{c.rows("train"), latent}, Shape{layer.size()}, Shape{network.size()}};
    for (int i = 0; i < 3; ++i) {
      c.state(kTrained[i], shapes[i].of(UBP_F64));
      if (roll_back) c.state(kept(i).c_str(), shapes[i].of(UBP_F64));
    }
    c.state("now", Shape{kNow}.of(UBP_F64));
  }
  static std::string kept(int i) { return std::string("kept.") + kTrained[i]; }

  void start_values(Ctx& c) {
    const double scales[] = {latent_scale, weight_scale, weight_scale};
    for (int i = 0; i < 3; ++i) {
      const Tensor t = c.state(kTrained[i]);
      const std::string stream = std::string("start.") + kTrained[i];
      c.assign(t, scales[i] *
                      (start == "normal" ? c.normal(stream.c_str(), t.shape()) : c.uniform(stream.c_str(), t.shape())));
    }
    if (biases) return;
    layer.clear_biases(Mapped<double>(c.state("layer")).data());
    network.clear_biases(Mapped<double>(c.state("network")).data());
  }

  // --- data ----------------------------------------------------------------------------------------------------------
  /// Values of rows with NaN where unknown, in the data's own order.
  static std::vector<double> known(Ctx& c, const Batch& b) {
    std::vector<double> x = c.values(b.view(0));
    if (!b.has_mask()) return x;
    const std::vector<double> mask = c.values(b.mask());
    for (std::size_t i = 0; i < x.size(); ++i)
      if (mask[i] == 0) x[i] = std::nan("");
    return x;
  }

  void read_cells(Ctx& c) {
    if (!cells.empty()) return;
    const std::int64_t columns = c.row_shape().count();
    low.assign(columns, infinity), range.assign(columns, -infinity);
    std::int64_t row = 0;
    c.for_each_batch("train", 1000, [&](Ctx& k, const Batch& b) {
      const std::vector<double> x = known(k, b);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const std::int64_t column = static_cast<std::int64_t>(i) % columns;
        if (!std::isnan(x[i])) cells.push_back({row + static_cast<std::int64_t>(i) / columns, column, x[i]});
      }
      row += b.size();
    });
    if (cells.empty()) throw Error("ubp: no cell is known");
    for (const Cell& k : cells)
      low[k.column] = std::min(low[k.column], k.value), range[k.column] = std::max(range[k.column], k.value);
    for (std::int64_t j = 0; j < columns; ++j) {
      const bool none = range[j] < low[j];
      low[j] = none || !scale ? 0 : low[j];
      range[j] = none || !scale || range[j] - low[j] < 1e-12 ? 1 : range[j] - low[j];
    }
    for (Cell& k : cells) k.value = (k.value - low[k.column]) / range[k.column];
  }

  // --- training ------------------------------------------------------------------------------------------------------
  CellNet::Rates rates(std::int64_t stage, double lr) const {
    const double lambda = stage < 2 ? decay : decay_both;
    return {lr, /*weights*/ true, /*latents*/ stage != 1, lambda, stage == 1 ? 0 : lambda};
  }
  CellNet& net(std::int64_t stage) { return stage == 0 ? layer : network; }

  /// One epoch: the host's minibatches do not matter, the first of an epoch stands for all.
  void manual(Ctx& c, const Batch& b, const PutGrad&) override {
    read_cells(c);
    const Mapped<double> now(c.state("now"));
    if (now[kEpochs] > static_cast<double>(b.epoch())) return;
    now[kEpochs] = static_cast<double>(b.epoch() + 1);
    CellNet& n = net(b.stage());
    const CellNet::Rates r = rates(b.stage(), b.lr());
    const Mapped<double> v(c.state("latents")), w(c.state(b.stage() == 0 ? "layer" : "network"));
    double squares = 0;
    for (std::int64_t i : c.integers(c.permutation("cells", static_cast<std::int64_t>(cells.size())))) {
      const Cell& k = cells[i];
      const double error = n.train(w.data(), v.data() + k.row * latent, k.column, k.value, r);
      squares += error * error;
    }
    c.log("loss", squares / static_cast<double>(cells.size()));
  }

  double rmse(Ctx& c, std::int64_t stage) {
    read_cells(c);
    CellNet& n = net(stage);
    const Mapped<const double> v(c.state("latents")), w(c.state(stage == 0 ? "layer" : "network"));
    double squares = 0;
    std::int64_t row = -1;
    const std::vector<double>* y = nullptr;
    for (const Cell& k : cells) {
      if (k.row != row) y = &n.forward(w.data(), v.data() + k.row * latent), row = k.row;
      squares += ((*y)[k.column] - k.value) * ((*y)[k.column] - k.value);
    }
    return std::sqrt(squares / static_cast<double>(cells.size()));
  }

  void copy(Ctx& c, bool to_kept) {
    for (int i = 0; i < 3; ++i) {
      const Tensor live = c.state(kTrained[i]), spare = c.state(kept(i).c_str());
      c.assign(to_kept ? spare : live, to_kept ? live : spare);
    }
  }

  void on_event(Ctx& c, const Event& e) override {
    const Mapped<double> now(c.state("now"));
    switch (e.kind()) {
      case UBP_EV_TRAIN_BEGIN:
        return start_values(c);
      case UBP_EV_STAGE_BEGIN:
        now[kFirstRate] = e.lr(), now[kStage] = e.stage(), now[kEpochs] = 0, now[kError] = infinity;
        if (roll_back) copy(c, true);
        if (e.stage() < 2 && (stages == "last" || hidden.empty())) c.end_stage("not part of this variant");
        return;
      case UBP_EV_PLATEAU: {
        double error = rmse(c, e.stage());
        if (roll_back) copy(c, error <= now[kError]);
        if (roll_back && !std::isfinite(error)) error = now[kError];  // what it was before it blew up
        now[kError] = error;
        return c.log("rmse", error);
      }
      default:
        return;
    }
  }

  // --- answers -------------------------------------------------------------------------------------------------------
  /// The latent vectors of the rows of `b`: trained, or fitted to the known cells with the network as it is.
  std::vector<double> vectors(Ctx& c, const Batch& b, const std::vector<double>& x) {
    std::vector<double> v(static_cast<std::size_t>(b.size() * latent));
    if (b.split() == "train") {
      const Mapped<const double> all(c.state("latents"));
      const std::vector<std::int64_t> rows = c.integers(b.indices());
      for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy_n(all.data() + rows[i] * latent, latent, v.begin() + static_cast<std::int64_t>(i) * latent);
      return v;
    }
    const Mapped<double> now(c.state("now")), w(c.state(now[kStage] == 0 ? "layer" : "network"));
    const double cool = std::pow(std::min(1.0, floor / now[kFirstRate]), 1 / static_cast<double>(fit_epochs));
    const std::int64_t columns = static_cast<std::int64_t>(low.size());
    for (std::int64_t i = 0; i < b.size(); ++i) {
      CellNet::Rates r{now[kFirstRate], /*weights*/ false, /*latents*/ true, 0, 0};
      for (std::int64_t k = 0; k < fit_epochs; ++k, r.lr *= cool)
        for (std::int64_t j = 0; j < columns; ++j) {
          const double value = x[i * columns + j];
          if (!std::isnan(value))
            net(std::lround(now[kStage])).train(w.data(), v.data() + i * latent, j, (value - low[j]) / range[j], r);
        }
    }
    return v;
  }

  Tensor infer(Ctx& c, const std::string& what, const Batch& b) override {
    read_cells(c);
    const std::vector<double> x = known(c, b);
    std::vector<double> v = vectors(c, b, x), y = x;
    if (what == "embedding") return c.from({b.size(), latent}, v);
    const Mapped<const double> now(c.state("now")), w(c.state(now[kStage] == 0 ? "layer" : "network"));
    const std::size_t columns = low.size();
    for (std::size_t i = 0; i < y.size(); i += columns) {
      const std::vector<double>& out =
          net(std::lround(now[kStage])).forward(w.data(), v.data() + i / columns * static_cast<std::size_t>(latent));
      for (std::size_t j = 0; j < columns; ++j)
        if (what != "imputed" || std::isnan(x[i + j])) y[i + j] = low[j] + range[j] * out[j];
    }
    return c.from(b.view(0).shape(), y);
  }
};

UBP_EXPORT_PLUGIN("ubp", "1.0.0", "MIT", Ubp);
