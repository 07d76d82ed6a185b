// SPDX-License-Identifier: MIT
// NSGA-II: what it finds of two known fronts, and who its parents are.
#include "search/nsga2.hpp"

#include <cmath>
#include <functional>
#include <numeric>

#include <catch2/catch.hpp>

#include "data/nsga2.hpp"
#include "search/pareto.hpp"

using namespace ubp::search;

namespace {

/// ZDT1 and ZDT2 of Zitzler, Deb, Thiele (2000), in ten dimensions.
std::vector<double> zdt(int which, const Point& x) {
  const double g = 1 + std::accumulate(x.begin() + 1, x.end(), 0.0);
  return {x[0], g * (1 - (which == 1 ? std::sqrt(x[0] / g) : std::pow(x[0] / g, 2)))};
}

double mean_hypervolume(int which, const std::function<Point(const Question&)>& propose) {
  Space space;
  space.dimensions.resize(10);
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    History history;
    Front front;
    for (std::int64_t k = 0; k < 1000; ++k) {
      const Point x = propose({space, history, seed, k, 0});
      front.push_back(zdt(which, x));
      history.push_back({x, Told::State::complete, front.back(), 0, 0, k + 1});
    }
    mean += hypervolume(front, {1, 6}) / 10;
  }
  return mean;
}

}  // namespace

TEST_CASE("after 1000 configs more is dominated than by random points, and than by Optuna's NSGA-II") {
  Nsga2Sampler sampler;
  const auto ours = [&](const Question& q) { return sampler.propose(q); };
  const auto mean = [](const auto& values) { return std::accumulate(std::begin(values), std::end(values), 0.0) / 10; };
  const double first = mean_hypervolume(1, ours), second = mean_hypervolume(2, ours);
  CHECK(first > mean_hypervolume(1, uniform_point) + 0.5);
  CHECK(second > mean_hypervolume(2, uniform_point) + 0.5);
  CHECK(first > mean(kOptunaZdt1));
  CHECK(second > mean(kOptunaZdt2));
}

TEST_CASE("parents are chosen anew with every population of results, whoever's they are") {
  Space space;
  space.dimensions.resize(1);
  const Nsga2Options options{.population = 4};
  const auto told = [](double x, double value, std::int64_t at) {
    return Told{{x}, Told::State::complete, {value}, 0, 0, at};
  };
  const auto children_near = [&](const History& history, double x) {
    Nsga2Sampler sampler(options);
    int count = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
      count +=
          std::abs(sampler.propose({space, history, seed, static_cast<std::int64_t>(history.size()), 0})[0] - x) < .1;
    return count;
  };
  History history = {told(.2, 1, 1), told(.2, 2, 2), told(.2, 3, 3)};
  CHECK(children_near(history, .2) < 50);  // not four yet: uniform
  history.push_back(told(.2, 4, 4));
  CHECK(children_near(history, .2) > 70);
  for (int i = 0; i < 3; ++i) history.push_back(told(.8, 0, 5 + i));
  CHECK(children_near(history, .2) > 70);  // seven: still the children of the first four
  history.push_back({{.8}, Told::State::failed, {}, 0, 0, 8});
  history.push_back({{.8}, Told::State::pruned, {}, 5, -1, 9});
  CHECK(children_near(history, .2) > 70);
  history.push_back(told(.8, 0, 10));
  CHECK(children_near(history, .8) > 70);
}

TEST_CASE("of equal rank those become parents that are alone") {
  Space space;
  space.dimensions.resize(1);
  History history;
  for (const double x : {.1, .9, .5, .501, .502, .503, .504, .505})
    history.push_back({{x}, Told::State::complete, {x, 1 - x}, 0, 0, static_cast<std::int64_t>(history.size()) + 1});
  Nsga2Sampler sampler({.population = 4});
  int outside = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    outside += std::abs(sampler.propose({space, history, seed, 8, 0})[0] - 0.5) > 0.3;
  CHECK(outside > 50);
}

TEST_CASE("a child has its parents' classes and numbers near theirs, and now and then another") {
  Space space;
  space.dimensions = {{"", Dimension::Kind::categorical, 0, 9, false, 1},
                      {"", Dimension::Kind::integer, 1, 1000, true, 1},
                      {"", Dimension::Kind::real, 1e-6, 1, true, 0}};
  History history;
  for (int i = 0; i < 50; ++i)
    history.push_back({{i % 2 * 7.0, 20, 1e-4}, Told::State::complete, {1.0 * i}, 0, 0, i + 1});
  Nsga2Sampler sampler;
  int class_of_parents = 0, near = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Point p = sampler.propose({space, history, seed, 50, 0});
    class_of_parents += p[0] == 0 || p[0] == 7;
    near += std::abs(std::log(p[1] / 20)) < 0.7 && std::abs(std::log(p[2] / 1e-4)) < 1.5;
  }
  CHECK(class_of_parents > 180);  // two thirds unchanged, and a fifth of the others
  CHECK(class_of_parents < 270);
  CHECK(near > 200);
}
