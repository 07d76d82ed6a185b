// SPDX-License-Identifier: MIT
// The minimum in a box is found, inside, on a side and in a corner.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "search/minimize.hpp"

using namespace ubp::search;

namespace {

/// Rosenbrock's valley, of two variables.
double valley(const std::vector<double>& x, std::vector<double>& slope) {
  const double a = 1 - x[0], b = x[1] - x[0] * x[0];
  slope = {-2 * a - 400 * x[0] * b, 200 * b};
  return a * a + 100 * b * b;
}

BoxMinimizer minimised(std::vector<double> start, double high) {
  BoxMinimizer search(std::move(start), {-2, -2}, {high, high}, 1e-8, 500);
  std::vector<double> slope;
  while (!search.is_done()) {
    const double value = valley(search.point(), slope);
    search.tell(value, slope);
  }
  return search;
}

}  // namespace

TEST_CASE("a curved valley is followed to its end", "[search]") {
  const BoxMinimizer search = minimised({-1.2, 1}, 3);
  CHECK(search.best()[0] == Approx(1).epsilon(1e-4));
  CHECK(search.best()[1] == Approx(1).epsilon(1e-4));
}

TEST_CASE("where a bound is in the way, the minimum lies on it", "[search]") {
  const BoxMinimizer search = minimised({-1.2, 0.3}, 0.5);  // x0 = 0.5, x1 = 0.25
  CHECK(search.best()[0] == 0.5);
  CHECK(search.best()[1] == Approx(0.25).epsilon(1e-4));
}

TEST_CASE("a function that falls everywhere ends in the corner", "[search]") {
  BoxMinimizer search({0.2, 0.7, 0.1}, {0, 0, 0}, {1, 1, 1}, 1e-8, 100);
  while (!search.is_done()) search.tell(-search.point()[0] + 2 * search.point()[1], {-1, 2, 0});
  CHECK(search.best() == std::vector<double>{1, 0, 0.1});
}

TEST_CASE("values that are not finite are walked around", "[search]") {
  const double inf = std::numeric_limits<double>::infinity();
  BoxMinimizer search({4}, {-inf}, {inf}, 1e-8, 200);  // x - log x, which has no value below 0
  while (!search.is_done()) {
    const double x = search.point()[0];
    search.tell(x > 0 ? x - std::log(x) : std::nan(""), {1 - 1 / x});
  }
  CHECK(search.best()[0] == Approx(1).epsilon(1e-4));
}
