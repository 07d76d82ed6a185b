// SPDX-License-Identifier: MIT
// Importances are those of functions whose importances are known, and Optuna's.
#include <cmath>
#include <numeric>

#include "engine/random.hpp"
#include "reference.hpp"
#include "search/importance.hpp"

using namespace ubp;
using namespace ubp::search;

namespace {

Space unit_space(std::size_t dimensions) {
  Space out;
  out.dimensions.resize(dimensions);
  return out;
}

template <class Function>
Results drawn(const Space& space, std::size_t count, Function f) {
  Results out{space, {}, {}};
  Random random(3, "test");
  for (std::size_t k = 0; k < count; ++k) {
    Point point;
    for (std::size_t i = 0; i < space.size(); ++i) {
      const double u = random.next_uniform();
      const Dimension& d = space.dimensions[i];
      point.push_back(d.discrete() ? d.low + std::floor(u * static_cast<double>(d.count())) : u);
    }
    out.values.push_back(f(point));
    out.points.push_back(std::move(point));
  }
  return out;
}

}  // namespace

TEST_CASE("of a sum, the share of a summand is the square of its weight", "[search]") {
  const std::vector<double> weights{3, -2, 1};
  const Space space = unit_space(3);
  const Anova found =
      analyse_variance(drawn(space, 1000, [&](const Point& x) { return 3 * x[0] - 2 * x[1] + x[2]; }), 1);
  for (std::size_t i = 0; i < 3; ++i) {
    const Importance& each = found.importances[i];
    CHECK(each.share == Approx(weights[i] * weights[i] / 14).margin(0.03));
    CHECK((each.low <= each.share && each.share <= each.high && each.low > 0));
    const Effect& effect = found.effects[i];  // a line of slope w
    REQUIRE(effect.at.size() == 50);
    CHECK(effect.mean[45] - effect.mean[5] == Approx(weights[i] * (effect.at[45] - effect.at[5])).epsilon(0.25));
  }
}

TEST_CASE("weak and interacting dimensions are found weak", "[search]") {
  const Space space = unit_space(6);
  const Results results = drawn(space, 1000, [](const Point& x) { return 4 * x[0] + 2 * x[1] + x[2] + x[3] * x[4]; });
  const std::vector<double> wanted{0.741, 0.185, 0.046, 0.012, 0.012, 0};
  const Anova found = analyse_variance(results, 1);
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(found.importances[i].share == Approx(wanted[i]).margin(0.03));
}

TEST_CASE("what two dimensions do only together is their interaction", "[search]") {
  const Space space = unit_space(3);
  const Anova found =
      analyse_variance(drawn(space, 2000, [](const Point& x) { return (x[0] - 0.5) * (x[2] - 0.5); }), 1, true);
  REQUIRE(found.interactions.size() == 3);
  CHECK(found.interactions[1].first == 0);
  CHECK(found.interactions[1].second == 2);
  CHECK(found.interactions[1].importance.share > 0.7);
  CHECK(found.interactions[0].importance.share < 0.1);
  double sum = 0;
  for (const Importance& each : found.importances) sum += each.share;
  for (const Interaction& each : found.interactions) sum += each.importance.share;
  CHECK(sum < 1 + 1e-9);
  CHECK(sum > 0.85);
}

TEST_CASE("a function of a class is measured by its classes", "[search]") {
  Space space = unit_space(2);
  space.dimensions[1] = {"class", Dimension::Kind::categorical, 0, 3, false, 0};
  const double by_class[] = {0, 1, 5, 1};  // variance 59/16; that of 4 x0: 16/12
  const Anova found = analyse_variance(
      drawn(space, 1000, [&](const Point& x) { return 4 * x[0] + by_class[static_cast<std::size_t>(x[1])]; }), 1);
  const double total = 59.0 / 16 + 16.0 / 12;
  CHECK(found.importances[1].share == Approx(59.0 / 16 / total).margin(0.03));
  CHECK(found.importances[0].share == Approx(16.0 / 12 / total).margin(0.03));
  REQUIRE(found.effects[1].mean.size() == 4);
  CHECK(found.effects[1].mean[2] - found.effects[1].mean[0] == Approx(5).epsilon(0.05));
}

TEST_CASE("a conditional dimension is judged where it is active", "[search]") {
  const Space space = unit_space(3);
  Results results = drawn(space, 1000, [](const Point& x) { return x[0] < 0.5 ? 3 * x[1] : x[2]; });
  for (std::size_t k = 0; k < results.points.size(); ++k)
    results.points[k][results.points[k][0] < 0.5 ? 2 : 1] = kInactive;
  const Anova found = analyse_variance(results, 1);
  CHECK(found.importances[1].share > 0.9);
  CHECK(found.importances[2].share > 0.9);
  CHECK(found.importances[0].share > 0);
}

TEST_CASE("without variance or points, nothing is important", "[search]") {
  const Space space = unit_space(2);
  for (const std::size_t count : {0, 1, 20}) {
    const Results results = drawn(space, count, [](const Point&) { return 1.0; });
    for (const Importance& each : analyse_variance(results, 1).importances) CHECK(each.share == 0);
    for (const Importance& each : importance_for_the_best(results, 1)) CHECK(each.share == 0);
  }
}

TEST_CASE("importances for the best are those of Optuna's PED-ANOVA", "[search]") {
  using Kind = Dimension::Kind;
  Space space;
  space.dimensions = {{"real", Kind::real, -1, 3},
                      {"log", Kind::real, 1e-4, 10, true},
                      {"step", Kind::real, 0, 1, false, 0.05},
                      {"integer", Kind::integer, 1, 200, false, 1},
                      {"integer_log", Kind::integer, 1, 1000, true, 1},
                      {"class", Kind::categorical, 0, 2},
                      {"conditional", Kind::real, 0, 1}};
  const auto& r = reference()["becoming_good"];
  Results results{space, {}, r["values"].get<std::vector<double>>()};
  for (const auto& point : r["points"]) {
    results.points.emplace_back();
    for (const auto& value : point) results.points.back().push_back(value.is_null() ? kInactive : value.get<double>());
  }
  const std::vector<Importance> found = importance_for_the_best(results, 1);
  for (std::size_t i = 0; i < space.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i].share == near(r["shares"][i]));
    CHECK(found[i].low <= found[i].high);
    CHECK(found[i].high > 0);
    CHECK(found[i].high < 1);
  }
}
