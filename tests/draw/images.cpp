// SPDX-License-Identifier: MIT
// A grid of images is exact: a number is a pixel.
#include <catch2/catch.hpp>

#include <cmath>

#include "decoded.hpp"
#include "draw/png.hpp"

namespace {

using namespace ubp;
using testing::Decoded;
using testing::kWhite;

}  // namespace

TEST_CASE("images stand side by side, every number one pixel", "[draw]") {
  const std::vector<double> ramp{0, 0.2, 0.4, 0.6, 0.8, 1};
  const Decoded grey(png(ImageGrid{1, 2, 3, 2, {ramp, ramp, ramp}}));
  CHECK(grey.width() == 2 * 3 + 1);
  CHECK(grey.height() == 2 * 2 + 1);
  for (const auto& [left, top] : {std::pair{0, 0}, {4, 0}, {0, 3}})
    for (int i = 0; i < 6; ++i) {
      const auto value = static_cast<std::uint8_t>(51 * i);
      CHECK(grey.at(left + i % 3, top + i / 3) == Rgb{value, value, value});
    }
  CHECK(grey.at(3, 0) == kWhite);  // between them
  CHECK(grey.at(0, 2) == kWhite);
  CHECK(grey.at(5, 4) == kWhite);  // no fourth image
}

TEST_CASE("an image may have colours, holes in its place and numbers outside", "[draw]") {
  const Decoded grid(png(ImageGrid{3, 1, 1, 4, {{1, 0.2, 0}, {}, {-7, 7, NAN}}}));
  CHECK(grid.width() == 5);
  CHECK(grid.at(0, 0) == Rgb{255, 51, 0});
  CHECK(grid.at(2, 0) == kWhite);
  CHECK(grid.at(4, 0) == Rgb{0, 255, 0});
}
