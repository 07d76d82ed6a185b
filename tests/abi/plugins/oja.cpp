// SPDX-License-Identifier: MIT
// oja: a local rule without any loss; the weights come to span the first principal components.
//
//   y = x w;   dw = (x' y - w y' y) / n            Oja, Int. J. Neural Systems 1:61, 1989
#include <ubp/sdk.hpp>
using namespace ubp;

struct Oja : Objective {
  std::int64_t units;
  std::string misuse;

  static void describe(Describe<Oja>& d) {
    d.id("oja")
        .doc("Oja's subspace rule.")
        .logs("skew")
        .flags(UBP_OBJ_MANUAL_UPDATE)
        .output("embedding")
        .logs("loss")
        .phase("local", "self.w")
        .param(&Oja::units, "units", 2, {1, 1000}, tunable, "How many.")
        .choice(&Oja::misuse, "misuse", {"none", "frozen", "shape"}, "none", 0, "A mistake to make.");
  }
  void setup(Ctx& c) override {
    c.param("w", {c.row_shape().count(), units}, Init::orthogonal());
    c.param("frozen", {3}, Init::normal(0, 1));
  }
  void manual(Ctx& c, const Batch& b, const PutGrad& put) override {
    const Tensor x = b.view(0), w = c.param("w"), y = matmul(x, w);
    if (misuse == "frozen") put(c.param("frozen"), c.ones({3}));
    if (misuse == "shape") put(w, y);
    put(w, (matmul(w, matmul(y, y, transpose_a)) - matmul(x, y, transpose_a)) / static_cast<double>(b.size()));
    c.log("loss", mean(square(x - matmul(y, w, transpose_b))));
    c.log("skew", max(abs(matmul(w, w, transpose_a) - c.eye(units))));
  }
  Tensor infer(Ctx& c, const std::string&, const Batch& b) override { return matmul(b.view(0), c.param("w")); }
};

UBP_EXPORT_PLUGIN("oja", "1.0.0", "MIT", Oja);
