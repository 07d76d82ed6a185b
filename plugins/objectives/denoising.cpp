// SPDX-License-Identifier: MIT
// denoising: the row is spoilt on the way in and must come out clean.
//
//   L = mean over known cells of l(g(f(x~)), x),  x~ ~ q(x~ | x)
//   gaussian: x + level N(0, 1)    masking: 0 with probability level    salt_pepper: 0 or 1 with probability level
//
// | parameter | type   | range               | default  | meaning |
// |-----------|--------|---------------------|----------|---------|
// | noise     | choice | gaussian, masking, salt_pepper | gaussian | How rows are spoilt. |
// | level     | float  | [0, 1]              | 0.3      | Standard deviation, or share of spoilt cells. |
// | test_level | float | [0, 1]              | 0        | The same, of the rows that an evaluation reconstructs. |
// | evaluate  | choice | repaired, spoilt    | repaired | What counts as the reconstruction: repaired rows, or spoilt ones as they are. |
// | loss      | choice | mse, bce, l1, huber | mse      | Of one cell. |
//
// Logs: nothing but the loss. Outputs: reconstruction, of rows spoilt by test_level; imputed, known cells as they are
// and the others as decoded. level = 0 is the plain autoencoder, to compare with on equally noisy rows; evaluate =
// "spoilt" is no repair at all.
// Limits: bce and salt_pepper need data in [0, 1]. An unknown cell enters as 0 and costs nothing, so scale the data to
// mean 0.
// Source: Vincent et al., JMLR 11:3371, 2010; imputation: Gondara and Wang, arXiv:1705.02737.
//
//   [objective]
//   use   = "denoising"
//   noise = "masking"
//   level = 0.3
#include <ubp/sdk.hpp>
using namespace ubp;

struct Denoising : Objective {
  std::string noise, loss_name, evaluate;
  double level, test_level;

  static void describe(Describe<Denoising>& d) {
    d.id("denoising")
        .title("Denoising")
        .doc("The row is spoilt on the way in and must come out clean.")
        .cite("Vincent et al., JMLR 11:3371, 2010")
        .flags(UBP_OBJ_HANDLES_MASK)
        .role("autoencoder", "encode,decode", "Rows to codes and back.")
        .output("reconstruction")
        .output("imputed")
        .choice(&Denoising::noise, "noise", {"gaussian", "masking", "salt_pepper"}, "gaussian", tunable,
                "How rows are spoilt.")
        .param(&Denoising::level, "level", 0.3, {0, 1}, tunable, "Standard deviation, or share of spoilt cells.")
        .sweep(0.05, 0.7)
        .param(&Denoising::test_level, "test_level", 0, {0, 1}, 0,
               "The same, of the rows that an evaluation reconstructs.")
        .choice(&Denoising::evaluate, "evaluate", {"repaired", "spoilt"}, "repaired", 0,
                "What counts as the reconstruction: repaired rows, or spoilt ones as they are.")
        .choice(&Denoising::loss_name, "loss", {"mse", "bce", "l1", "huber"}, "mse", 0, "Of one cell.");
  }

  Tensor spoil(Ctx& c, Tensor x, double amount, const char* stream) const {
    if (amount == 0) return x;
    const Shape s = x.shape();
    if (noise == "gaussian") return x + amount * c.normal(stream, s);
    const Tensor kept = c.bernoulli(stream, s, 1 - amount);
    return noise == "masking" ? x * kept : where(kept, x, c.bernoulli("salt", s, 0.5));
  }

  static Tensor known(Ctx& c, const Batch& b) {  // whatever stands in an unknown cell must not matter
    return b.has_mask() ? where(b.mask(), b.view(0), c.full({}, 0)) : b.view(0);
  }
  static Tensor rebuilt(Ctx& c, Tensor x) {
    return c.call("autoencoder", "decode", c.call("autoencoder", "encode", x));
  }

  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor x = known(c, b), y = rebuilt(c, spoil(c, x, level, "noise"));
    if (!b.has_mask()) return loss_op(loss_name, y, x);
    return loss_op(loss_name, where(b.mask(), y, x), x) / mean(b.mask());
  }

  Tensor infer(Ctx& c, const std::string& what, const Batch& b) override {
    const Tensor x = known(c, b);
    if (what == "reconstruction") {
      const Tensor spoilt = spoil(c, x, test_level, "test noise");
      return evaluate == "spoilt" ? spoilt : rebuilt(c, spoilt);
    }
    const Tensor y = rebuilt(c, x);
    return b.has_mask() ? where(b.mask(), x, y) : x;
  }
};

UBP_EXPORT_PLUGIN("denoising", "1.0.0", "MIT", Denoising);
