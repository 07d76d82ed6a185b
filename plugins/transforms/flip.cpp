// SPDX-License-Identifier: MIT
// flip: the image is mirrored left to right, sometimes.
//
//   out[y, x] = in[y, width - 1 - x] with probability p, else in
//
// | parameter | type  | range  | default | meaning |
// |-----------|-------|--------|---------|---------|
// | p         | float | [0, 1] | 0.5     | How often. |
//
// Limits: rows are images [channels, height, width]. Not for digits: a mirrored 2 is no 2.
// Source: Krizhevsky, Sutskever, Hinton, NIPS 2012, section 4.1.
//
//   [[transform]]
//   use = "flip"
#include <algorithm>

#include <ubp/sdk.hpp>
using namespace ubp;

struct Flip : Transform {
  double p;

  static void describe(Describe<Flip>& d) {
    d.id("flip")
        .title("Mirror")
        .doc("The image is mirrored left to right, sometimes.")
        .cite("Krizhevsky et al., NIPS 2012")
        .random_words(1)
        .param(&Flip::p, "p", 0.5, {0, 1}, tunable, "How often.")
        .sweep(0, 0.5);
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    if (in.nd() != 4) throw Error("flip: rows must be images [channels, height, width]", UBP_E_SHAPE);
    const std::int64_t width = in.dim(3);
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      const bool mirror = Hash(random[i]).uniform() < p;
      const float *from = in.row<float>(i), *end = from + in.row_count();
      for (float* to = out.row<float>(i); from < end; from += width, to += width) {
        if (mirror)
          std::reverse_copy(from, from + width, to);
        else
          std::copy_n(from, width, to);
      }
    }
  }
};

UBP_EXPORT_PLUGIN("flip", "1.0.0", "MIT", Flip);
