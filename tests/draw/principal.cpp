// SPDX-License-Identifier: MIT
// The plane that a scatter shows of rows with many columns.
#include <catch2/catch.hpp>

#include <cmath>

#include "draw/principal.hpp"

using namespace ubp;

TEST_CASE("the principal plane is that of the largest variances", "[draw]") {
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

TEST_CASE("the principal plane of few rows of many columns, of one row, of numbers of any size", "[draw]") {
  const std::vector<double> three = {0, 1, 4, -2, 3, 3};
  const Plane plain = principal_plane(three, 2);
  for (const double unit : {1e-200, 1.0, 1e200}) {
    std::vector<double> wide(15);  // the same rows, with columns of zeros
    for (std::size_t i = 0; i < 6; ++i) wide[i / 2 * 5 + i % 2 * 3] = unit * three[i];
    const Plane plane = principal_plane(wide, 5);
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(plane.share[k] == Approx(plain.share[k]));
      for (std::size_t i = 0; i < 3; ++i) CHECK(plane.at[k][i] / unit == Approx(plain.at[k][i]));
    }
  }
  const Plane line = principal_plane({1, 2, 3, 4, 2, 4, 6, 8}, 4);  // its rows have one direction
  CHECK(line.share[0] == Approx(1));
  CHECK(line.share[1] == 0);
  CHECK(line.at[1] == std::vector<double>{0, 0});
  const Plane point = principal_plane({1, 2, 3}, 3);
  CHECK(point.at[0] == std::vector<double>{0});
  CHECK(point.share == std::array<double, 2>{0, 0});
}
