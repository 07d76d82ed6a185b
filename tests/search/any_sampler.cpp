// SPDX-License-Identifier: MIT
// What holds of every sampler, whatever it is told.
#include <cmath>
#include <cstring>

#include <catch2/catch.hpp>

#include "search/samplers.hpp"

using namespace ubp::search;

namespace {

using State = Told::State;

struct NamedSpace {
  std::string name;
  Space space;
};

std::vector<NamedSpace> spaces() {
  const Dimension real{"", Dimension::Kind::real, -2, 3, false, 0}, log{"", Dimension::Kind::real, 1e-8, 1, true, 0},
      stepped{"", Dimension::Kind::real, 0, 1, false, 0.1}, integer{"", Dimension::Kind::integer, -5, 1000, false, 1},
      jumps{"", Dimension::Kind::integer, 3, 20, false, 4}, log_integer{"", Dimension::Kind::integer, 1, 512, true, 1},
      flag{"", Dimension::Kind::categorical, 0, 1, false, 1}, classes{"", Dimension::Kind::categorical, 0, 6, false, 1},
      wide{"", Dimension::Kind::real, -1e300, 1e300, false, 0},
      narrow{"", Dimension::Kind::real, 1, 1 + 1e-15, false, 0};
  const Dimension one_real{"", Dimension::Kind::real, 2, 2, false, 0},
      one_log{"", Dimension::Kind::real, 2, 2, true, 0}, one_integer{"", Dimension::Kind::integer, 4, 4, false, 1},
      one_class{"", Dimension::Kind::categorical, 0, 0, false, 1};
  std::vector<NamedSpace> all = {
      {"one real", {{real}, {}, {}}},
      {"all kinds", {{real, log, stepped, integer, jumps, log_integer, flag, classes}, {}, {}}},
      {"classes only", {{flag, classes}, {}, {}}},
      {"one value each", {{one_real, one_log, one_integer, one_class}, {}, {}}},
      {"one value among others", {{one_integer, real, one_class, flag}, {}, {}}},
      {"extreme widths", {{wide, narrow}, {}, {}}},
      {"many", {std::vector<Dimension>(80, real), {}, {}}},
      {"nested conditions", {{classes, real, flag, log, integer}, {}, {}}},
      {"forbidden half", {{real, integer}, {}, {}}},
  };
  all[7].space.active = [](std::size_t i, const Point& p) {
    return i == 0 || (i == 1 && p[0] < 3) || (i == 2 && p[0] >= 3) || (i >= 3 && is_active(p[2]) && p[2] == 1);
  };
  all[8].space.allowed = [](const Point& p) { return p[0] > 0.5 || p[1] > 900; };
  return all;
}

/// Configs of every state, at uniform points; `value` of each by its number.
History told(const Space& space, std::int64_t n, const std::function<State(std::int64_t)>& state,
             const std::function<std::vector<double>(std::int64_t)>& value) {
  History history;
  for (std::int64_t k = 0; k < n; ++k) {
    const History none;
    const Point point = uniform_point({space, none, 99, k, 0});
    history.push_back({point, state(k), {}, 0, 0, k + 1});
    if (state(k) == State::complete) history.back().values = value(k);
    if (state(k) == State::pruned) history.back().last_step = k % 4, history.back().last_value = k % 3 ? 1.0 : NAN;
  }
  return history;
}

std::vector<std::pair<std::string, History>> histories(const Space& space) {
  const auto all = [](State state) { return [=](std::int64_t) { return state; }; };
  const auto mixed = [](std::int64_t k) { return static_cast<State>(k * 7 % 5 % 4); };
  const auto one = [](std::int64_t k) { return std::vector<double>{std::sin(static_cast<double>(k))}; };
  const auto two = [](std::int64_t k) {
    return std::vector<double>{std::sin(static_cast<double>(k)), std::cos(3.0 * static_cast<double>(k))};
  };
  const auto equal = [](std::int64_t) { return std::vector<double>{1}; };
  const auto equal_two = [](std::int64_t) { return std::vector<double>{0, 0}; };
  const auto huge = [](std::int64_t k) { return std::vector<double>{k % 2 ? 1e308 : -1e308}; };
  return {{"empty", {}},
          {"all complete", told(space, 120, all(State::complete), one)},
          {"two objectives", told(space, 120, all(State::complete), two)},
          {"every state", told(space, 150, mixed, one)},
          {"every state, two objectives", told(space, 150, mixed, two)},
          {"all failed", told(space, 60, all(State::failed), one)},
          {"all pruned", told(space, 60, all(State::pruned), one)},
          {"equal values", told(space, 120, all(State::complete), equal)},
          {"equal pairs", told(space, 120, all(State::complete), equal_two)},
          {"huge values", told(space, 60, all(State::complete), huge)},
          {"1000 running", told(space, 1000, all(State::running), one)},
          {"1000 running after 20",
           told(
               space, 1020, [](std::int64_t k) { return k < 20 ? State::complete : State::running; }, one)}};
}

bool is_same(const Point& a, const Point& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

void check_belongs(const Space& space, const Point& point) {
  REQUIRE(point.size() == space.size());
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Dimension& d = space.dimensions[i];
    REQUIRE(is_active(point[i]) == space.is_active_at(i, point));
    if (!is_active(point[i])) continue;
    REQUIRE(point[i] >= d.low);
    REQUIRE(point[i] <= d.high);
    if (!d.discrete()) continue;
    const double steps = (point[i] - d.low) / d.step;
    REQUIRE(std::abs(steps - std::round(steps)) < 1e-9);
    if (d.kind != Dimension::Kind::real) REQUIRE(point[i] == std::floor(point[i]));
  }
}

}  // namespace

TEST_CASE("every point belongs to the space, and equal questions have equal answers") {
  for (const std::string& name : sampler_names()) {
    const std::unique_ptr<Sampler> sampler = make_sampler(name);
    for (const auto& [space_name, space] : spaces())
      for (const auto& [history_name, history] : histories(space)) {
        CAPTURE(name, space_name, history_name);
        const auto number = static_cast<std::int64_t>(history.size());
        std::vector<Point> first;
        for (std::int64_t attempt = 0; attempt < 4; ++attempt) {
          first.push_back(sampler->propose({space, history, 7, number, attempt}));
          check_belongs(space, first.back());
        }
        for (std::int64_t attempt = 3; attempt >= 0; --attempt) {
          REQUIRE(is_same(sampler->propose({space, history, 7, number, attempt}), first[attempt]));
          REQUIRE(is_same(make_sampler(name)->propose({space, history, 7, number, attempt}), first[attempt]));
        }
      }
  }
}

TEST_CASE("a sweep is the same in one process, and in one for each question, in any order") {
  const Space space = spaces()[7].space;
  for (const std::string& name : sampler_names()) {
    CAPTURE(name);
    const std::unique_ptr<Sampler> sampler = make_sampler(name);
    History history;
    for (std::int64_t k = 0; k < 150; ++k) {
      const Point point = sampler->propose({space, history, 3, k, 0});
      history.push_back({point, k % 9 == 4 ? State::failed : State::complete, {}, 0, 0, k + 1});
      if (history.back().state == State::complete)
        history.back().values = {point[0] + (is_active(point[1]) ? point[1] : 0)};
    }
    for (std::int64_t k = 149; k >= 0; k -= 11) {
      const History known(history.begin(), history.begin() + k);
      REQUIRE(is_same(sampler->propose({space, known, 3, k, 0}), history[k].point));
      REQUIRE(is_same(make_sampler(name)->propose({space, known, 3, k, 0}), history[k].point));
    }
  }
}

TEST_CASE("another seed, another config and another attempt get another point") {
  const Space space = spaces()[1].space;
  for (const std::string& name : sampler_names())
    for (const auto& [history_name, history] : histories(space)) {
      CAPTURE(name, history_name);
      const auto number = static_cast<std::int64_t>(history.size());
      const std::unique_ptr<Sampler> sampler = make_sampler(name);
      const Point point = sampler->propose({space, history, 7, number, 0});
      if (name != "gp")  // whose best point is the best of its model, whatever the seed
        CHECK_FALSE(is_same(point, sampler->propose({space, history, 8, number, 0})));
      CHECK_FALSE(is_same(point, sampler->propose({space, history, 7, number, 1})));
      History longer = history;
      longer.push_back({point, State::failed, {}, 0, 0, number + 1});
      CHECK_FALSE(is_same(point, sampler->propose({space, longer, 7, number + 1, 0})));
    }
}

TEST_CASE("where points are forbidden, attempts soon find one that is not") {
  const Space space = spaces()[8].space;
  for (const std::string& name : sampler_names())
    for (const auto& [history_name, history] : histories(space)) {
      CAPTURE(name, history_name);
      const std::unique_ptr<Sampler> sampler = make_sampler(name);
      std::int64_t attempt = 0;
      const auto number = static_cast<std::int64_t>(history.size());
      while (attempt < 100 && !space.allowed(sampler->propose({space, history, 7, number, attempt}))) ++attempt;
      CHECK(attempt < 100);
    }
}
