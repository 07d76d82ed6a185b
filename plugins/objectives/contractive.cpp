// SPDX-License-Identifier: MIT
// contractive: an autoencoder whose code hardly moves when the row does.
//
//   L = l(g(f(x)), x) + lambda mean over rows of |df/dx|^2        squared Frobenius norm of the Jacobian
//   exact      one backward pass per code unit; any encoder
//   one_layer  sum_j (h_j (1 - h_j))^2 |w_j|^2: the same number for a single sigmoid layer, at the price of one row
//   sampled    mean over `probes` of |d(v f)/dx|^2, v ~ N(0, I): right on average; any encoder
//
// | parameter | type   | range               | default | meaning |
// |-----------|--------|---------------------|---------|---------|
// | lambda    | float  | [0, 1000]           | 0.001   | Weight of the Jacobian. |
// | jacobian  | choice | exact, one_layer, sampled | exact   | How its norm is found. |
// | probes    | int    | [1, 1000]           | 1       | Random directions per row. |
// | loss      | choice | mse, bce, l1, huber | mse     | Of one cell. |
//
// Logs: reconstruction, jacobian (the squared norm, unweighted).
// Limits: second-order gradients; exact costs as many backward passes as the code is long.
// Source: Rifai et al., ICML 2011, equations 4 and 5; sampled: Hutchinson 1990.
//
//   [model]
//   use               = "autoencoder"
//   hidden            = []
//   latent_activation = "sigmoid"
//   [objective]
//   use      = "contractive"
//   jacobian = "one_layer"
#include <ubp/sdk.hpp>
using namespace ubp;

struct Contractive : Objective {
  std::string jacobian, loss_name;
  double lambda;
  std::int64_t probes;

  static void describe(Describe<Contractive>& d) {
    d.id("contractive")
        .title("Contractive autoencoder")
        .doc("An autoencoder whose code hardly moves when the row does.")
        .cite("Rifai et al., ICML 2011")
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .logs("reconstruction")
        .logs("jacobian")
        .param(&Contractive::lambda, "lambda", 1e-3, {0, 1e3}, tunable | log_scale, "Weight of the Jacobian.")
        .sweep(1e-5, 1)
        .choice(&Contractive::jacobian, "jacobian", {"exact", "one_layer", "sampled"}, "exact", 0,
                "How its norm is found.")
        .param(&Contractive::probes, "probes", 1, {1, 1000}, 0, "Random directions per row.")
        .active_if("jacobian==sampled")
        .choice(&Contractive::loss_name, "loss", {"mse", "bce", "l1", "huber"}, "mse", 0, "Of one cell.");
  }

  /// d(sum of h's column j)/dx: row i holds dh_ij/dx_i, because rows do not see each other.
  static Tensor slope(Ctx& c, Tensor h, Tensor x, std::int64_t j) {
    return c.grad(sum(slice(h, 1, j, j + 1)), x, true);
  }

  Tensor norm(Ctx& c, Tensor h, Tensor x) const {
    const Shape s = h.shape();
    Tensor total = c.full({}, 0);
    if (jacobian == "sampled") {
      for (std::int64_t k = 0; k < probes; ++k)
        total = total + sum(square(c.grad(sum(h * c.normal("probe", s)), x, true)));
      return total / static_cast<double>(s[0] * probes);
    }
    if (jacobian == "exact") {
      for (std::int64_t j = 0; j < s[1]; ++j) total = total + sum(square(slope(c, h, x, j)));
      return total / static_cast<double>(s[0]);
    }
    // At the zero row dh_j/dx = h_j (1 - h_j) w_j, so the model need not show its weights.
    Shape one = x.shape();
    one.dim[0] = 1;
    const Tensor origin = c.leaf(c.zeros(one)), at = c.call("autoencoder", "encode", origin);
    for (std::int64_t j = 0; j < s[1]; ++j) {
      const Tensor hj = slice(h, 1, j, j + 1), aj = slice(at, 1, j, j + 1);
      total =
          total + sum(square(hj * (1.0 - hj))) * sum(square(slope(c, at, origin, j))) / sum(square(aj * (1.0 - aj)));
    }
    return total / static_cast<double>(s[0]);
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor x = c.leaf(b.view(0)), h = c.call("autoencoder", "encode", x);
    const Tensor reconstruction = loss_op(loss_name, c.call("autoencoder", "decode", h), b.view(0)),
                 size = norm(c, h, x);
    c.log("reconstruction", reconstruction);
    c.log("jacobian", size);
    return reconstruction + lambda * size;
  }
};

UBP_EXPORT_PLUGIN("contractive", "1.0.0", "MIT", Contractive);
