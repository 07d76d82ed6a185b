// SPDX-License-Identifier: MIT
// Sobol' sequences: the points themselves, and what scrambling must keep.
#include "search/sobol.hpp"

#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "data/sobol.hpp"

using namespace ubp::search;

namespace {

Space unit_cube(std::size_t dimensions) {
  Space space;
  space.dimensions.resize(dimensions);
  return space;
}

std::vector<Point> proposals(std::size_t dimensions, std::int64_t count, std::uint64_t seed) {
  const Space space = unit_cube(dimensions);
  const History history;
  SobolSampler sampler;
  std::vector<Point> points;
  for (std::int64_t k = 0; k < count; ++k) points.push_back(sampler.propose({space, history, seed, k, 0}));
  return points;
}

}  // namespace

TEST_CASE("the first points are those of Joe and Kuo") {
  constexpr double expected[8][4] = {{0, 0, 0, 0},
                                     {.5, .5, .5, .5},
                                     {.75, .25, .25, .25},
                                     {.25, .75, .75, .75},
                                     {.375, .375, .625, .875},
                                     {.875, .875, .125, .375},
                                     {.625, .125, .875, .625},
                                     {.125, .625, .375, .125}};
  for (std::uint32_t i = 0; i < 8; ++i)
    for (std::size_t d = 0; d < 4; ++d) CHECK(sobol(i, d) * 0x1p-32 == expected[i][d]);
}

TEST_CASE("sixteen points in 64 dimensions are SciPy's") {
  for (std::size_t d = 0; d < kSobolDimensions; ++d)
    for (std::uint32_t i = 0; i < 16; ++i) CHECK(sobol(i, d) >> 28 == static_cast<std::uint32_t>(kSobolPoints[d][i]));
}

TEST_CASE("every interval of a dimension gets its share, scrambled or not") {
  for (std::size_t d = 0; d < kSobolDimensions; ++d) {
    std::set<std::uint32_t> plain, scrambled;
    for (std::uint32_t i = 0; i < 1024; ++i)
      plain.insert(sobol(i, d) >> 22), scrambled.insert(scrambled_sobol(i, d, 5) >> 22);
    CHECK(plain.size() == 1024);
    CHECK(scrambled.size() == 1024);
  }
}

TEST_CASE("two scrambled dimensions are a (0,8,2)-net: each elementary interval has one point") {
  for (const std::uint64_t seed : {1, 2, 3})
    for (int a = 0; a <= 8; ++a) {
      std::map<std::pair<double, double>, int> count;
      for (const Point& p : proposals(2, 256, seed))
        ++count[{std::floor(std::ldexp(p[0], a)), std::floor(std::ldexp(p[1], 8 - a))}];
      CHECK(count.size() == 256);
    }
}

TEST_CASE("three scrambled dimensions are a (1,9,3)-net: each elementary interval of volume 2/512 has two points") {
  const std::vector<Point> points = proposals(3, 512, 11);
  for (int a = 0; a <= 8; ++a)
    for (int b = 0; a + b <= 8; ++b) {
      std::map<std::vector<double>, int> count;
      for (const Point& p : points)
        ++count[{std::floor(std::ldexp(p[0], a)), std::floor(std::ldexp(p[1], b)),
                 std::floor(std::ldexp(p[2], 8 - a - b))}];
      CHECK(count.size() == 256);
      for (const auto& [cell, n] : count) CHECK(n == 2);
    }
}

TEST_CASE("over seeds, a scrambled point is uniform and the mean of a function unbiased") {
  // 1000 seeds. Means of x: sd sqrt(1/12/1000) = 0.0091; the bound is 4.4 of it, false in 1 of 100000 points.
  // f = x y^2 has mean 1/6; the mean over 16 scrambled points varies at most as that of 16 random ones (sd 0.056).
  double mean_of_first = 0, mean_of_fifth = 0, mean_of_f = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::vector<Point> points = proposals(2, 16, seed);
    mean_of_first += points[0][0] / 1000;
    mean_of_fifth += points[4][1] / 1000;
    for (const Point& p : points) mean_of_f += p[0] * p[1] * p[1] / 16000;
  }
  CHECK(std::abs(mean_of_first - 0.5) < 0.04);
  CHECK(std::abs(mean_of_fifth - 0.5) < 0.04);
  CHECK(std::abs(mean_of_f - 1.0 / 6) < 0.002);
}

TEST_CASE("a smooth integral is closer than with random points, and ever more so") {
  // Root mean square error over 50 seeds of the mean of prod(1 + (x - 1/2)) over five dimensions: random points have
  // sd 0.72 / sqrt(n), scrambled nets nearly n^-1.5.
  const auto error = [](std::int64_t n) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      double mean = 0;
      for (const Point& p : proposals(5, n, seed)) {
        double product = 1;
        for (const double x : p) product *= 0.5 + x;
        mean += product / static_cast<double>(n);
      }
      sum += (mean - 1) * (mean - 1) / 50;
    }
    return std::sqrt(sum);
  };
  const double at_64 = error(64), at_512 = error(512);
  CHECK(at_64 < 0.72 / 8 / 4);
  CHECK(at_512 < at_64 / 8);
}

TEST_CASE("a further attempt for the same config is another point, and no point of the sequence") {
  const Space space = unit_cube(3);
  const History history;
  SobolSampler sampler;
  const Point second = sampler.propose({space, history, 3, 7, 1});
  for (std::int64_t k = 0; k < 64; ++k) CHECK(sampler.propose({space, history, 3, k, 0}) != second);
  CHECK(sampler.propose({space, history, 3, 7, 2}) != second);
}

TEST_CASE("more dimensions than the table has are filled") {
  const std::vector<Point> points = proposals(kSobolDimensions + 2, 4, 1);
  for (const Point& p : points)
    for (const double x : p) CHECK((x >= 0 && x < 1));
  CHECK(points[0].back() != points[1].back());
}
