// SPDX-License-Identifier: MIT
// mask: some numbers of the row, chosen one by one, are overwritten.
//
//   out_j = fill with probability share, else in_j
//
// | parameter | type  | range       | default | meaning |
// |-----------|-------|-------------|---------|---------|
// | share     | float | [0, 1]      | 0.2     | How many. |
// | fill      | float | (-inf, inf) | 0       | What is written. |
//
// Limits: in an image neighbours tell what is missing; use erase there.
// Source: Vincent et al., JMLR 11:3371, 2010, section 3.3.
//
//   [[transform]]
//   use   = "mask"
//   share = 0.2
#include <ubp/sdk.hpp>
using namespace ubp;

struct Mask : Transform {
  double share, fill;

  static void describe(Describe<Mask>& d) {
    d.id("mask")
        .title("Mask")
        .doc("Some numbers of the row, chosen one by one, are overwritten.")
        .cite("Vincent et al., JMLR 11:3371, 2010")
        .random_words(1)
        .param(&Mask::share, "share", 0.2, {0, 1}, tunable, "How many.")
        .sweep(0, 0.6)
        .param(&Mask::fill, "fill", 0, {-infinity, infinity}, advanced, "What is written.");
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    for (std::int64_t i = 0, n = in.row_count(); i < in.rows(); ++i) {
      Hash draw(random[i]);
      const float* from = in.row<float>(i);
      float* to = out.row<float>(i);
      for (std::int64_t j = 0; j < n; ++j) to[j] = draw.uniform() < share ? static_cast<float>(fill) : from[j];
    }
  }
};

UBP_EXPORT_PLUGIN("mask", "1.0.0", "MIT", Mask);
