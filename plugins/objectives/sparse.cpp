// SPDX-License-Identifier: MIT
// sparse: an autoencoder of which few code units may speak at once.
//
//   kl          L = l(g(h), x) + beta sum_j KL(rho || mean of h_j over the minibatch)        h = f(x) in (0, 1)
//   l1          L = l(g(h), x) + beta mean over rows of sum_j |h_j|
//   l1_decoder  L = l(g(h), x) + beta mean over rows of sum_j |h_j| |g(e_j) - g(0)|,  e_j a code of zeros with a 1 at j
//   top_k       L = l(g(top(h)), x), where top keeps a row's k largest units and sets the others to 0
//
// | parameter | type   | range                     | default | meaning |
// |-----------|--------|---------------------------|---------|---------|
// | penalty   | choice | kl, l1, top_k, l1_decoder | kl      | What keeps units silent. |
// | beta      | float  | [0, 1000]                 | 0.01    | Weight of kl, l1 and l1_decoder. |
// | rho       | float  | (0, 1)                    | 0.05    | Wanted mean activity. |
// | k         | int    | [1, 65536]                | 16      | Units left per row. |
// | loss      | choice | mse, bce, l1, huber       | mse     | Of one cell. |
//
// Logs: reconstruction, penalty, and active: the share of units above 0.01 in size. Outputs: embedding and
// reconstruction, with top(h) in place of h.
// Limits: kl needs a code in (0, 1): [model] latent_activation = "sigmoid". top_k needs k below the code's units. l1
// can be had for nothing, by small codes and a large decoder; l1_decoder cannot, and decodes one more row per unit.
// Source: kl: Ng, CS294A lecture notes, 2011; top_k: Makhzani and Frey, arXiv:1312.5663; l1_decoder: Conerly et al.,
// "Update on how we train SAEs", Transformer Circuits, April 2024.
//
//   [objective]
//   use     = "sparse"
//   penalty = "top_k"
//   k       = 16
#include <algorithm>
#include <functional>

#include <ubp/sdk.hpp>
using namespace ubp;

struct Sparse : Objective {
  std::string penalty, loss_name;
  double beta, rho;
  std::int64_t k;

  static void describe(Describe<Sparse>& d) {
    d.id("sparse")
        .title("Sparse autoencoder")
        .doc("An autoencoder of which few code units may speak at once.")
        .cite("arXiv:1312.5663")
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .logs("reconstruction")
        .logs("penalty")
        .logs("active")
        .output("embedding")
        .output("reconstruction")
        .choice(&Sparse::penalty, "penalty", {"kl", "l1", "top_k", "l1_decoder"}, "kl", tunable,
                "What keeps units silent.")
        .param(&Sparse::beta, "beta", 1e-2, {0, 1e3}, tunable | log_scale, "Weight of kl, l1 and l1_decoder.")
        .sweep(1e-5, 1)
        .active_if("penalty==kl,l1,l1_decoder")
        .param(&Sparse::rho, "rho", 0.05, {0, 1}, tunable | open_min | open_max, "Wanted mean activity.")
        .sweep(0.01, 0.3)
        .active_if("penalty==kl")
        .param(&Sparse::k, "k", 16, {1, 65536}, tunable | log_scale, "Units left per row.")
        .sweep(2, 64)
        .active_if("penalty==top_k")
        .choice(&Sparse::loss_name, "loss", {"mse", "bce", "l1", "huber"}, "mse", 0, "Of one cell.");
  }

  void setup(Ctx& c) override {
    if (penalty != "top_k") return;
    const std::int64_t units = c.method_shape("autoencoder", "encode")[0];
    if (k >= units)
      throw Error("sparse: k = " + std::to_string(k) + " silences none of a code's " + std::to_string(units) +
                  " units: expected less than " + std::to_string(units));
  }

  /// The choice of units is no function of the weights, so the mask is a constant.
  Tensor top(Ctx& c, Tensor h) const {
    const Shape s = h.shape();
    std::vector<double> v = c.values(h);
    std::vector<std::size_t> order(static_cast<std::size_t>(s[1]));
    for (std::size_t row = 0; row < v.size(); row += order.size()) {
      for (std::size_t j = 0; j < order.size(); ++j) order[j] = row + j;
      std::nth_element(order.begin(), order.begin() + (k - 1), order.end(),
                       [&](std::size_t a, std::size_t b) { return v[a] != v[b] ? v[a] > v[b] : a < b; });
      for (std::size_t j = 0; j < order.size(); ++j) v[order[j]] = static_cast<std::int64_t>(j) < k;
    }
    return h * c.from(s, v);
  }

  Tensor code(Ctx& c, const Batch& b) const {
    const Tensor h = c.call("autoencoder", "encode", b.view(0));
    return penalty == "top_k" ? top(c, h) : h;
  }

  /// |g(e_j) - g(0)| of every unit, [units]; the derivative at 0 is 0.
  static Tensor atom_lengths(Ctx& c, std::int64_t units) {
    const Tensor rows = flatten(c.call("autoencoder", "decode", concat({c.eye(units), c.zeros({1, units})}, 0)));
    const Tensor atoms = slice(rows, 0, 0, units) - slice(rows, 0, units, units + 1);
    return sqrt(sum(square(atoms), 1) + 1e-12);
  }

  Tensor cost(Ctx& c, Tensor h, std::int64_t n) const {
    if (penalty == "top_k") return c.full({}, 0);
    if (penalty == "l1") return beta / static_cast<double>(n) * sum(abs(h));
    if (penalty == "l1_decoder") return beta / static_cast<double>(n) * sum(abs(h) * atom_lengths(c, h.dim(1)));
    const Tensor r = clamp(mean(h, 0), 1e-6, 1 - 1e-6);
    return beta * sum(rho * (std::log(rho) - log(r)) + (1 - rho) * (std::log(1 - rho) - log(1.0 - r)));
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor h = code(c, b), reconstruction = loss_op(loss_name, c.call("autoencoder", "decode", h), b.view(0));
    const Tensor price = cost(c, h, b.size());
    c.log("reconstruction", reconstruction);
    c.log("penalty", price);
    c.log("active", 1.0 - mean(less(abs(h), 0.01)));
    return reconstruction + price;
  }

  Tensor infer(Ctx& c, const std::string& what, const Batch& b) override {
    const Tensor h = code(c, b);
    return what == "embedding" ? h : c.call("autoencoder", "decode", h);
  }
};

UBP_EXPORT_PLUGIN("sparse", "1.0.0", "MIT", Sparse);
