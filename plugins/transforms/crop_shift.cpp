// SPDX-License-Identifier: MIT
// crop_shift: the image moves by a few pixels; what leaves is cut off, what enters is filled.
//
//   out[y, x] = in[y + dy, x + dx],  dx, dy ~ U{-pixels .. pixels}
//
// | parameter | type  | range       | default | meaning |
// |-----------|-------|-------------|---------|---------|
// | pixels    | int   | [0, 1024]   | 3       | At most so many, along each axis. |
// | fill      | float | (-inf, inf) | 0       | Value of pixels from outside. |
//
// Limits: rows are images [channels, height, width].
// Source: padding and random crop, as in He et al., arXiv:1512.03385, section 4.2.
//
//   [[transform]]
//   use    = "crop_shift"
//   pixels = 3
#include <ubp/sdk.hpp>
using namespace ubp;

struct CropShift : Transform {
  std::int64_t pixels;
  double fill;

  static void describe(Describe<CropShift>& d) {
    d.id("crop_shift").title("Shift").doc("The image moves by a few pixels; what leaves is cut off, what enters is filled.")
        .cite("arXiv:1512.03385").random_words(1)
        .param(&CropShift::pixels, "pixels", 3, {0, 1024}, tunable, "At most so many, along each axis.").sweep(1, 6)
        .param(&CropShift::fill, "fill", 0, {-infinity, infinity}, advanced, "Value of pixels from outside.");
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    if (in.nd() != 4) throw Error("crop_shift: rows must be images [channels, height, width]", UBP_E_SHAPE);
    const std::int64_t height = in.dim(2), width = in.dim(3);
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      Hash draw(random[i]);
      const std::int64_t dy = draw.below(2 * pixels + 1) - pixels, dx = draw.below(2 * pixels + 1) - pixels;
      const float* from = in.row<float>(i);
      float* to = out.row<float>(i);
      for (std::int64_t c = 0; c < in.dim(1); ++c, from += height * width)
        for (std::int64_t y = 0; y < height; ++y)
          for (std::int64_t x = 0; x < width; ++x) {
            const std::int64_t v = y + dy, u = x + dx;
            const bool inside = v >= 0 && v < height && u >= 0 && u < width;
            *to++ = inside ? from[v * width + u] : static_cast<float>(fill);
          }
    }
  }
};

UBP_EXPORT_PLUGIN("crop_shift", "1.0.0", "MIT", CropShift);
