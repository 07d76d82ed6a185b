// SPDX-License-Identifier: MIT
// Which of two records stands, and what cannot be one sweep.
#include <catch2/catch.hpp>

#include "content.hpp"
#include "record/merge.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

/// One trial, in the state that its name says.
std::filesystem::path one(const Folder& folder, const std::string& state) {
  const std::filesystem::path file = folder / (state + ".db");
  Store store(file);
  const std::int64_t sweep = store.declare(a_plan(1), a_machine());
  if (state == "QUEUED") return file;
  const std::int64_t id = store.latest(sweep).at(0).trial_id;
  store.start(id, 1, 0);
  if (state == "RUNNING") return file;
  Outcome outcome;
  outcome.state = state_named(state).value();
  outcome.failure = state == "LOST" || state == "FAILED" ? Failure::killed : Failure::none;
  if (state == "COMPLETE") {
    const MetricPoint point{"test.mse", 0, 0.5, 1};
    store.add_points(id, {&point, 1});
  } else {
    outcome.error = "a sentence";
  }
  store.finish(id, outcome);
  return file;
}

std::string refusal(const std::filesystem::path& main, const std::filesystem::path& shard) {
  try {
    merge(main, shard);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("of two records of one trial that which came further stands") {
  const std::vector<std::string> states = {"QUEUED", "RUNNING", "LOST", "CANCELLED", "FAILED", "PRUNED", "COMPLETE"};
  const Folder folder;
  for (const std::string& state : states) one(folder, state);
  for (std::size_t a = 0; a < states.size(); ++a)
    for (std::size_t b = 0; b < states.size(); ++b) {
      const auto main = folder / fmt::format("{}{}.db", a, b);
      merge(main, folder / (states[a] + ".db"));
      const Merged merged = merge(main, folder / (states[b] + ".db"));
      CAPTURE(states[a], states[b]);
      CHECK(ask(main, "SELECT group_concat(state) FROM trial") == states[std::max(a, b)]);
      CHECK(merged.trials == (b > a));
    }
}

TEST_CASE("a merged database refuses changes as before") {
  const Folder folder;
  merge(folder / "main.db", one(folder, "COMPLETE"));
  CHECK_THROWS_WITH(ask(folder / "main.db", "UPDATE trial SET value = 7"), Catch::Contains("its record cannot change"));
  CHECK_THROWS_WITH(ask(folder / "main.db", "DELETE FROM metric"), Catch::Contains("its record cannot change"));
}

TEST_CASE("what cannot be one sweep is refused, and nothing changes") {
  const Folder folder;
  const auto main = folder / "main.db", shard = folder / "shard.db";
  ListedPlan plan = a_plan(2, 1);
  plan.basis.host = "a build";
  {
    Store store(main);
    run_trial(store, store.missing(store.declare(plan, a_machine())).at(0).trial_id, 0.25);
  }
  const std::string before = content(main);
  std::string expected;
  SECTION("other parameters") {
    plan.configs()[1].params["optimizer.lr"] = 7;
    Store(shard).declare(plan, a_machine());
    expected = "config 1 is";
  }
  SECTION("another seed") {
    plan.configs()[0].seeds[0] += 1;
    Store(shard).declare(plan, a_machine());
    expected = "replicate 0 of config 0 has another seed";
  }
  SECTION("other results") {
    Store store(shard);
    run_trial(store, store.missing(store.declare(plan, a_machine())).at(0).trial_id, 0.2500000001);
    expected = "config 0, replicate 0 has other results there than an equal trial";
  }
  SECTION("other results, in another sweep") {
    ListedPlan other = plan;
    other.identity = "b";
    Store store(shard);
    run_trial(store, store.missing(store.declare(other, a_machine())).at(0).trial_id, 0.2500000001);
    expected = "other results";
  }
  CHECK_THAT(refusal(main, shard), Catch::Contains(expected) && Catch::StartsWith(shard.string()));
  CHECK(content(main) == before);
  CHECK(refusal(main, main) == main.string() + ": is the database that others are merged into");
}
