// SPDX-License-Identifier: MIT
// Sweeps with several objectives: what of a trial counts, and how configs stand.
#include <catch2/catch.hpp>

#include <cmath>
#include <random>

#include "support.hpp"

using namespace ubp;

namespace {

using Values = std::vector<double>;  // by objective

const std::vector<SweepObjective> kTwo = {{"test.mse", Goal::minimize, {}}, {"test.accuracy", Goal::maximize, 0.25}};
const std::vector<SweepObjective> kThree = {
    {"test.mse", Goal::minimize, {}}, {"test.accuracy", Goal::maximize, {}}, {"train.size", Goal::minimize, {}}};

ListedPlan several(std::int64_t configs, std::int64_t replicates, const std::vector<SweepObjective>& objectives,
                   const std::string& identity = "several") {
  ListedPlan plan = a_plan(configs, replicates, identity);
  plan.objectives = objectives;
  return plan;
}

Recorded run_with(Store& store, std::int64_t trial_id, const std::vector<SweepObjective>& objectives,
                  const Values& values) {
  store.start(trial_id, 1, 0);
  for (std::size_t m = 0; m < values.size(); ++m) {
    const std::vector<MetricPoint> points = {{objectives[m].metric, 0, 9, 1}, {objectives[m].metric, 10, values[m], 2}};
    store.add_points(trial_id, points);
  }
  return store.finish(trial_id, Outcome{});
}

/// By config number.
std::vector<std::size_t> ranks_in(const std::filesystem::path& file, std::int64_t sweep) {
  sqlite::Connection db(file.string(), SQLITE_OPEN_READONLY);
  sqlite::Statement row(db, "SELECT rank FROM pareto WHERE sweep_id = ?1 ORDER BY config");
  std::vector<std::size_t> ranks;
  for (row.bind(1, sweep); row.step();) ranks.push_back(static_cast<std::size_t>(row.integer(0)));
  return ranks;
}

/// Means of few different values, so that many are equal.
std::vector<Values> random_means(std::size_t configs, std::size_t objectives, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Values> means(configs, Values(objectives));
  for (Values& each : means)
    for (double& mean : each) mean = static_cast<double>(random() % 8) / 8;
  return means;
}

}  // namespace

TEST_CASE("a complete trial has a value of every objective", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(several(1, 1, kTwo), a_machine());
  const auto id = store.missing(sweep)[0].trial_id;
  const Recorded recorded = run_with(store, id, kTwo, {0.5, 0.75});
  CHECK(recorded.state == TrialState::complete);
  CHECK(recorded.value == 0.5);
  CHECK(recorded.values == Values{0.5, 0.75});
  CHECK(store.recorded(id).values == recorded.values);
  CHECK(store.values(sweep, kTwo, "last").at(0) == std::vector<Values>{{0.5, 0.75}});
  CHECK(store.values(sweep, kTwo, "max").at(0) == std::vector<Values>{{9, 9}});
  CHECK(store.values(sweep, kThree, "last").empty());
  CHECK(ask(folder / "a.db", "SELECT group_concat(metric || ' ' || goal || ' ' || value) FROM objective_values") ==
        "test.mse minimize 0.5,test.accuracy maximize 0.75");
  CHECK(ask(folder / "a.db", "SELECT group_concat(metric || ' ' || coalesce(reference, 'none')) FROM objectives") ==
        "test.mse none,test.accuracy 0.25");
}

TEST_CASE("a trial that lacks an objective, or has none that is finite, has failed", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto rows = store.missing(store.declare(several(2, 1, kTwo), a_machine()));
  const Recorded lacks = run_with(store, rows[0].trial_id, kTwo, {0.5});
  CHECK(lacks.failure == Failure::missing);
  CHECK(lacks.error == "test.accuracy: no value was recorded, but the sweep optimises it");
  CHECK(!lacks.value);
  const Recorded infinite = run_with(store, rows[1].trial_id, kTwo, {0.5, INFINITY});
  CHECK(infinite.failure == Failure::numeric);
  CHECK_THAT(infinite.error, Catch::StartsWith("test.accuracy: its last value over 2 points is inf"));
  CHECK(infinite.values.empty());
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM objective_values") == "0");
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM pareto") == "0");
}

TEST_CASE("a trial of other objectives is taken over if it has a value of each", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  ListedPlan one = a_plan(2), two = several(2, 1, kTwo);
  one.basis.host = two.basis.host = "this ubp";
  const auto rows = store.missing(store.declare(one, a_machine()));
  run_with(store, rows[0].trial_id, kTwo, {0.5, 0.75});
  run_with(store, rows[1].trial_id, kTwo, {0.5});
  const auto sweep = store.declare(two, a_machine());
  CHECK(store.reuse(sweep) == 1);
  const auto latest = store.latest(sweep);
  CHECK(latest[0].state == TrialState::complete);
  CHECK(store.recorded(latest[0].trial_id).values == Values{0.5, 0.75});
  CHECK(latest[1].state == TrialState::queued);
  CHECK(ask(folder / "a.db", "SELECT means FROM pareto") == R"({"test.mse":0.5,"test.accuracy":0.75})");
}

TEST_CASE("ranks of the view are those of C++, also of equal configs", "[record]") {
  for (const auto* objectives : {&kTwo, &kThree}) {
    const Folder folder;
    Store store(folder / "a.db");
    const std::vector<Values> means = random_means(80, objectives->size(), 7);
    store.missing(store.declare(a_plan(3), a_machine()));  // another one, of one objective
    const auto sweep = store.declare(several(80, 1, *objectives), a_machine());
    for (const TrialRow& row : store.missing(sweep))
      run_with(store, row.trial_id, *objectives, means[static_cast<std::size_t>(row.config_number)]);
    store.flush();
    const Standings expected = standings_of(*objectives, means);
    CHECK(ranks_in(folder / "a.db", sweep) == expected.ranks);
    CHECK(ask(folder / "a.db", "SELECT sum(front) FROM pareto") == std::to_string(expected.on_front));
    CHECK(ask(folder / "a.db", "SELECT objectives || ' ' || configs || ' ' || front FROM fronts") ==
          fmt::format("{} 80 {}", objectives->size(), expected.on_front));
  }
}

TEST_CASE("the hypervolume of the view is the area that is counted square by square", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const std::vector<Values> means = random_means(6, 2, 3);
  const auto sweep = store.declare(several(6, 1, kTwo), a_machine());
  for (const TrialRow& row : store.missing(sweep))
    run_with(store, row.trial_id, kTwo, means[static_cast<std::size_t>(row.config_number)]);
  double worst = 0;
  for (const Values& each : means) worst = std::max(worst, each[0]);
  int squares = 0;  // of 1/8 by 1/8
  for (double x = 0; x < worst; x += 0.125)
    for (double y = 0.25; y < 1; y += 0.125)  // from the reference up
      squares += std::any_of(means.begin(), means.end(), [&](const Values& m) { return m[0] <= x && m[1] > y; });
  REQUIRE(squares > 0);
  CHECK(std::stod(ask(folder / "a.db", "SELECT hypervolume FROM fronts")) == squares / 64.0);
  CHECK(standings_of(kTwo, means).hypervolume == squares / 64.0);
}

TEST_CASE("means are over replicates, the last complete attempt of each", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(several(1, 2, kTwo), a_machine());
  const auto rows = store.missing(sweep);
  run_with(store, rows[0].trial_id, kTwo, {0.5, 0.5});
  run_with(store, rows[1].trial_id, kTwo, {1.5, 0.25});
  for (const TrialRow& row : store.missing(sweep, Again::everything))
    if (row.replicate == 0) run_with(store, row.trial_id, kTwo, {2.5, 0.75});
  CHECK(ask(folder / "a.db", "SELECT group_concat(n || ' ' || mean || ' ' || round(sd, 6)) FROM objective_stats") ==
        "2 2.0 0.707107,2 0.5 0.353553");
  CHECK(ask(folder / "a.db", "SELECT round(ci95, 4) FROM objective_stats WHERE objective = 0") == "6.3531");
}

TEST_CASE("a reference that is given later counts, and the sweep stays the same", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(several(1, 1, kTwo), a_machine());
  ListedPlan other = several(1, 1, kTwo);
  other.objectives[0].reference = 3.5;
  other.spec_text = "another";
  CHECK(store.declare(other, a_machine()) == sweep);
  CHECK(ask(folder / "a.db", "SELECT reference FROM objectives WHERE objective = 0") == "3.5");
  CHECK(ask(folder / "a.db", "SELECT spec FROM sweep") == "another");
}

TEST_CASE("a database of an ubp that knew one objective gets the views of several", "[record]") {
  const Folder folder;
  {
    sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    migrate(db, migrations().first(3));
    for (const char* view : {"fronts", "pareto", "objective_stats", "objective_values", "objectives"})
      db.run(std::string("DROP VIEW ") + view);
  }
  Store store(folder / "a.db");
  const auto sweep = store.declare(several(1, 1, kTwo), a_machine());
  run_with(store, store.missing(sweep)[0].trial_id, kTwo, {0.5, 0.75});
  CHECK(ask(folder / "a.db", "SELECT rank FROM pareto") == "1");
  CHECK(ask(folder / "a.db.v3.bak", "PRAGMA user_version") == "3");
}
