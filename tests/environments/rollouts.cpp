// SPDX-License-Identifier: MIT
#include <filesystem>
#include <set>

#include "environment.hpp"

using namespace harness;
using State = std::array<double, 4>;

namespace {

constexpr double kPi = 3.141592653589793;

std::vector<std::string> all_environments() {
  std::vector<std::string> ids;
  for (const auto& f : std::filesystem::directory_iterator(ENVIRONMENT_SOURCES))
    if (f.path().extension() == ".cpp") ids.push_back(f.path().stem());
  return ids;
}

/// One rollout of the upstream implementation: columns t, action, the state after it, reward, terminated.
Doubles golden(const std::string& id) {
  const std::string path = std::string(ENVIRONMENT_TEST_DATA) + "/" + id + ".csv";
  std::ifstream in(path);
  REQUIRE(in);
  std::string line;
  std::getline(in, line);  // the header
  Doubles m({0, 0});
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) m.values.push_back(std::stod(cell));
    ++m.shape[0];
  }
  m.shape[1] = static_cast<std::int64_t>(m.values.size()) / m.shape[0];
  return m;
}

/// Every step from the golden state before it: an open-loop replay of a chaotic system would only measure rounding.
template <std::size_t N>
void check_steps(const std::string& id, std::array<double, N> before) {
  const Doubles rows = golden(id);
  REQUIRE(rows.shape[1] == N + 4);
  Env env(id);
  for (std::int64_t t = 0; t < rows.shape[0]; ++t) {
    CAPTURE(id, t);
    const double* row = &rows.values[static_cast<std::size_t>(t * rows.shape[1])];
    env.set_state(before);
    const Env::Step step = env.step({static_cast<std::int64_t>(row[1])});
    const auto after = env.state<std::array<double, N>>();
    for (std::size_t i = 0; i < N; ++i) {
      CHECK(std::abs(after[i] - row[2 + i]) <= 1e-12);
      before[i] = row[2 + i];
    }
    CHECK(step.reward[0] == row[2 + N]);
    CHECK(step.terminated[0] == (row[3 + N] != 0));
    CHECK(step.truncated[0] == 0);
  }
}

}  // namespace

TEST_CASE("control tasks agree with Gymnasium step for step", "[environments]") {
  check_steps<4>("cartpole", {0.01, -0.02, 0.03, -0.04});
  check_steps<2>("mountain_car", {-0.5, 0});
  check_steps<4>("acrobot", {0.05, -0.05, 0.02, 0.01});
}

TEST_CASE("equal seeds and actions give equal episodes, alone or in a crowd", "[environments]") {
  for (const std::string& id : all_environments()) {
    CAPTURE(id);
    Env one(id), crowd(id, {}, 3);
    one.reset({0}, {42});
    crowd.reset({2, 0, 1}, {42, 1, 2});
    const std::size_t width = one.obs.size();
    for (std::int64_t t = 0; t < 100; ++t) {
      CAPTURE(t);
      const auto own = [&] {
        return std::vector<float>(crowd.obs.begin() + static_cast<std::ptrdiff_t>(2 * width), crowd.obs.end());
      };
      REQUIRE(own() == one.obs);
      if (t == 10) crowd.reset({0}, {7});  // touches no other instance
      const std::int64_t a = (t * t / 7) % one.action.n;
      const Env::Step step = one.step({a}), all = crowd.step({0, 1, a});
      REQUIRE(all.reward[2] == step.reward[0]);
      if (step.terminated[0]) break;
    }
  }
}

TEST_CASE("an environment continues bit for bit from its saved state", "[environments]") {
  for (const std::string& id : all_environments()) {
    CAPTURE(id);
    Env env(id, {}, 2), other(id, {}, 2);
    env.reset({0, 1}, {5, 6});
    if (env.max_steps() != 1) env.step({0, 1});
    other.load(env.save());
    const Env::Step a = env.step({1, 0}), b = other.step({1, 0});
    CHECK(a.reward == b.reward);
    CHECK(env.obs == other.obs);
    CHECK(env.save() == other.save());
    CHECK_THROWS_AS(other.load("abc"), Refusal);
  }
}

TEST_CASE("observations stay in the declared box, and other seeds start elsewhere", "[environments]") {
  for (const std::string& id : all_environments()) {
    CAPTURE(id);
    Env env(id);
    std::set<std::string> starts;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      env.reset({0}, {seed});
      starts.insert(env.save());
      for (std::int64_t t = 0; t < 300; ++t) {
        for (std::size_t i = 0; i < env.obs.size(); ++i) {
          REQUIRE(std::isfinite(env.obs[i]));
          if (env.observation.low) REQUIRE(static_cast<double>(env.obs[i]) >= env.observation.low[i] * (1 + 1e-6));
          if (env.observation.high) REQUIRE(static_cast<double>(env.obs[i]) <= env.observation.high[i] * (1 + 1e-6));
        }
        const auto step =
            env.step({static_cast<std::int64_t>(seed + static_cast<std::uint64_t>(t * t) / 5) % env.action.n});
        if (step.terminated[0] || step.truncated[0]) break;
      }
    }
    CHECK(starts.size() == 20);
  }
}

TEST_CASE("an action outside the space is refused", "[environments]") {
  Env env("cartpole");
  env.reset({0}, {0});
  CHECK_THROWS_WITH(env.step({2}), "action 2 is outside 0..1");
  CHECK_THROWS_AS(env.step({-1}), Refusal);
}

TEST_CASE("cartpole ends where the cart leaves the track or the pole leans too far, and pays for that step too",
          "[environments]") {
  const auto ends = [](const State& s) {
    Env env("cartpole");
    env.set_state(s);
    const Env::Step step = env.step({1});
    CHECK(step.reward[0] == 1);
    return step.terminated[0] == 1;
  };
  CHECK(Env("cartpole").max_steps() == 500);
  CHECK(ends({2.39, 1, 0, 0}));
  CHECK(ends({-2.39, -1, 0, 0}));
  CHECK(!ends({2.39, 0.4, 0, 0}));
  CHECK(ends({0, 0, 11.9 * kPi / 180, 1}));
  CHECK(ends({0, 0, -11.9 * kPi / 180, -1}));
  CHECK(!ends({0, 0, 11.9 * kPi / 180, 0}));
}

TEST_CASE("the mountain car stops dead at the left wall", "[environments]") {
  Env env("mountain_car");
  CHECK(env.max_steps() == 200);
  env.set_state(std::array<double, 2>{-1.19, -0.05});
  env.step({0});
  CHECK(env.state<std::array<double, 2>>() == std::array<double, 2>{-1.2, 0});
}

TEST_CASE("the acrobot's angles wrap and its rates are limited", "[environments]") {
  Env env("acrobot");
  CHECK(env.max_steps() == 500);
  env.set_state(State{3.1, 0, 12, 28});
  env.step({1});
  const State s = env.state<State>();
  for (std::size_t i : {0u, 1u}) CHECK(std::abs(s[i]) <= kPi);
  CHECK(std::abs(s[2]) <= 4 * kPi);
  CHECK(std::abs(s[3]) <= 9 * kPi);
}

namespace {

struct Lake {
  std::uint64_t seed;
  std::int64_t cell, steps;
};

/// Where each action can lead from each cell, a third each, as the environment itself shows; and the exact mean return
/// of the best (or the uniform) policy within `horizon` steps.
double exact_return(const std::string& map, std::int64_t cells, int horizon, bool best_policy) {
  Env env("frozen_lake", {{"map", map}});
  struct Outcome {
    std::int64_t cell;
    double reward;
    bool ends;
    bool operator<(const Outcome& o) const { return cell < o.cell; }
  };
  std::vector<std::array<std::map<Outcome, double>, 4>> outcomes(static_cast<std::size_t>(cells));
  constexpr std::uint64_t kSeeds = 3000;
  for (std::int64_t cell = 0; cell < cells; ++cell)
    for (std::int64_t a = 0; a < 4; ++a)
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        env.set_state(Lake{seed, cell, 0});
        const Env::Step step = env.step({a});
        outcomes[static_cast<std::size_t>(cell)][static_cast<std::size_t>(a)]
                [{env.state<Lake>().cell, step.reward[0], step.terminated[0] == 1}] += 1.0 / kSeeds;
      }
  std::vector<double> value(static_cast<std::size_t>(cells), 0.0);
  for (int left = 0; left < horizon; ++left) {
    std::vector<double> now(value.size());
    for (std::size_t cell = 0; cell < now.size(); ++cell) {
      double best = 0, mean = 0;
      for (const auto& by_outcome : outcomes[cell]) {
        double q = 0;
        for (const auto& [o, share] : by_outcome) {
          const double exact =
              std::round(3 * share) / 3;  // the shares are thirds: 3000 draws miss one by 6 sigma at most once in 1e9
          REQUIRE(std::abs(share - exact) < 0.055);
          q += exact * (o.reward + (o.ends ? 0 : value[static_cast<std::size_t>(o.cell)]));
        }
        best = std::max(best, q), mean += q / 4;
      }
      now[cell] = best_policy ? best : mean;
    }
    value = now;
  }
  return value[0];
}

}  // namespace

TEST_CASE("the frozen lake has its exact returns", "[environments]") {
  CHECK(exact_return("4x4", 16, 100, true) == Approx(0.7442).margin(5e-5));
  CHECK(exact_return("4x4", 16, 100, false) == Approx(0.0139).margin(5e-5));
  CHECK(exact_return("8x8", 64, 200, true) == Approx(0.9132).margin(5e-5));
  CHECK(exact_return("8x8", 64, 200, false) == Approx(0.0019).margin(5e-5));
}

TEST_CASE("the ice turns a move aside, never back", "[environments]") {
  Env env("frozen_lake");
  const std::int64_t left = 13, down = 14, right = 15, up = 10, here = 14;  // around the last F: below it is the wall
  const std::vector<std::set<std::int64_t>> reached{
      {up, left, down}, {left, down, right}, {down, right, up}, {right, up, left}};
  for (std::int64_t a = 0; a < 4; ++a) {
    std::set<std::int64_t> cells;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      env.set_state(Lake{seed, here, 0});
      env.step({a});
      cells.insert(env.state<Lake>().cell);
    }
    CHECK(cells == reached[static_cast<std::size_t>(a)]);
  }
}

TEST_CASE("the lake truncates where its map says, and does as told without slipping", "[environments]") {
  for (const std::string map : {"4x4", "8x8"}) {
    Env env("frozen_lake", {{"map", map}, {"slippery", 0.0}});
    env.reset({0}, {1});
    const std::int64_t most = map == "4x4" ? 100 : 200;
    for (std::int64_t t = 1; t <= most; ++t) CHECK(env.step({0}).truncated[0] == (t == most));
    CHECK(env.obs[0] == 1);
  }
  Env env("frozen_lake", {{"slippery", 0.0}});
  env.reset({0}, {1});
  for (std::int64_t a : {1, 1, 2, 1, 2}) CHECK(env.step({a}).terminated[0] == 0);
  const Env::Step last = env.step({2});
  CHECK(last.terminated[0] == 1);
  CHECK(last.reward[0] == 1);
}

TEST_CASE("a bandit's rewards have the mean of their arm and context, whatever the episode's seed", "[environments]") {
  Env exact("bandit", {{"noise", 0.0}, {"contexts", 3.0}}), noisy("bandit", {{"noise", 2.0}, {"contexts", 3.0}});
  std::map<std::size_t, std::set<double>> means;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    exact.reset({0}, {seed});
    const auto context =
        static_cast<std::size_t>(std::find(exact.obs.begin(), exact.obs.end(), 1.0f) - exact.obs.begin());
    const Env::Step step = exact.step({4});
    CHECK(step.terminated[0] == 1);
    means[context].insert(step.reward[0]);
  }
  CHECK(means.size() == 3);
  for (const auto& [context, values] : means) CHECK(values.size() == 1);
  CHECK(*means[0].begin() != *means[1].begin());
  exact.reset({0}, {0});
  const double fourth = exact.step({4}).reward[0];
  exact.reset({0}, {0});
  CHECK(exact.step({5}).reward[0] != fourth);
  double sum = 0, squares = 0, n = 0;
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    noisy.reset({0}, {seed});
    if (noisy.obs[0] != 1) continue;
    const double r = noisy.step({4}).reward[0] - *means[0].begin();
    sum += r, squares += r * r, n += 1;
  }
  CHECK(sum / n == Approx(0).margin(5 * 2 / std::sqrt(n)));  // five standard errors
  CHECK(std::sqrt(squares / n) == Approx(2).epsilon(0.05));
}
