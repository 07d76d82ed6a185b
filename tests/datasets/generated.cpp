// SPDX-License-Identifier: MIT
#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;

TEST_CASE("generated rows depend on the seed and their index alone", "[datasets]") {
  const std::string id = GENERATE("blobs", "two_moons");
  const Opened d(id, {{"rows", 50.0}}), more(id, {{"rows", 500.0}}), other(id, {{"rows", 50.0}, {"seed", 1.0}});
  const Numbers x = d.all("train", "x");
  CHECK(x.size() == 100);
  CHECK(d.read("train", "x", {7}) == Numbers(x.begin() + 14, x.begin() + 16));
  CHECK(more.read("train", "x", {7}) == d.read("train", "x", {7}));
  CHECK(other.read("train", "x", {7}) != d.read("train", "x", {7}));
  CHECK(d.read("test", "x", {7}) != d.read("train", "x", {7}));
  CHECK(d.files.empty());
  CHECK(d.count("elsewhere") == 0);
  CHECK_THROWS_WITH(d.read("train", "x", {50}), Catch::Contains("row 50 does not exist"));
}

TEST_CASE("moons without noise lie on their half circles", "[datasets]") {
  const Opened d("two_moons", {{"noise", 0.0}, {"rows", 200.0}});
  const Numbers x = d.all("train", "x"), y = d.all("train", "label");
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double cx = y[i] ? 1 : 0, cy = y[i] ? 0.5 : 0;
    CHECK(std::hypot(x[2 * i] - cx, x[2 * i + 1] - cy) == Approx(1));
    CHECK((y[i] ? x[2 * i + 1] <= 0.5 : x[2 * i + 1] >= 0));
  }
}

TEST_CASE("blobs have the spread they were asked for", "[datasets]") {
  const Opened d("blobs", {{"rows", 20000.0}, {"classes", 2.0}, {"dims", 1.0}, {"spread", 0.5}});
  const Numbers x = d.all("train", "x"), y = d.all("train", "label");
  for (double c : {0.0, 1.0}) {
    double n = 0, mean = 0, square = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (y[i] == c) n += 1, mean += x[i], square += x[i] * x[i];
    mean /= n;
    CHECK(n == Approx(10000).epsilon(0.03));
    CHECK(std::sqrt(square / n - mean * mean) == Approx(0.5).epsilon(0.03));
  }
}
