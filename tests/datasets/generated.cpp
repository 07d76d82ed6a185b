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

TEST_CASE("planted rows depend on the parameters and their index alone", "[datasets]") {
  const Opened d("planted", {{"rows", 50.0}}), more("planted", {{"rows", 500.0}}), other("planted", {{"seed", 1.0}});
  for (const char* field : {"x", "label", "s0", "s31"}) {
    CAPTURE(field);
    CHECK(more.read("train", field, {7, 3}) == d.read("train", field, {7, 3}));
  }
  const Numbers all = d.all("train", "x");
  CHECK(d.read("train", "x", {7}) == Numbers(all.begin() + 7 * 16, all.begin() + 8 * 16));
  CHECK(other.read("train", "x", {7}) != d.read("train", "x", {7}));
  CHECK(d.read("test", "x", {7}) != d.read("train", "x", {7}));
  CHECK(d.fields.size() == 34);
  CHECK(d.fields[33].flags == UBP_FIELD_FACTOR);
  CHECK(d.names[33] == "s31");
  CHECK(d.class_names().size() == 33);
  CHECK(d.class_names().back() == "none");
  CHECK_THROWS_WITH(d.read("train", "x", {50}), "planted: row 50 does not exist");
  CHECK_THROWS_WITH(Opened("planted", {{"active", 32.0}}),
                    "planted: active = 32 of 32 features: expected less than 32");
}

TEST_CASE("planted rows are sums of directions of length 1, as many as asked for", "[datasets]") {
  const double correlation = GENERATE(0.0, 0.8), rows = 4000, features = 6, dims = 3;
  CAPTURE(correlation);
  const Opened d("planted", {{"rows", rows},
                             {"features", features},
                             {"dims", dims},
                             {"active", 1.5},
                             {"correlation", correlation},
                             {"group", 3.0},
                             {"noise", 0.0}});
  const Numbers x = d.all("train", "x"), label = d.all("train", "label");
  std::vector<Numbers> s;
  for (int k = 0; k < 6; ++k) s.push_back(d.all("train", "s" + std::to_string(k)));
  std::vector<Numbers> direction(6);
  double active = 0, both_near = 0, both_far = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    std::vector<std::size_t> on;
    for (std::size_t k = 0; k < 6; ++k) {
      if (s[k][i] == 0) continue;
      CHECK((s[k][i] >= 0.5 && s[k][i] <= 1.5));
      on.push_back(k), ++active;
    }
    both_near += s[0][i] > 0 && s[2][i] > 0, both_far += s[0][i] > 0 && s[3][i] > 0;
    for (std::size_t k : on) CHECK(s[k][i] <= s[static_cast<std::size_t>(label[i])][i]);
    if (on.empty()) CHECK(label[i] == 6);
    if (on.size() != 1) continue;
    const double size = s[on[0]][i];
    const Numbers now{x[3 * i] / size, x[3 * i + 1] / size, x[3 * i + 2] / size};
    if (direction[on[0]].empty()) direction[on[0]] = now;
    for (std::size_t j = 0; j < 3; ++j) CHECK(now[j] == Approx(direction[on[0]][j]).margin(1e-6));
    CHECK(now[0] * now[0] + now[1] * now[1] + now[2] * now[2] == Approx(1).epsilon(1e-6));  // sizes are floats
  }
  CHECK(active / rows == Approx(1.5).margin(0.08));
  CHECK(both_far / rows == Approx(0.0625).margin(0.015));
  CHECK(both_near / rows == Approx(correlation > 0 ? 0.1691 : 0.0625).margin(0.02));
}
