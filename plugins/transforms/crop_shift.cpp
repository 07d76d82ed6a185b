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
#include <algorithm>

#include <ubp/sdk.hpp>
using namespace ubp;

struct CropShift : Transform {
  std::int64_t pixels;
  double fill;

  static void describe(Describe<CropShift>& d) {
    d.id("crop_shift")
        .title("Shift")
        .doc("The image moves by a few pixels; what leaves is cut off, what enters is filled.")
        .cite("arXiv:1512.03385")
        .random_words(1)
        .param(&CropShift::pixels, "pixels", 3, {0, 1024}, tunable, "At most so many, along each axis.")
        .sweep(1, 6)
        .param(&CropShift::fill, "fill", 0, {-infinity, infinity}, advanced, "Value of pixels from outside.");
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    if (in.nd() != 4) throw Error("crop_shift: rows must be images [channels, height, width]", UBP_E_SHAPE);
    const std::int64_t height = in.dim(2), width = in.dim(3);
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      Hash draw(random[i]);
      const std::int64_t dy = draw.below(2 * pixels + 1) - pixels, dx = draw.below(2 * pixels + 1) - pixels;
      std::fill_n(out.row<float>(i), out.row_count(), static_cast<float>(fill));
      const std::int64_t top = std::max<std::int64_t>(0, -dy), bottom = std::min(height, height - dy);
      const std::int64_t left = std::max<std::int64_t>(0, -dx), right = std::min(width, width - dx);
      for (std::int64_t c = 0; c < in.dim(1) && left < right; ++c)
        for (std::int64_t y = top; y < bottom; ++y)
          std::copy_n(in.row<float>(i) + (c * height + y + dy) * width + left + dx, right - left,
                      out.row<float>(i) + (c * height + y) * width + left);
    }
  }
};

UBP_EXPORT_PLUGIN("crop_shift", "1.0.0", "MIT", CropShift);
