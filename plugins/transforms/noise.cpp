// SPDX-License-Identifier: MIT
// noise: every number of the row gets a random one added.
//
//   out = in + sd N(0, 1)
//
// | parameter | type  | range    | default | meaning |
// |-----------|-------|----------|---------|---------|
// | sd        | float | [0, inf) | 0.1     | Standard deviation. |
//
// Limits: values may leave the data's range; nothing is clamped.
// Source: Vincent et al., JMLR 11:3371, 2010, section 3.3.
//
//   [[transform]]
//   use = "noise"
//   sd  = 0.1
#include <ubp/sdk.hpp>
using namespace ubp;

struct Noise : Transform {
  double sd;

  static void describe(Describe<Noise>& d) {
    d.id("noise")
        .title("Gaussian noise")
        .doc("Every number of the row gets a random one added.")
        .cite("Vincent et al., JMLR 11:3371, 2010")
        .random_words(1)
        .param(&Noise::sd, "sd", 0.1, {0, infinity}, tunable, "Standard deviation.")
        .sweep(0, 0.5);
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    const std::int64_t n = in.row_count();
    std::vector<float> draws(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      normals(random[i], draws.data(), n);
      const float *from = in.row<float>(i), scale = static_cast<float>(sd);
      float* to = out.row<float>(i);
      for (std::int64_t j = 0; j < n; ++j) to[j] = from[j] + scale * draws[static_cast<std::size_t>(j)];
    }
  }
};

UBP_EXPORT_PLUGIN("noise", "1.0.0", "MIT", Noise);
