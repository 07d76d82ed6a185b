// SPDX-License-Identifier: MIT
// Every extent has ticks that are few, finite and in order, and every set of numbers has an extent.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "draw/extent.hpp"

namespace {

using namespace ubp;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN(),
                 kDenormal = std::numeric_limits<double>::denorm_min(), kLargest = std::numeric_limits<double>::max();

Texts texts(const Extent& extent) { return texts_of(extent.ticks(), extent.logarithmic); }

}  // namespace

TEST_CASE("ticks are round numbers inside the extent", "[draw]") {
  CHECK(Extent{0, 1}.ticks() == Numbers{0, 0.2, 0.4, 0.2 * 3, 0.8, 1});
  CHECK(Extent{-130, 260}.ticks() == Numbers{-100, 0, 100, 200});
  CHECK(Extent{0.02, 300, true}.ticks() == Numbers{0.1, 1, 10, 100});
  CHECK(Extent{1.5, 30, true}.ticks() == Numbers{2, 5, 10, 20});
  CHECK(Extent{1e-12, 1e12, true}.ticks().size() <= 8);
  CHECK(Extent{0.5, 30, true}.ticks() == Numbers{0.5, 1, 2, 5, 10, 20});
  CHECK(Extent{0.5, 30, true}.ticks(3) == Numbers{1, 10});
  CHECK(Extent{1.5, 9, true}.ticks() == Numbers{2, 5});
  CHECK(Extent{30.5, 36.5, true}.ticks() == Numbers{31, 32, 33, 34, 35, 36});
}

TEST_CASE("ticks are written as people write numbers", "[draw]") {
  CHECK(texts({0, 1}) == Texts{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(texts({-130, 260}) == Texts{"−100", "0", "100", "200"});
  CHECK(texts({0, 4e6}) == Texts{"0", "1×10⁶", "2×10⁶", "3×10⁶", "4×10⁶"});
  CHECK(texts({0, 2.5e-7}) == Texts{"0", "0.5×10⁻⁷", "1.0×10⁻⁷", "1.5×10⁻⁷", "2.0×10⁻⁷", "2.5×10⁻⁷"});
  CHECK(texts({1000.01, 1000.06}) == Texts{"1000.01", "1000.02", "1000.03", "1000.04", "1000.05", "1000.06"});
  CHECK(texts({0.02, 300, true}) == Texts{"0.1", "1", "10", "100"});
  CHECK(texts({1.5e-7, 2.5e-6, true}) == Texts{"2×10⁻⁷", "5×10⁻⁷", "1×10⁻⁶", "2×10⁻⁶"});
  CHECK(texts({3.15, 3.45, true}) == Texts{"3.2", "3.3", "3.4"});
  CHECK(texts({7, 7}) == Texts{"7"});
  CHECK(texts({1e-6, 1, true}) == Texts{"10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"});
}

TEST_CASE("an extent holds its numbers with room at both ends", "[draw]") {
  const Numbers wide{1e-4, 1}, crossing{-1, 100}, some{2, kNan, 4, -kInfinity};
  CHECK(Extent::of(wide, AxisScale::automatic).logarithmic);
  CHECK_FALSE(Extent::of(wide).logarithmic);
  CHECK_FALSE(Extent::of(crossing, AxisScale::automatic).logarithmic);
  CHECK(Extent::of(wide, AxisScale::automatic).share(1e-2) == Approx(0.5));
  CHECK(Extent::of(some).low == Approx(1.92));
  CHECK(Extent::of(some).high == Approx(4.08));
  CHECK(Extent::of(crossing, AxisScale::logarithmic).low < 100);  // what has no place on it does not count
  CHECK(std::isnan(Extent{1, 10, true}.share(-1)));
  CHECK(std::isnan(Extent{}.share(kNan)));
}

TEST_CASE("numbers that differ by rounding alone are one number", "[draw]") {
  const Numbers noise{0.1, 0.1 + 2e-17, 0.1 - 1e-16, 0.1 + 4e-9};
  CHECK(Extent::of(noise).low == Approx(0.09));
  CHECK(Extent::of(noise).high == Approx(0.11));
  const Numbers apart{0.1, 0.1 + 1e-6};
  CHECK(Extent::of(apart).high - Extent::of(apart).low < 2e-6);
}

TEST_CASE("whatever the numbers, ticks are few, finite, in order and have short texts", "[draw]") {
  const std::vector<Numbers> sets{
      {},
      {0},
      {4, 4},
      {0.1, 0.1 + 2e-17, 0.1 - 1e-16},
      {1e15 + 0.125, 1e15 + 0.25},
      {1e9 + 1e-6, 1e9},
      {kDenormal, 0},
      {kDenormal, 3 * kDenormal},
      {-kDenormal, kDenormal},
      {1e300, -1e300},
      {kLargest, -kLargest},
      {kLargest, std::nextafter(kLargest, 0)},
      {kDenormal, kLargest},
      {1, std::nextafter(1.0, 2.0)},
      {kNan, kInfinity, -kInfinity},
      {kNan, 3, kInfinity},
      {-5, -5e-300},
  };
  const Numbers values = GENERATE_COPY(from_range(sets));
  const AxisScale scale = GENERATE(AxisScale::linear, AxisScale::logarithmic, AxisScale::automatic);
  const int most = GENERATE(1, 2, 6);
  CAPTURE(values, static_cast<int>(scale), most);
  const Extent extent = Extent::of(values, scale);
  CHECK(std::isfinite(extent.low));
  CHECK(extent.low < extent.high);
  const Numbers ticks = extent.ticks(most);
  CHECK(ticks.size() >= (most > 2 ? 1 : 0));
  CHECK(ticks.size() <= 8);
  CHECK(std::is_sorted(ticks.begin(), ticks.end()));
  for (const double tick : ticks)
    CHECK((std::isfinite(tick) && extent.share(tick) > -1e-8 && extent.share(tick) < 1 + 1e-8));
  for (const std::string& text : texts_of(ticks, extent.logarithmic)) CHECK(text.size() < 24);
  for (const double v : values)
    if (std::isfinite(v) && (v > 0 || !extent.logarithmic) && std::abs(v) < 1e280 && std::abs(v) > 1e-280)
      CHECK((extent.share(v) > 0 && extent.share(v) < 1));
}

TEST_CASE("ticks of an extent that someone has written are few and finite, too", "[draw]") {
  const std::vector<Extent> extents{{1, 1},
                                    {0, 0},
                                    {2, 1},
                                    {0, kDenormal},
                                    {-kLargest, kLargest},
                                    {kLargest, kLargest},
                                    {1e16, 1e16 + 2},
                                    {0, kInfinity},
                                    {kNan, 1},
                                    {0, 10, true},
                                    {-1, 10, true},
                                    {kDenormal, kLargest, true},
                                    {1, 1, true},
                                    {1, 1 + 1e-15, true}};
  const Extent extent = GENERATE_COPY(from_range(extents));
  CAPTURE(extent.low, extent.high, extent.logarithmic);
  const Numbers ticks = extent.ticks();
  CHECK(ticks.size() <= 8);
  for (const double tick : ticks) CHECK(std::isfinite(tick));
  CHECK(texts_of(ticks, extent.logarithmic).size() == ticks.size());
}
