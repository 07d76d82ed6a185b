// SPDX-License-Identifier: MIT
// Pictures of shapes: a row is always the same, its factors are those that were asked for, and the picture shows them.
#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;

namespace {

double mean_of(const Numbers& x) {
  double sum = 0;
  for (const double one : x) sum += one;
  return sum / static_cast<double>(x.size());
}
double correlation(const Numbers& x, const Numbers& y) {
  const double mx = mean_of(x), my = mean_of(y);
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    xy += (x[i] - mx) * (y[i] - my), xx += (x[i] - mx) * (x[i] - mx), yy += (y[i] - my) * (y[i] - my);
  return xy / std::sqrt(xx * yy);
}

/// Moments of a grey picture: ink in full pixels, centroid in pixels, the long axis in degrees clockwise.
struct Seen {
  double ink = 0, x = 0, y = 0, angle = 0;
  Seen(const double* pixels, std::int64_t side) {
    double xx = 0, xy = 0, yy = 0;
    const auto each = [&](auto use) {
      for (std::int64_t i = 0; i < side * side; ++i)
        use(pixels[i] / 255, static_cast<double>(i % side) + 0.5, static_cast<double>(i / side) + 0.5);
    };
    each([&](double p, double u, double v) { ink += p, x += p * u, y += p * v; });
    x /= ink, y /= ink;
    each([&](double p, double u, double v) {
      xx += p * (u - x) * (u - x), xy += p * (u - x) * (v - y), yy += p * (v - y) * (v - y);
    });
    angle = 90 / 3.141592653589793 * std::atan2(2 * xy, xx - yy);
  }
};

std::string refusal(const Params& params) {
  try {
    Opened("shapes", params);
  } catch (const Refusal& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a drawn shape depends on the seed, the split and its row alone", "[datasets]") {
  const Params noisy{{"rows", 40.0}, {"side", 16.0}, {"noise", 0.1}, {"factors", "size,x,noise"}};
  Params longer = noisy, seeded = noisy, wider = noisy;
  longer["rows"] = 90.0, seeded["seed"] = 1.0, wider["factors"] = "angle,x,y";
  const Opened d("shapes", noisy), again("shapes", noisy), more("shapes", longer), other("shapes", seeded);
  const Numbers all = d.all("train", "image");
  REQUIRE(all.size() == 40 * 256);
  CHECK(again.read("train", "image", {7}) == Numbers(all.begin() + 7 * 256, all.begin() + 8 * 256));
  CHECK(again.read("train", "image", {9, 7, 7}) == d.read("train", "image", {9, 7, 7}));
  CHECK(more.read("train", "image", {7}) == again.read("train", "image", {7}));
  CHECK(other.read("train", "image", {7}) != d.read("train", "image", {7}));
  CHECK(d.read("test", "image", {7}) != d.read("train", "image", {7}));
  CHECK(Opened("shapes", wider).all("train", "x") == d.all("train", "x"));  // whatever else varies
  CHECK(d.count("valid") == 0);
  CHECK(d.count("elsewhere") == 0);
  CHECK_THROWS_WITH(d.read("train", "image", {40}), "shapes: row 40 does not exist");
}

TEST_CASE("factors that vary are fields, others are held", "[datasets]") {
  const Opened d("shapes", {{"rows", 300.0},
                            {"side", 16.0},
                            {"channels", 3.0},
                            {"shapes", "heart, triangle"},
                            {"factors", "hue,shape,size,noise"},
                            {"noise", 0.5},
                            {"grid", 4.0}});
  CHECK(d.names == std::vector<std::string>{"image", "label", "shape", "size", "hue", "noise"});
  CHECK(d.class_names() == std::vector<std::string>{"heart", "triangle"});
  for (std::size_t i = 2; i < d.fields.size(); ++i) CHECK(d.fields[i].flags == UBP_FIELD_FACTOR);
  CHECK(d.fields[2].shape.dtype == UBP_I64);
  CHECK(d.all("train", "shape") == d.all("train", "label"));
  Numbers sizes = d.all("train", "size");
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  REQUIRE(sizes.size() == 4);
  for (int i = 0; i < 4; ++i) CHECK(sizes[i] == Approx(0.2 + 0.05 * i));
  CHECK(Opened("shapes", {{"factors", "x"}}).class_names() == std::vector<std::string>{"square"});
}

TEST_CASE("factors are uniform, and correlated as stated", "[datasets]") {
  const double stated = GENERATE(-1.0, -0.5, 0.0, 0.8);
  CAPTURE(stated);
  const Opened d("shapes", {{"rows", 3000.0},
                            {"side", 16.0},
                            {"factors", "size,x,y,brightness"},
                            {"correlated", "size, brightness"},
                            {"correlation", stated}});
  const Numbers size = d.all("train", "size"), light = d.all("train", "brightness"), x = d.all("train", "x"),
                y = d.all("train", "y");
  const double bound = 4.5 / std::sqrt(3000.0);  // standard deviations; the seed is fixed
  CHECK(std::abs(correlation(size, light) - stated) < bound * (1 - stated * stated) + 1e-6);
  CHECK(std::abs(correlation(x, y)) < bound);
  CHECK(std::abs(correlation(size, x)) < bound);
  for (const Numbers* one : {&size, &light, &x}) {
    const double low = one == &size    ? 0.2
                       : one == &light ? 0.4
                                       : 0.35,
                 high = one == &size    ? 0.35
                        : one == &light ? 1
                                        : 0.65;
    double square = 0;
    for (const double v : *one) {
      CHECK((v >= low - 1e-7 && v <= high + 1e-7));
      const double u = (v - low) / (high - low);
      square += u * u / 3000;
    }
    CHECK((mean_of(*one) - low) / (high - low) == Approx(0.5).margin(bound * 0.2887));
    CHECK(square == Approx(1 / 3.0).margin(bound * 0.2982));
  }
}

TEST_CASE("pictures show their factors", "[datasets]") {
  const std::string shape = GENERATE("square", "ellipse", "heart", "triangle");
  CAPTURE(shape);
  const std::int64_t side = GENERATE(32, 64);
  const Opened d("shapes", {{"rows", 100.0},
                            {"side", static_cast<double>(side)},
                            {"shapes", shape},
                            {"turn", 89.0},
                            {"factors", "size,angle,x,y,brightness"}});
  const Numbers image = d.all("train", "image"), size = d.all("train", "size"), angle = d.all("train", "angle"),
                x = d.all("train", "x"), y = d.all("train", "y"), light = d.all("train", "brightness");
  const auto pixels = static_cast<double>(side);
  for (std::size_t i = 0; i < size.size(); ++i) {
    CAPTURE(i, size[i], angle[i], x[i], y[i], light[i]);
    const Seen seen(&image[i * static_cast<std::size_t>(side * side)], side);
    CHECK(std::sqrt(seen.ink / light[i]) / pixels == Approx(size[i]).epsilon(0.015));
    CHECK(seen.x / pixels == Approx(x[i]).margin(0.1 / pixels));
    CHECK(seen.y / pixels == Approx(y[i]).margin(0.1 / pixels));
    if (shape == "ellipse") CHECK(seen.angle == Approx(angle[i]).margin(2));
  }
}

TEST_CASE("noise has the deviation that it was drawn with, cut off at black", "[datasets]") {
  const Opened d("shapes", {{"rows", 200.0}, {"side", 64.0}, {"factors", "noise"}, {"noise", 0.2}});
  const Numbers image = d.all("train", "image"), noise = d.all("train", "noise");
  for (std::size_t i = 0; i < noise.size(); ++i) {
    double sum = 0;  // of the upper rows, which are black: the mean of max(0, noise)
    for (std::size_t j = 0; j < 64 * 12; ++j) sum += image[i * 64 * 64 + j] / 255;
    CHECK(sum / (64 * 12) == Approx(noise[i] * 0.3989).margin(noise[i] * 0.11 + 1e-3));
  }
}

TEST_CASE("shapes refuse what does not vary, and angles that look alike", "[datasets]") {
  CHECK(refusal({{"turn", 90.0}}) == "shapes: turn: square is itself again after 90 degrees, expected less");
  CHECK(refusal({{"turn", 180.0}, {"shapes", "heart,ellipse"}}) ==
        "shapes: turn: ellipse is itself again after 180 degrees, expected less");
  CHECK(refusal({{"turn", 359.0}, {"shapes", "heart,triangle"}}) == "accepted");
  CHECK(refusal({{"turn", 359.0}, {"factors", "x"}}) == "accepted");
  CHECK(refusal({{"factors", "sise"}}) ==
        "shapes: factors: there is no factor 'sise', expected some of shape, size, "
        "angle, x, y, brightness, hue, noise");
  CHECK(refusal({{"factors", "x,x"}}) == "shapes: factors: x is named twice");
  CHECK(refusal({{"shapes", ""}}) == "shapes: shapes: none, expected some of square, ellipse, heart, triangle");
  CHECK(refusal({{"shapes", "heart"}}) == "shapes: factors: shape does not vary: shapes has one");
  CHECK(refusal({{"channels", 2.0}}) == "shapes: channels: 2, expected 1 or 3");
  CHECK(refusal({{"factors", "hue"}}) == "shapes: factors: hue needs channels = 3");
  CHECK(refusal({{"factors", "noise"}}) == "shapes: factors: noise does not vary up to noise = 0");
  CHECK(refusal({{"grid", 1.0}}) == "shapes: grid: 1 value does not vary, expected 0 or at least 2");
  CHECK(refusal({{"correlated", "x"}}) == "shapes: correlated: 1 factors, expected two, as in \"size,brightness\"");
  CHECK(refusal({{"correlated", "x,hue"}}) == "shapes: correlated: hue is not among factors");
  CHECK(refusal({{"correlation", 0.5}}) == "shapes: correlation: of no factors, expected two in correlated");
}
