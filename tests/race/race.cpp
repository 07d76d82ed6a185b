// SPDX-License-Identifier: MIT
// What racing decides, when, and how often that is right.
#include "search/race.hpp"

#include <algorithm>
#include <limits>

#include <catch2/catch.hpp>

#include "sweeps.hpp"

using namespace ubp;
using search::race;
using search::RaceCell;
using search::RaceResults;
using search::RaceState;
using State = search::Standing::State;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Runs a race with answers from `whole`, whose cells come in the order that `pick` says.
template <class Pick>
RaceState raced(const RaceResults& whole, const search::RaceOptions& options, Pick pick) {
  RaceResults known(whole.size());
  for (RaceState state = race(known, options);; state = race(known, options)) {
    if (!state.decided.empty()) return state;
    REQUIRE(!state.next.empty());
    const RaceCell cell = state.next[pick(state.next.size())];
    auto& row = known[cell.config];
    row.resize(std::max(row.size(), static_cast<std::size_t>(cell.replicate + 1)));
    REQUIRE(!row[cell.replicate]);  // nothing is run twice
    row[cell.replicate] = whole[cell.config][cell.replicate];
  }
}

}  // namespace

TEST_CASE("a race begins with the first replicates of every config, seed by seed", "[race]") {
  const RaceState state = race(RaceResults(3), {.min_replicates = 2});
  CHECK(state.next == std::vector<RaceCell>{{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}, {2, 1}});
  CHECK(state.decided.empty());
  CHECK(state.round == 0);
  const RaceState half = race({{1.0, 1.5}, {std::nullopt, 2.0}, {3.0}}, {.min_replicates = 2});
  CHECK(half.next == std::vector<RaceCell>{{1, 0}, {2, 1}});
}

TEST_CASE("those that are behind are set aside, and say why", "[race]") {
  const RaceState state = race({{5.0, 5.2, 5.1}, {1.0, 1.3, 1.15}, {1.05, 1.25, 1.2}}, {});
  CHECK(state.leader == 1);
  CHECK(state.round == 3);
  CHECK(state.standings[0].state != State::racing);
  CHECK_THAT(state.standings[0].why, Catch::Contains("after 3 replicates: behind config 1 by 3.95 (p = "));
  CHECK(state.standings[2].state == State::racing);
  CHECK(state.standings[2].why.empty());
  CHECK(state.next == std::vector<RaceCell>{{1, 3}, {2, 3}});
}

TEST_CASE("a difference that no chance explains is called worse; a large one on few seeds is not", "[race]") {
  RaceResults results(2);
  for (int r = 0; r < 20; ++r) {
    results[0].push_back(0.1 * r + 1 + 0.1 * (r % 3));  // the seeds differ by more than the configs
    results[1].push_back(0.1 * r);
  }
  const RaceState state = race(results, {.aside = 0});
  CHECK(state.standings[0].state == State::worse);
  CHECK_THAT(state.decided, Catch::StartsWith("config 1 is the only one left after "));
  CHECK(state.next.empty());
  CHECK(race({{2.0, 0.9, 3.1}, {0.0, 0.1, 0.05}}, {.aside = 0}).standings[0].state == State::racing);
}

TEST_CASE("what equals the leader stays until the seeds are spent", "[race]") {
  RaceResults equal(2);
  for (int r = 0; r < 5; ++r)
    for (auto& row : equal) row.push_back(1.0 * r);
  const RaceState state = race(equal, {.max_replicates = 5});
  CHECK(state.decided == "all 5 replicates are spent: config 0 leads, and 1 could not be told from it");
  CHECK(state.leader == 0);
  CHECK(state.standings[1].state == State::racing);
  CHECK(race({{1.0, 2.0, 3.0}}, {}).decided == "config 0 is the only one left after 3 replicates");
}

TEST_CASE("a failure is worse than any number", "[race]") {
  const RaceState state = race({{1.0, kNaN, 1.0}, {9.0, 8.0, 7.0}, {9.0, 8.5, 6.9}}, {});
  CHECK(state.leader == 1);
  CHECK(state.standings[0].state == State::aside);
  CHECK(state.standings[0].why == "set aside after 3 replicates: 1 of them failed, 0 of config 1");
  // Where all fail alike, the others count.
  const double kInf = std::numeric_limits<double>::infinity();
  const RaceState alike = race({{kInf, 8.0, 8.1, 8.2}, {1.0, kInf, 1.1, 1.3}}, {.min_replicates = 4});
  CHECK(alike.leader == 1);
  CHECK(race({{kNaN, kNaN, kNaN}, {kNaN, kNaN, kNaN}}, {.max_replicates = 3}).leader == 0);
}

TEST_CASE("the order of arrival decides nothing", "[race]") {
  for (std::uint64_t sweep = 0; sweep < 20; ++sweep) {
    const RaceResults whole = simulated(kNoises[0], 1, 6, 12, sweep);
    const search::RaceOptions options{.max_replicates = 12};
    const RaceState all = race(whole, options);
    Random random(sweep, "arrival");
    for (const RaceState& one : {raced(whole, options, [](std::size_t) { return std::size_t{0}; }),
                                 raced(whole, options, [&](std::size_t n) { return random.below(n); })}) {
      CHECK(one.leader == all.leader);
      CHECK(one.decided == all.decided);
      for (std::size_t c = 0; c < whole.size(); ++c) {
        CHECK(one.standings[c].why == all.standings[c].why);
        CHECK(one.standings[c].replicates == all.standings[c].replicates);
      }
    }
  }
}

// tests/race/race_table.cpp prints more of these.
TEST_CASE("in a thousand sweeps, no more than 5 % call an equal config worse", "[race]") {
  for (const Noise& noise : kNoises)
    for (const double aside : {0.0, 0.05}) {
      CAPTURE(noise.name, aside);
      CHECK(figures(noise, 0, {.aside = aside}).claims <= 0.05);
      CHECK(figures(noise, 1, {.aside = aside}).wrong <= 0.05);
    }
}

TEST_CASE("in a thousand sweeps, 95 % find the winner of all seeds in 40 % of the trials", "[race]") {
  for (const Noise& noise : kNoises) {
    CAPTURE(noise.name);
    const RaceFigures found = figures(noise, 1, {});
    CHECK(found.same >= 0.95);
    CHECK(found.trials <= 0.4);
  }
}

TEST_CASE("twice the difference is found in far fewer trials, and told", "[race]") {
  const RaceFigures far = figures(kNoises[0], 2, {}, 200), all = figures(kNoises[0], 2, {.aside = 0}, 200);
  CHECK(far.same >= 0.99);
  CHECK(far.trials < 0.25);
  CHECK(all.claims > 0.95);
}
