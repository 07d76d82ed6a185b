// SPDX-License-Identifier: MIT
// How a trial ends, and that its record stays as it is: the database itself refuses.
#include <cmath>

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

struct OneTrial {
  Folder folder;
  Store store{folder / "a.db"};
  std::int64_t sweep = 0, id = 0;

  explicit OneTrial(const std::string& reduce = "last", bool maximize = false) {
    Plan plan = a_plan(1);
    plan.reduce = reduce;
    plan.goal = maximize ? Goal::maximize : Goal::minimize;
    sweep = store.declare(plan, a_machine());
    id = store.missing(sweep)[0].trial_id;
    store.start(id, 1, 0);
  }
  void log(std::vector<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const MetricPoint p{"test.mse", static_cast<std::int64_t>(i), values[i], 0};
      store.add_points(id, {&p, 1});
    }
  }
  std::string ask(const std::string& column) { return ubp::ask(folder / "a.db", "SELECT " + column + " FROM trials"); }
};

constexpr double kInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a trial's value is its metric's series, reduced", "[record]") {
  const auto [reduce, expected] =
      GENERATE(table<std::string, double>({{"last", 3}, {"min", 1}, {"max", 8}, {"mean", 4}}));
  OneTrial t(reduce);
  t.log({4, 1, 8, 3});
  CHECK(t.store.finish(t.id, {}).value == expected);
  CHECK(t.ask("state") == "COMPLETE");
}

TEST_CASE("a trial that is complete without a number for its objective has failed", "[record]") {
  SECTION("nothing was recorded") {
    OneTrial t;
    t.store.finish(t.id, {});
    CHECK(t.ask("state || ' ' || reason || ' ' || error") ==
          "FAILED missing test.mse: no value was recorded, but the sweep optimises it");
  }
  SECTION("the last value is not a number") {
    OneTrial t;
    t.log({1, NAN});
    t.store.finish(t.id, {});
    CHECK(t.ask("state || ' ' || reason || ' ' || error") ==
          "FAILED numeric test.mse: its last value over 2 points is nan, not a finite number (last step 1)");
  }
  SECTION("it is infinite") {
    OneTrial t("max", true);
    t.log({1, kInf});
    t.store.finish(t.id, {});
    CHECK(t.ask("reason") == "numeric");
  }
  SECTION("a mean does not step over what is not a number") {
    OneTrial t("mean");
    t.log({1, NAN, 3});
    t.store.finish(t.id, {});
    CHECK(t.ask("reason") == "numeric");
  }
  SECTION("a minimum does") {
    OneTrial t("min");
    t.log({1, NAN, 3});
    CHECK(t.store.finish(t.id, {}).value == 1);
  }
}

TEST_CASE("a trial without an objective metric has no value and is complete", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  Plan plan = a_plan(1);
  plan.metric = "";
  const auto id = store.missing(store.declare(plan, a_machine()))[0].trial_id;
  CHECK(run_trial(store, id, 0.5).value == std::nullopt);
  CHECK(ask(folder / "a.db", "SELECT state FROM trials") == "COMPLETE");
}

TEST_CASE("an outcome is recorded whole", "[record]") {
  OneTrial t;
  Outcome outcome = failed(Failure::crash, "reconstruction.loss: segmentation fault");
  outcome.exit_code = 3;
  outcome.signal = 11;
  outcome.cpu_ms = 1500;
  outcome.wall_ms = 2500;
  outcome.max_rss_kb = 2048;
  outcome.log_tail = "last words\n";
  t.store.finish(t.id, outcome);
  CHECK(t.ask("reason||'|'||error||'|'||exit_code||'|'||signal||'|'||cpu_seconds||'|'||seconds||'|'||max_rss_mb") ==
        "crash|reconstruction.loss: segmentation fault|3|11|1.5|2.5|2.0");
  CHECK(ask(t.folder / "a.db", "SELECT log FROM failures") == "last words\n");
}

TEST_CASE("a failure without its reason is refused", "[record]") {
  OneTrial t;
  CHECK_THROWS_WITH(t.store.finish(t.id, failed(Failure::none, "it broke")), Catch::Contains("CHECK"));
  CHECK_THROWS_WITH(t.store.finish(t.id, failed(Failure::crash, "")), Catch::Contains("CHECK"));
  CHECK(t.ask("state") == "RUNNING");
  t.store.finish(t.id, failed());
  CHECK(t.ask("state") == "FAILED");
}

TEST_CASE("a finished trial refuses more of everything from the Store", "[record]") {
  OneTrial t;
  t.log({1});
  t.store.finish(t.id, {});
  const MetricPoint p{"test.mse", 9, 9, 9};
  CHECK_THROWS_WITH(t.store.add_points(t.id, {&p, 1}), Catch::Contains("is finished"));
  CHECK_THROWS_WITH(t.store.forget_points(t.id), Catch::Contains("is finished"));
  CHECK_THROWS_WITH(t.store.add_artifact(t.id, {}), Catch::Contains("is finished"));
  CHECK_THROWS_WITH(t.store.start(t.id, 1, 0), Catch::Contains("is finished"));
  CHECK_THROWS_WITH(t.store.finish(t.id, {}), Catch::Contains("is finished"));
  CHECK_THROWS_WITH(t.store.requeue(t.id, ""), Catch::Contains("is finished"));
  CHECK_THROWS_WITH(t.store.add_points(999, {&p, 1}), Catch::Contains("trial 999 is not in"));
}

TEST_CASE("a finished trial refuses every statement that would change it", "[record]") {
  OneTrial t;
  t.log({1, 2});
  t.store.add_artifact(t.id, {"image", "grid.png", "00", "image/png", 1, 10, "a.files/grid.png"});
  Outcome outcome;
  outcome.log_tail = "done";
  t.store.finish(t.id, outcome);
  const std::string statement = GENERATE(
      as<std::string>{}, "UPDATE trial SET value = 0",
      "UPDATE trial SET state = 'RUNNING', finished_ms = NULL, value = NULL", "DELETE FROM trial",
      "REPLACE INTO trial SELECT * FROM trial", "UPDATE OR REPLACE trial SET seed = 1", "UPDATE metric SET value = 0",
      "DELETE FROM metric", "REPLACE INTO metric SELECT * FROM metric", "INSERT INTO metric VALUES(1, 1, 99, 0, 0)",
      "INSERT INTO metric VALUES(2, 1, 99, 0, 0)", "UPDATE metric_summary SET last = 0", "DELETE FROM metric_summary",
      "REPLACE INTO metric_summary SELECT * FROM metric_summary", "UPDATE artifact SET sha256 = ''",
      "DELETE FROM artifact", "REPLACE INTO artifact SELECT * FROM artifact", "UPDATE trial_log SET tail = ''",
      "DELETE FROM trial_log", "UPDATE trial_plugin SET plugin_id = 2", "DELETE FROM trial_plugin",
      "UPDATE config SET params = '{}'", "UPDATE param SET num = 0", "UPDATE config_spec SET spec = '{}'",
      "UPDATE sweep SET identity = 'b'", "UPDATE sweep SET goal = 'maximize'", "UPDATE plugin SET sha256 = ''",
      "UPDATE environment SET host = ''", "UPDATE source SET dirty = 1", "UPDATE metric_name SET name = 'x'");
  CAPTURE(statement);
  sqlite::Connection other((t.folder / "a.db").string(),
                           SQLITE_OPEN_READWRITE);  // with foreign keys off, as in any tool
  CHECK_THROWS_WITH(other.run(statement), Catch::Contains("change") || Catch::Contains("identity"));
}

TEST_CASE("a running trial's points cannot be moved into a finished one", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto rows = store.missing(store.declare(a_plan(2), a_machine()));
  run_trial(store, rows[0].trial_id, 1);
  store.start(rows[1].trial_id, 1, 0);
  const MetricPoint p{"test.mse", 77, 9, 9};
  store.add_points(rows[1].trial_id, {&p, 1});
  store.flush();
  sqlite::Connection other((folder / "a.db").string(), SQLITE_OPEN_READWRITE);
  CHECK_THROWS_WITH(other.run("UPDATE metric SET trial_id = 1 WHERE trial_id = 2"), Catch::Contains("cannot change"));
  other.run("DELETE FROM metric WHERE trial_id = 2");
}
