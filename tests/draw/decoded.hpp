// SPDX-License-Identifier: MIT
// A PNG's pixels, as another reader than the writer sees them: Cairo, linked.
#pragma once

#include <cairo.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>

#include "draw/drawing.hpp"

namespace ubp::testing {

class Decoded {
 public:
  explicit Decoded(const std::string& png) : left_(png) {
    const auto read = [](void* from, unsigned char* to, unsigned int length) {
      auto& left = static_cast<Decoded*>(from)->left_;
      if (length > left.size()) return CAIRO_STATUS_READ_ERROR;
      std::memcpy(to, left.data(), length);
      left.remove_prefix(length);
      return CAIRO_STATUS_SUCCESS;
    };
    surface_ = cairo_image_surface_create_from_png_stream(read, this);
    REQUIRE(cairo_surface_status(surface_) == CAIRO_STATUS_SUCCESS);
  }
  Decoded(const Decoded&) = delete;
  ~Decoded() { cairo_surface_destroy(surface_); }

  int width() const { return cairo_image_surface_get_width(surface_); }
  int height() const { return cairo_image_surface_get_height(surface_); }
  Rgb at(int x, int y) const {
    std::uint32_t pixel;
    std::memcpy(&pixel, cairo_image_surface_get_data(surface_) + y * cairo_image_surface_get_stride(surface_) + x * 4,
                4);
    const auto part = [pixel](int shift) { return static_cast<std::uint8_t>(pixel >> shift & 255); };
    return {part(16), part(8), part(0)};
  }

 private:
  std::string_view left_;
  cairo_surface_t* surface_;
};

constexpr Rgb kWhite{255, 255, 255};

}  // namespace ubp::testing

namespace ubp {
inline std::ostream& operator<<(std::ostream& out, Rgb c) {
  return out << "rgb(" << +c.red << ", " << +c.green << ", " << +c.blue << ")";
}
}  // namespace ubp
