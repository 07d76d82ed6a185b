// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

#include "engine/random.hpp"
#include "search/similarity.hpp"

using namespace ubp::search;
using ubp::i64;

namespace {

struct Rows {
  i64 rows = 0, width = 0;
  std::vector<double> values;

  double& at(i64 i, i64 j) { return values[static_cast<std::size_t>(i * width + j)]; }
  double at(i64 i, i64 j) const { return values[static_cast<std::size_t>(i * width + j)]; }
  Representation representation() const { return Representation(values, rows, width); }
};

Rows rows_of(i64 rows, i64 width, const std::function<double(i64, i64)>& cell) {
  Rows x{rows, width, std::vector<double>(static_cast<std::size_t>(rows * width))};
  for (i64 i = 0; i < rows; ++i)
    for (i64 j = 0; j < width; ++j) x.at(i, j) = cell(i, j);
  return x;
}

Rows drawn(i64 rows, i64 width, const char* stream) {
  ubp::Random random(7, stream);
  Rows x{rows, width, std::vector<double>(static_cast<std::size_t>(rows * width))};
  random.normal(std::span<double>(x.values), 0, 1);
  return x;
}

/// x Q of an orthogonal Q: reflections, one behind the other.
Rows turned(Rows x, const char* stream) {
  for (int k = 0; k < 4; ++k) {
    const Rows v = drawn(1, x.width, (stream + std::to_string(k)).c_str());
    const double norm = std::inner_product(v.values.begin(), v.values.end(), v.values.begin(), 0.0);
    for (i64 i = 0; i < x.rows; ++i) {
      double along = 0;
      for (i64 j = 0; j < x.width; ++j) along += x.at(i, j) * v.at(0, j);
      for (i64 j = 0; j < x.width; ++j) x.at(i, j) -= 2 * along / norm * v.at(0, j);
    }
  }
  return x;
}

struct Measure {
  const char* name;
  double (*of)(const Representation&, const Representation&);
};
constexpr Measure kMeasures[] = {
    {"biased", [](const Representation& a, const Representation& b) { return linear_cka(a, b, Cka::biased); }},
    {"unbiased", [](const Representation& a, const Representation& b) { return linear_cka(a, b, Cka::unbiased); }},
    {"procrustes", procrustes},
    {"overlap", neighbour_overlap}};

void check_alike(const Rows& a, const Rows& b, const Rows& c) {
  const Representation x = a.representation(), y = b.representation(), z = c.representation();
  for (const Measure& measure : kMeasures) {
    CAPTURE(measure.name);
    CHECK(measure.of(x, z) == Approx(measure.of(y, z)).margin(1e-10));
    CHECK(measure.of(z, x) == Approx(measure.of(x, z)).margin(1e-12));
    CHECK(measure.of(x, y) == Approx(1).margin(1e-10));
  }
}

}  // namespace

TEST_CASE("every pair is as alike as in NumPy, with ties, constant and dead columns, and more columns than rows") {
  const nlohmann::json all = nlohmann::json::parse(std::ifstream(SIMILARITY_REFERENCE));
  std::map<std::string, Representation> representations;
  for (const auto& [name, cells] : all["representations"].items()) {
    const auto rows = cells.get<std::vector<std::vector<double>>>();
    std::vector<double> values;
    for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
    representations.emplace(
        name, Representation(values, static_cast<i64>(rows.size()), static_cast<i64>(rows.front().size())));
  }
  REQUIRE(all["pairs"].size() == 45);
  for (const nlohmann::json& pair : all["pairs"]) {
    const Representation &a = representations.at(pair["a"]), &b = representations.at(pair["b"]);
    for (const Measure& measure : kMeasures) {
      CAPTURE(pair["a"], pair["b"], measure.name);
      if (pair[measure.name].is_null())
        CHECK(std::isnan(measure.of(a, b)));
      else
        CHECK(measure.of(a, b) == Approx(pair[measure.name].get<double>()).epsilon(0).margin(1e-9));
    }
  }
}

TEST_CASE("no measure minds a rotation, a permutation or one scale; CKA(X, XQ) is 1") {
  for (const i64 width : {3, 20, 90}) {
    const Rows x = drawn(50, width, "x"), other = drawn(50, 12, "other");
    check_alike(x, turned(x, "q"), other);
    check_alike(x, rows_of(50, width, [&](i64 i, i64 j) { return x.at(i, (j * 7 + 1) % width); }), other);
    check_alike(x, rows_of(50, width, [&](i64 i, i64 j) { return 1e-3 * x.at(i, j); }), other);
    check_alike(x, rows_of(50, width, [&](i64 i, i64 j) { return -1e200 * x.at(i, j); }), other);
  }
}

TEST_CASE("neighbours that are tied stay so when they are turned") {
  const Rows x = rows_of(40, 4, [](i64 i, i64 j) { return static_cast<double>((i * (j + 2)) % 3); });
  CHECK(neighbour_overlap(x.representation(), turned(x, "q").representation()) == 1);
}

TEST_CASE("another scale for each column is another representation") {
  const Rows x = drawn(50, 6, "x");
  const Rows y = rows_of(50, 6, [&](i64 i, i64 j) { return x.at(i, j) * std::pow(4.0, static_cast<double>(j)); });
  for (const Measure& measure : kMeasures) {
    CAPTURE(measure.name);
    CHECK(measure.of(x.representation(), y.representation()) < 0.9);
  }
}

TEST_CASE("of representations that have nothing in common, the unbiased estimate says so, however wide they are") {
  double biased = 0, unbiased = 0;
  for (int k = 0; k < 20; ++k) {
    const auto x = drawn(60, 120, ("a" + std::to_string(k)).c_str()).representation(),
               y = drawn(60, 120, ("b" + std::to_string(k)).c_str()).representation();
    biased += linear_cka(x, y, Cka::biased) / 20, unbiased += linear_cka(x, y, Cka::unbiased) / 20;
  }
  CHECK(biased > 0.6);
  CHECK(std::abs(unbiased) < 0.02);
  CHECK(estimate_for(60, 120) == Cka::unbiased);
  CHECK(estimate_for(1000, 101) == Cka::unbiased);
  CHECK(estimate_for(1000, 100) == Cka::biased);
}

TEST_CASE("what is no representation is refused") {
  CHECK_THROWS_AS(Representation(std::vector<double>(20), 10, 2), std::invalid_argument);
  CHECK_THROWS_AS(Representation(std::vector<double>(), 20, 0), std::invalid_argument);
  CHECK_THROWS_AS(Representation(std::vector<double>(40, NAN), 20, 2), std::invalid_argument);
  const auto a = drawn(20, 2, "a").representation(), b = drawn(21, 2, "b").representation();
  CHECK_THROWS_AS(procrustes(a, b), std::invalid_argument);
  CHECK(Representation(std::vector<double>(40, 1e-3), 20, 2).is_constant());
}
