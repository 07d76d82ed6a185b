// SPDX-License-Identifier: MIT
// Which configs are the better ones, how old ones are weighed, and that proposals go where the better ones are.
#include "search/tpe.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

using namespace ubp::search;

namespace {

Told complete(Point point, std::vector<double> values) { return {point, Told::State::complete, values, 0, 0, 0}; }
Told pruned(Point point, std::int64_t step, double value) { return {point, Told::State::pruned, {}, step, value, 0}; }
Told running(Point point) { return {point, Told::State::running, {}, 0, 0, 0}; }
Told failed(Point point) { return {point, Told::State::failed, {}, 0, 0, 0}; }

Space reals(std::size_t n, double low, double high) {
  Space space;
  for (std::size_t i = 0; i < n; ++i) space.dimensions.push_back({"", Dimension::Kind::real, low, high, false, 0});
  return space;
}

double mean_of_first(const Space& space, const History& history, TpeOptions options = {}) {
  TpeSampler sampler(options);
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    sum += sampler.propose({space, history, seed, static_cast<std::int64_t>(history.size()), 0})[0] / 50;
  return sum;
}

}  // namespace

TEST_CASE("a tenth is better, at most 25 with one objective") {
  CHECK(tpe_below(10, false) == 1);
  CHECK(tpe_below(11, false) == 2);
  CHECK(tpe_below(100, false) == 10);
  CHECK(tpe_below(400, false) == 25);
  CHECK(tpe_below(400, true) == 40);
}

TEST_CASE("the last 25 weigh 1, those before them less the older they are") {
  const std::vector<double> w = tpe_weights(30);
  const double expected[] = {1.0 / 30, .275, .516666666667, .758333333333, 1, 1};
  for (std::size_t i = 0; i < 6; ++i) CHECK(std::abs(w[i] - expected[i]) < 1e-12);
  CHECK(w.size() == 30);
  CHECK(w.back() == 1);
  CHECK(tpe_weights(0).empty());
  CHECK(tpe_weights(25) == std::vector<double>(25, 1));
  CHECK(tpe_weights(26)[0] == 1.0 / 26);
}

TEST_CASE("the better ones weigh by how much better they are, whatever the unit") {
  CHECK(tpe_weights_by_improvement({4, 1, 4, 3}, 5) == std::vector<double>{0.5, 2, 0.5, 1});
  CHECK(tpe_weights_by_improvement({}, 5).empty());
  CHECK(tpe_weights_by_improvement({5, 5}, 5) == std::vector<double>{1, 1});
  const std::vector<double> huge = tpe_weights_by_improvement({-1e308, 1e308}, 1e308);
  CHECK(huge == std::vector<double>{2, 0});
}

TEST_CASE("complete before pruned, the furthest pruned first, failed and running ones never better") {
  const Point p{0};
  const double nan = std::nan("");
  History history = {running(p), failed(p), pruned(p, 9, 5), pruned(p, 3, 1), pruned(p, 9, nan), pruned(p, 9, 4)};
  CHECK(tpe_split(history).below == std::vector<std::size_t>{5});
  CHECK(tpe_split(history).above == std::vector<std::size_t>{0, 1, 2, 3, 4});
  history.push_back(complete(p, {1e9}));
  CHECK(tpe_split(history).below == std::vector<std::size_t>{6});
  for (int i = 0; i < 20; ++i) history.push_back(complete(p, {5.0 - i % 2}));
  CHECK(tpe_split(history).below == std::vector<std::size_t>{8, 10, 12});  // 25 judged; equal ones: the first
}

TEST_CASE("of several objectives the first ranks are better, and of a rank those that dominate most") {
  History history;
  for (int i = 0; i < 18; ++i) history.push_back(complete({0}, {5, 5}));
  history.push_back(complete({0}, {1, 4}));
  history.push_back(complete({0}, {3.9, 3.9}));  // a corner that adds little
  history.push_back(complete({0}, {4, 1}));
  CHECK(tpe_split(history).below == std::vector<std::size_t>{18, 19, 20});
  history.resize(20);
  history.push_back(complete({0}, {0.5, 0.5}));
  CHECK(tpe_split(history).below.size() == 3);
  CHECK(tpe_split(history).below.back() == 20);
  history.erase(history.begin(), history.begin() + 10);  // eleven: two are better
  history[0].values = {2, 0.4};
  history[1].values = {0.4, 2};
  history[2].values = {0.49, 0.51};
  CHECK(tpe_split(history).below == std::vector<std::size_t>{0, 10});
}

TEST_CASE("proposals gather around the better ones, with one objective and with two, jointly and not") {
  const Space space = reals(2, 0, 1);
  History one, two;
  for (int i = 0; i < 40; ++i) {
    const Point p{std::fmod(i * 0.618034, 1), std::fmod(i * 0.754878, 1)};
    one.push_back(complete(p, {std::abs(p[0] - 0.8) + std::abs(p[1] - 0.2)}));
    two.push_back(complete(p, {std::abs(p[0] - 0.8), std::abs(p[0] - 0.8) + std::abs(p[1] - 0.5)}));
  }
  CHECK(std::abs(mean_of_first(space, one) - 0.8) < 0.12);
  CHECK(std::abs(mean_of_first(space, one, {.independent = true}) - 0.8) < 0.12);
  CHECK(std::abs(mean_of_first(space, two) - 0.8) < 0.12);
}

TEST_CASE("of the better ones a much better one draws more, unless one of them was stopped early") {
  const Space space = reals(1, 0, 1);
  History history;  // two of twenty are better: one at 0.2, another at 0.8
  for (int i = 0; i < 18; ++i) history.push_back(complete({i / 17.0}, {2 + std::abs(i / 17.0 - 0.5)}));
  history.push_back(complete({0.8}, {1.9}));
  history.push_back(complete({0.2}, {-5}));
  CHECK(mean_of_first(space, history) < 0.3);
  CHECK(mean_of_first(space, history, TpeOptions::optuna5()) > 0.35);
  for (int i = 0; i < 18; ++i) history[i].state = Told::State::running;  // twelve judged, two better
  history[18] = pruned({0.8}, 9, 1.9);
  for (int i = 0; i < 10; ++i) history[i] = pruned({i / 17.0}, 1, 2);
  CHECK(mean_of_first(space, history) > 0.35);
}

TEST_CASE("configs that run or failed keep later ones away") {
  const Space space = reals(1, 0, 1);
  History history;
  for (int i = 0; i < 10; ++i) history.push_back(complete({i / 10.0}, {std::abs(i / 10.0 - 0.5)}));
  const auto share_near = [&](const History& known) {  // of 200 proposals, those beside the best
    TpeSampler sampler;
    int count = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed)
      count +=
          std::abs(sampler.propose({space, known, seed, static_cast<std::int64_t>(known.size()), 0})[0] - 0.5) < 0.1;
    return count / 200.0;
  };
  History busy = history, broken = history;
  for (int i = 0; i < 15; ++i) {
    busy.push_back(running({0.43 + 0.01 * i}));
    broken.push_back(failed({0.43 + 0.01 * i}));
  }
  CHECK(share_near(history) > 0.5);
  CHECK(share_near(busy) < 0.2);
  CHECK(share_near(broken) < 0.2);
}

TEST_CASE("dimensions that are active together are drawn together, others by what was seen of them") {
  // Class 0 has y, class 1 has z and v, best near (0.1, 0.1) or (0.9, 0.9): only a joint density sees that.
  Space space;
  space.dimensions = {{"c", Dimension::Kind::categorical, 0, 1, false, 1},
                      {"y", Dimension::Kind::real, 0, 1, false, 0},
                      {"z", Dimension::Kind::real, 0, 1, false, 0},
                      {"v", Dimension::Kind::real, 0, 1, false, 0}};
  space.active = [](std::size_t i, const Point& p) { return i == 0 || (i == 1) == (p[0] == 0); };
  History history;
  for (int i = 0; i < 240; ++i) {
    const double z = std::fmod(i * 0.618034, 1), v = std::fmod(i * 0.754878, 1);
    if (i % 3 == 0)
      history.push_back(complete({0, z, kInactive, kInactive}, {2 + std::abs(z - 0.3)}));
    else
      history.push_back(complete({1, kInactive, z, v}, {std::min(std::abs(z - 0.1) + std::abs(v - 0.1),
                                                                 std::abs(z - 0.9) + std::abs(v - 0.9))}));
  }
  const auto share_apart = [&](TpeOptions options) {
    TpeSampler sampler(options);
    double apart = 0, n = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Point p = sampler.propose({space, history, seed, 240, 0});
      CHECK(is_active(p[1]) == (p[0] == 0));
      CHECK(is_active(p[2]) == (p[0] == 1));
      CHECK(is_active(p[3]) == (p[0] == 1));
      if (p[0] == 1) apart += std::abs(p[2] - p[3]) > 0.5, ++n;
    }
    CHECK(n > 100);
    return apart / n;
  };
  // One candidate: a draw from the density of the better ones, not yet where the ratio is largest.
  CHECK(share_apart({.candidates = 1, .independent = true}) > share_apart({.candidates = 1}) + 0.15);
}

TEST_CASE("what is always active is drawn well beside what is not") {
  Space space;
  space.dimensions = {{"c", Dimension::Kind::categorical, 0, 1, false, 1},
                      {"y", Dimension::Kind::real, 0, 1, false, 0},
                      {"x", Dimension::Kind::real, 0, 1, false, 0}};
  space.active = [](std::size_t i, const Point& p) { return i != 1 || p[0] == 0; };
  History history;
  for (int i = 0; i < 60; ++i) {
    const double y = std::fmod(i * 0.618034, 1), x = std::fmod(i * 0.754878, 1);
    history.push_back(complete({i % 2 * 1.0, i % 2 ? kInactive : y, x}, {std::abs(x - 0.8)}));
  }
  TpeSampler sampler;
  int near = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    near += std::abs(sampler.propose({space, history, seed, 60, 0})[2] - 0.8) < 0.05;
  CHECK(near > 90);
}

TEST_CASE("of several objectives, old ones of the better configs weigh as much as new ones") {
  const Space space = reals(1, 0, 1);
  History history(300, complete({0.5}, {9, 9}));  // thirty are better: the first ten at 0.1, the others at 0.9
  for (int i = 0; i < 10; ++i) history[i] = complete({0.1}, {1.0 * i, 30.0 - i});
  for (int i = 10; i < 30; ++i) history[i] = complete({0.9}, {1.0 * i, 30.0 - i});
  for (int i = 30; i < 300; ++i) history[i].values = {40, 40};
  TpeSampler sampler({.candidates = 1});
  int low = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) low += sampler.propose({space, history, seed, 300, 0})[0] < 0.2;
  CHECK(low > 295);  // 10 of 31, and some of the prior (sd 15); by age it would be 7.6 of 28.6
}

TEST_CASE("until enough configs were judged, points are uniform") {
  const Space space = reals(2, 0, 1);
  History history(9, complete({0.5, 0.5}, {1}));
  history.resize(30, failed({0.5, 0.5}));
  TpeSampler sampler;
  const Question question{space, history, 4, 30, 0};
  CHECK(sampler.propose(question) == uniform_point(question));
  history[29] = complete({0.5, 0.5}, {1});
  CHECK(sampler.propose(question) != uniform_point(question));
}

TEST_CASE("a value that cannot be used is left after a few attempts") {
  Space space;
  space.dimensions = {{"", Dimension::Kind::categorical, 0, 3, false, 1}};
  History history;
  for (int i = 0; i < 30; ++i) history.push_back(complete({i % 4 * 1.0}, {i % 4 * 1.0}));
  TpeSampler sampler;
  double attempts = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (std::int64_t attempt = 0; sampler.propose({space, history, seed, 30, attempt})[0] == 0; ++attempt)
      attempts += 0.01;
  CHECK(attempts > 2);
  CHECK(attempts < 6);
}
