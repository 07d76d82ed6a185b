// SPDX-License-Identifier: MIT
// The pictures a trial draws of its numbers are PNG files with every point in its place.
#include <fmt/format.h>
#include <png.h>
#include <catch2/catch.hpp>

#include <cmath>
#include <iterator>

#include "train/axes.hpp"
#include "train/chart.hpp"
#include "train/font.hpp"
#include "train/principal.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using Pixel = std::array<int, 3>;

constexpr Pixel kWhite{255, 255, 255}, kBlack{0, 0, 0};

/// A PNG file as libpng reads it.
struct Read {
  explicit Read(const std::filesystem::path& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_file(&image, file.c_str()));
    image.format = PNG_FORMAT_RGB;
    width = image.width, height = image.height;
    bytes.resize(PNG_IMAGE_SIZE(image));
    REQUIRE(png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr));
  }
  Pixel at(std::int64_t x, std::int64_t y) const {
    const std::uint8_t* p = bytes.data() + (y * width + x) * 3;
    return {p[0], p[1], p[2]};
  }
  std::int64_t width, height;
  std::vector<std::uint8_t> bytes;
};

Read written(const Picture& picture) {
  const Folder folder;
  picture.write(folder.path() / "picture.png");
  return Read(folder.path() / "picture.png");
}

Pixel colour(std::size_t n) {
  Pixel p;
  for (std::size_t c = 0; c < 3; ++c) p[c] = static_cast<int>(std::lround(255 * label_colour(n)[c]));
  return p;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Stops the trial once it has logged a step; remembers what files it wrote.
class Watcher : public testing::Silent {
 public:
  explicit Watcher(std::int64_t stop_at = -1) : stop_at_(stop_at) {}
  void point(const std::string&, std::int64_t step, double) override { stop = stop_at_ >= 0 && step >= stop_at_; }
  void artifact(const std::string&, const std::string& file, const std::string&, std::int64_t) override {
    files.push_back(file);
  }
  std::vector<std::string> files;
  std::atomic<bool> stop{false};

 private:
  std::int64_t stop_at_;
};

const std::string kBlobs =
    "[dataset]\nuse = \"blobs\"\nrows = 60\ndims = 6\n[model]\nuse = \"autoencoder\"\nhidden = [8]\nlatent = "
    "3\n[objective]\n"
    "use = \"reconstruction\"\n[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nepochs = 4\nbatch = 16\nlog_every = "
    "1\neval_every = 1\n"
    "[[metric]]\nuse = \"reconstruction_error\"\n[artifacts]\nscatter = true\ncurves = true\n";

}  // namespace

TEST_CASE("a scatter shows every row where it lies, in its label's colour", "[figures]") {
  const Scatter s{"title", "x", "y", {0, 10, 5}, {0, 1, 0.25}, {7, 3, 7}};
  const Read png = written(draw(s));
  const Extent x = Extent::of(s.x), y = Extent::of(s.y);
  const std::int64_t room = 12 + 12 * kGlyphWidth;  // of the legend
  const std::int64_t width = png.width - Axes::kLeft - Axes::kRight - room,
                     height = png.height - Axes::kTop - Axes::kBottom;
  const Axes axes(Axes::kLeft, Axes::kTop, width, height, x, y);
  CHECK(png.at(axes.right_of(0), axes.down_of(0)) == colour(1));
  CHECK(png.at(axes.right_of(10), axes.down_of(1)) == colour(0));
  CHECK(png.at(axes.right_of(5), axes.down_of(0.25)) == colour(1));
  CHECK(png.at(axes.right_of(2.7), axes.down_of(0.87)) == kWhite);
  CHECK(png.at(Axes::kLeft, Axes::kTop) == kBlack);  // the frame's corner
  CHECK(axes.right_of(x.low) == Axes::kLeft);
  CHECK(axes.down_of(y.low) == Axes::kTop + height - 1);
  CHECK(std::abs(axes.right_of(10) - 2 * axes.right_of(5) + axes.right_of(0)) <= 1);  // rounded to pixels
}

TEST_CASE("a curve passes through its points, one panel for each", "[figures]") {
  const Curve falling{{10, 20, 30}, {3, 2, 1}};
  const Read one = written(draw({{"train.loss", falling}})),
             four = written(draw({{"a", falling}, {"b", falling}, {"c", falling}, {"d", falling}}));
  CHECK(four.width == 3 * one.width);
  CHECK(four.height == 2 * one.height);
  const std::int64_t width = one.width - Axes::kLeft - Axes::kRight, height = one.height - Axes::kTop - Axes::kBottom;
  const Axes axes(Axes::kLeft, Axes::kTop, width, height, Extent::of(falling.step), Extent::of_curve(falling.value));
  for (const double step : {10.0, 15.0, 20.0, 30.0})
    CHECK(one.at(axes.right_of(step), axes.down_of(4 - step / 10)) == colour(0));
  CHECK(one.at(axes.right_of(12), axes.down_of(1.2)) == kWhite);
}

TEST_CASE("ticks are round numbers inside the range", "[figures]") {
  CHECK(Extent{0, 1}.ticks() == std::vector<double>{0, 0.2, 0.4, 0.2 * 3, 0.8, 1});
  CHECK(Extent{-130, 260}.ticks() == std::vector<double>{-100, 0, 100, 200});
  CHECK(Extent{0.02, 300, true}.ticks() == std::vector<double>{0.1, 1, 10, 100});
  const std::vector<double> constant{4, 4}, wide{1e-4, 1}, crossing{-1, 100};
  CHECK(Extent::of(constant).low < 4);
  CHECK(Extent::of(constant).high > 4);
  CHECK(Extent::of_curve(wide).logarithmic);
  CHECK_FALSE(Extent::of_curve(crossing).logarithmic);
  CHECK(Extent::of_curve(wide).share(1e-2) == Approx(0.5));
}

TEST_CASE("text is black dots on white, upright or turned", "[figures]") {
  Picture canvas(40, 40);
  draw_text(canvas, 4, 4, "I");
  draw_text_upwards(canvas, 20, 30, "L");
  const Read png = written(canvas);
  for (std::int64_t y = 4; y < 18; ++y) CHECK(png.at(8, y) == kBlack);  // the stem, two pixels wide
  CHECK(png.at(4, 4) == kWhite);
  for (std::int64_t x = 20; x < 34; ++x) CHECK(png.at(x, 30) == kBlack);  // L lies on its back
}

TEST_CASE("the principal plane is that of the largest variances", "[figures]") {
  std::vector<double> rows;  // three directions at right angles, deviations 5 : 2 : 0.5, away from the origin
  std::vector<double> along, across;
  for (int i = 0; i < 200; ++i) {
    const double a = 5 * std::sin(2 * i), b = 2 * std::sin(3.1 * i + 1), c = 0.5 * std::sin(7.7 * i + 2),
                 h = std::sqrt(0.5);
    along.push_back(a), across.push_back(b);
    rows.insert(rows.end(), {3 + h * a - h * b, 1 + h * a + h * b, c - 4});
  }
  const Plane plane = principal_plane(rows, 3);
  CHECK(plane.share[0] + plane.share[1] == Approx(1).margin(0.02));
  CHECK(plane.share[0] > plane.share[1]);
  double mean = 0, difference = 0;
  for (std::size_t i = 0; i < 200; ++i) mean += along[i] / 200;
  for (std::size_t i = 0; i < 200; ++i) difference = std::max(difference, std::abs(plane.at[0][i] - (along[i] - mean)));
  CHECK(difference < 0.2);                                    // the sines are not quite uncorrelated
  const Plane flat = principal_plane({1, 1, 2, 2, 3, 3}, 2);  // no second direction
  CHECK(flat.share[0] == Approx(1));
  CHECK(flat.share[1] == Approx(0).margin(1e-12));
  CHECK(flat.at[0][2] == Approx(std::sqrt(2)));
}

TEST_CASE("a trial draws its embedding and its curves, interrupted or not", "[figures]") {
  Folder whole_folder, folder;
  Watcher whole, first(5), second;
  const TrialSpec spec = testing::spec_of(kBlobs, whole_folder), again = testing::spec_of(kBlobs, folder);
  REQUIRE(run_trial(spec, whole, whole.stop).how == TrialEnd::How::complete);
  CHECK(whole.files == std::vector<std::string>{"scatter.png", "curves.png"});
  REQUIRE(run_trial(again, first, first.stop).how == TrialEnd::How::interrupted);
  CHECK(first.files.empty());
  REQUIRE(run_trial(again, second, second.stop).how == TrialEnd::How::complete);
  CHECK(second.files == whole.files);
  for (const std::string& file : whole.files) {
    CAPTURE(file);
    CHECK(Read(spec.directory / file).width > 100);
    CHECK(bytes_of(spec.directory / file) == bytes_of(again.directory / file));  // the earlier points, too
  }
  CHECK(Read(spec.directory / "curves.png").height > 2 * 280);  // four metrics: two lines of panels
}

TEST_CASE("nothing is drawn that was not asked for or has no second point", "[figures]") {
  Folder quiet_folder, short_folder;
  Watcher quiet, brief;
  std::string toml = kBlobs.substr(0, kBlobs.find("[artifacts]"));
  REQUIRE(run_trial(testing::spec_of(toml, quiet_folder), quiet, quiet.stop).how == TrialEnd::How::complete);
  CHECK(quiet.files.empty());
  toml = kBlobs;
  toml.replace(toml.find("epochs = 4\nbatch = 16\n"), 22, "epochs = 1\nbatch = 60\n");
  REQUIRE(run_trial(testing::spec_of(toml, short_folder), brief, brief.stop).how == TrialEnd::How::complete);
  CHECK(brief.files == std::vector<std::string>{"scatter.png"});
}
