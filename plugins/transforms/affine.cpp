// SPDX-License-Identifier: MIT
// affine: the image is turned, slanted and scaled about its middle by random amounts.
//
//   out[p] = in[m + A (p - m)],  A = R(a) S(s) / z,  m the middle, p = (x, y)
//   R a rotation by a ~ U(-degrees, degrees), S = [1 s; 0 1], s ~ U(-shear, shear), z ~ U(1 - zoom, 1 + zoom)
//
// | parameter | type  | range       | default | meaning |
// |-----------|-------|-------------|---------|---------|
// | degrees   | float | [0, 180]    | 10      | Largest turn, either way. |
// | shear     | float | [0, 2]      | 0       | Largest slant: columns moved per row. |
// | zoom      | float | [0, 1)      | 0       | Largest change of size. |
// | fill      | float | (-inf, inf) | 0       | Value of pixels from outside. |
//
// Pixels between pixels are interpolated bilinearly.
// Limits: rows are images [channels, height, width].
// Source: Simard, Steinkraus, Platt, ICDAR 2003, section 2; for clustering Guo et al., ACML 2018.
//
//   [[transform]]
//   use     = "affine"
//   degrees = 10
#include <cmath>

#include <ubp/sdk.hpp>
using namespace ubp;

struct Affine : Transform {
  double degrees, shear, zoom, fill;

  static void describe(Describe<Affine>& d) {
    d.id("affine")
        .title("Turn, slant, scale")
        .doc("The image is turned, slanted and scaled about its middle by random amounts.")
        .cite("Simard, Steinkraus, Platt, ICDAR 2003")
        .random_words(1)
        .param(&Affine::degrees, "degrees", 10, {0, 180}, tunable, "Largest turn, either way.")
        .sweep(0, 20)
        .param(&Affine::shear, "shear", 0, {0, 2}, tunable, "Largest slant: columns moved per row.")
        .sweep(0, 0.4)
        .param(&Affine::zoom, "zoom", 0, {0, 1}, tunable | open_max, "Largest change of size.")
        .sweep(0, 0.2)
        .param(&Affine::fill, "fill", 0, {-infinity, infinity}, advanced, "Value of pixels from outside.");
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    if (in.nd() != 4) throw Error("affine: rows must be images [channels, height, width]", UBP_E_SHAPE);
    const std::int64_t height = in.dim(2), width = in.dim(3);
    const float my = static_cast<float>(height - 1) / 2, mx = static_cast<float>(width - 1) / 2;
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      Hash draw(random[i]);
      const double angle = draw.uniform(-degrees, degrees) * 3.14159265358979323846 / 180;
      const double slant = draw.uniform(-shear, shear), size = draw.uniform(1 - zoom, 1 + zoom);
      const double c = std::cos(angle) / size, s = std::sin(angle) / size;
      const auto xx = static_cast<float>(c), xy = static_cast<float>(c * slant - s);
      const auto yx = static_cast<float>(s), yy = static_cast<float>(s * slant + c);
      for (std::int64_t k = 0; k < in.dim(1); ++k) {
        const float* from = in.row<float>(i) + k * height * width;
        float* to = out.row<float>(i) + k * height * width;
        for (std::int64_t y = 0; y < height; ++y)
          for (std::int64_t x = 0; x < width; ++x) {
            const float dx = static_cast<float>(x) - mx, dy = static_cast<float>(y) - my;
            *to++ = between(from, height, width, my + yx * dx + yy * dy, mx + xx * dx + xy * dy);
          }
      }
    }
  }

  /// Bilinear: the four pixels around (y, x), `fill` where there are none.
  float between(const float* image, std::int64_t height, std::int64_t width, float y, float x) const {
    const float top = std::floor(y), left = std::floor(x), v = y - top, u = x - left;
    const auto y0 = static_cast<std::int64_t>(top), x0 = static_cast<std::int64_t>(left);
    const auto pixel = [&](std::int64_t row, std::int64_t column) {
      const bool inside = row >= 0 && row < height && column >= 0 && column < width;
      return inside ? image[row * width + column] : static_cast<float>(fill);
    };
    const float above = (1 - u) * pixel(y0, x0) + u * pixel(y0, x0 + 1);
    const float below = (1 - u) * pixel(y0 + 1, x0) + u * pixel(y0 + 1, x0 + 1);
    return (1 - v) * above + v * below;
  }
};

UBP_EXPORT_PLUGIN("affine", "1.0.0", "MIT", Affine);
