// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>
#include <ubp/draws.hpp>

TEST_CASE("normals are normal", "[draws]") {
  std::vector<float> x(100001);
  ubp::normals(12345, x.data(), static_cast<std::int64_t>(x.size()));
  const double n = static_cast<double>(x.size());
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0, lag = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = static_cast<double>(x[i]), v2 = v * v;
    m1 += v / n, m2 += v2 / n, m3 += v * v2 / n, m4 += v2 * v2 / n;
    if (i > 0) lag += v * static_cast<double>(x[i - 1]) / n;
  }
  const double sd = 1 / std::sqrt(n);  // every bound is 4.5 standard deviations, the seed is fixed
  CHECK(std::abs(m1) < 4.5 * sd);
  CHECK(std::abs(m2 - 1) < 4.5 * std::sqrt(2.0) * sd);
  CHECK(std::abs(m3) < 4.5 * std::sqrt(15.0) * sd);
  CHECK(std::abs(m4 - 3) < 4.5 * std::sqrt(96.0) * sd);
  CHECK(std::abs(lag) < 4.5 * sd);
  std::vector<float> part(700);
  ubp::normals(12345, part.data(), 700);
  CHECK(std::equal(part.begin(), part.begin() + 256, x.begin()));
}
