// SPDX-License-Identifier: MIT
// erase: a random rectangle of the image is overwritten, sometimes.
//
//   area ~ U(0, share) of the image;  height / width ~ exp U(-log 3, log 3);  place uniform where it fits
//
// | parameter | type  | range       | default | meaning |
// |-----------|-------|-------------|---------|---------|
// | p         | float | [0, 1]      | 0.5     | How often. |
// | share     | float | [0, 1]      | 0.3     | Largest part of the image. |
// | fill      | float | (-inf, inf) | 0       | What is written. |
//
// Limits: rows are images [channels, height, width].
// Source: Zhong et al., arXiv:1708.04896, algorithm 1, with a constant in place of random pixels.
//
//   [[transform]]
//   use   = "erase"
//   share = 0.3
#include <algorithm>

#include <ubp/sdk.hpp>
using namespace ubp;

struct Erase : Transform {
  double p, share, fill;

  static void describe(Describe<Erase>& d) {
    d.id("erase")
        .title("Random erasing")
        .doc("A random rectangle of the image is overwritten, sometimes.")
        .cite("arXiv:1708.04896")
        .random_words(1)
        .param(&Erase::p, "p", 0.5, {0, 1}, tunable, "How often.")
        .sweep(0, 1)
        .param(&Erase::share, "share", 0.3, {0, 1}, tunable, "Largest part of the image.")
        .sweep(0.05, 0.5)
        .param(&Erase::fill, "fill", 0, {-infinity, infinity}, advanced, "What is written.");
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    if (in.nd() != 4) throw Error("erase: rows must be images [channels, height, width]", UBP_E_SHAPE);
    const std::int64_t height = in.dim(2), width = in.dim(3);
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      Hash draw(random[i]);
      float* to = out.row<float>(i);
      std::copy_n(in.row<float>(i), in.row_count(), to);
      if (draw.uniform() >= p) continue;
      const double area = draw.uniform() * share * static_cast<double>(height * width);
      const double ratio = std::exp(draw.uniform(-std::log(3.0), std::log(3.0)));
      const std::int64_t h = std::min<std::int64_t>(height, std::llround(std::sqrt(area * ratio)));
      const std::int64_t w = std::min<std::int64_t>(width, std::llround(std::sqrt(area / ratio)));
      const std::int64_t top = draw.below(height - h + 1), left = draw.below(width - w + 1);
      for (std::int64_t c = 0; c < in.dim(1); ++c)
        for (std::int64_t y = top; y < top + h; ++y)
          std::fill_n(to + (c * height + y) * width + left, w, static_cast<float>(fill));
    }
  }
};

UBP_EXPORT_PLUGIN("erase", "1.0.0", "MIT", Erase);
