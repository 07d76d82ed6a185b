// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "plugin/context.hpp"
#include "plugin/instance.hpp"

namespace {

namespace host = ::ubp;
using nlohmann::json;

/// `rows` images [1, 6, 8], each holding 1 .. 48, through a transform.
std::vector<float> transformed(const std::string& id, const json& params, std::int64_t rows, std::uint64_t seed) {
  const host::Instance instance(std::string(UBP_PLUGIN_FOLDER) + "/transforms/" + id + ".so", UBP_K_TRANSFORM, id,
                                params);
  const auto vt = instance.table<ubp_transform_vt>();
  const host::Engine engine;
  std::vector<float> in(static_cast<std::size_t>(rows * 48)), out(in.size(), -99.0f);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i % 48 + 1);
  std::vector<std::uint64_t> random(static_cast<std::size_t>(rows) * vt.random_words);
  for (std::size_t i = 0; i < random.size(); ++i) random[i] = seed + 1000003 * i;
  const host::i64 dims[] = {rows, 1, 6, 8};
  const host::Shape shape(dims, 4);
  host::ViewStorage a, b;
  const ubp_view from = host::view_of(host::DType::f32, shape, in.data(), true, a);
  ubp_view to = host::view_of(host::DType::f32, shape, out.data(), false, b);
  host::require_ok(vt.apply(instance.self(), &from, &to, random.data(), static_cast<std::uint32_t>(random.size())), id,
                   "apply");
  return out;
}

const std::vector<std::pair<std::string, json>> kAll = {
    {"affine", {{"degrees", 10.0}, {"shear", 0.2}, {"zoom", 0.1}, {"fill", 0.0}}},
    {"crop_shift", {{"pixels", 2}, {"fill", 0.0}}},
    {"erase", {{"p", 0.5}, {"share", 0.4}, {"fill", 0.0}}},
    {"flip", {{"p", 0.5}}},
    {"mask", {{"share", 0.25}, {"fill", 0.0}}},
    {"noise", {{"sd", 0.1}}}};

}  // namespace

TEST_CASE("a transform is a pure function of its row and its random words", "[transform]") {
  const auto [id, params] = GENERATE(from_range(kAll));
  CAPTURE(id);
  const std::vector<float> many = transformed(id, params, 50, 7);
  CHECK(many == transformed(id, params, 50, 7));
  CHECK(many != transformed(id, params, 50, 8));
  const std::vector<float> few = transformed(id, params, 3, 7);
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
}

TEST_CASE("a transform at strength zero changes nothing", "[transform]") {
  const auto [id, params] =
      GENERATE(table<std::string, json>({{"affine", {{"degrees", 0.0}, {"shear", 0.0}, {"zoom", 0.0}, {"fill", 0.0}}},
                                         {"crop_shift", {{"pixels", 0}, {"fill", 0.0}}},
                                         {"erase", {{"p", 0.0}, {"share", 0.4}, {"fill", 0.0}}},
                                         {"flip", {{"p", 0.0}}},
                                         {"mask", {{"share", 0.0}, {"fill", 0.0}}},
                                         {"noise", {{"sd", 0.0}}}}));
  CAPTURE(id);
  const std::vector<float> out = transformed(id, params, 4, 7);
  for (std::size_t i = 0; i < out.size(); ++i) CHECK(out[i] == static_cast<float>(i % 48 + 1));
}

TEST_CASE("crop_shift moves a whole image and fills what enters, also when it moves out of sight", "[transform]") {
  const std::int64_t pixels = GENERATE(2, 20);
  const std::vector<float> out = transformed("crop_shift", {{"pixels", pixels}, {"fill", -1.0}}, 300, 3);
  for (std::int64_t r = 0; r < 300; ++r) {
    const float* image = out.data() + r * 48;
    const auto first = std::find_if(image, image + 48, [](float v) { return v > 0; });
    if (first == image + 48) {
      CHECK(pixels == 20);
      continue;
    }
    const std::int64_t at = first - image, value = static_cast<std::int64_t>(*first) - 1;
    const std::int64_t dy = value / 8 - at / 8, dx = value % 8 - at % 8;
    CHECK((std::abs(dy) <= pixels && std::abs(dx) <= pixels));
    for (std::int64_t y = 0; y < 6; ++y)
      for (std::int64_t x = 0; x < 8; ++x) {
        const bool inside = y + dy >= 0 && y + dy < 6 && x + dx >= 0 && x + dx < 8;
        REQUIRE(image[y * 8 + x] == (inside ? static_cast<float>((y + dy) * 8 + x + dx + 1) : -1.0f));
      }
  }
}

TEST_CASE("affine keeps the middle where it is, and straight lines straight", "[transform]") {
  const std::vector<float> out =
      transformed("affine", {{"degrees", 15.0}, {"shear", 0.2}, {"zoom", 0.1}, {"fill", -1.0}}, 200, 3);
  std::size_t turned = 0;
  for (std::size_t r = 0; r < 200; ++r) {
    const auto at = [&](std::size_t y, std::size_t x) { return out[r * 48 + y * 8 + x]; };  // of a plane, 1 + 8 y + x
    CHECK((at(2, 3) + at(2, 4) + at(3, 3) + at(3, 4)) / 4 == Approx(24.5));
    const float down = at(3, 3) - at(2, 3), right = at(2, 4) - at(2, 3);
    for (std::size_t y = 1; y < 5; ++y)
      for (std::size_t x = 2; x < 6; ++x) {
        const float dy = static_cast<float>(y) - 2, dx = static_cast<float>(x) - 3;
        REQUIRE(at(y, x) == Approx(at(2, 3) + down * dy + right * dx).margin(1e-3));
      }
    CHECK(std::hypot(down, right) < std::hypot(8.0, 1.0) / 0.9 * 1.25);  // the zoom, and what a slant of 0.2 can add
    turned += std::abs(right - 1) > 0.1f;
  }
  CHECK(turned > 100);
}

TEST_CASE("masks, flips and erased areas have their declared size", "[transform]") {
  const auto masked = transformed("mask", {{"share", 0.25}, {"fill", 0.0}}, 1000, 5);
  CHECK(static_cast<double>(std::count(masked.begin(), masked.end(), 0.0f)) / 48000 ==
        Approx(0.25).margin(0.008));  // 4 sd
  const auto flipped = transformed("flip", {{"p", 0.3}}, 2000, 5);
  std::int64_t mirrored = 0;
  for (std::int64_t r = 0; r < 2000; ++r) mirrored += flipped[static_cast<std::size_t>(r * 48)] == 8.0f;
  CHECK(static_cast<double>(mirrored) / 2000 == Approx(0.3).margin(0.041));  // 4 sd
  const auto erased = transformed("erase", {{"p", 1.0}, {"share", 0.4}, {"fill", 0.0}}, 1000, 5);
  CHECK(static_cast<double>(std::count(erased.begin(), erased.end(), 0.0f)) / 48000 == Approx(0.2).margin(0.03));
}
