// SPDX-License-Identifier: MIT
// Metric series and their summaries.
#include <cmath>

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

struct Running {
  Folder folder;
  Store store{folder / "a.db"};
  std::int64_t sweep = store.declare(a_plan(2), a_machine());
  std::int64_t id = store.missing(sweep)[0].trial_id;

  Running() { store.start(id, 1, 0); }
  void log(const std::string& metric, std::int64_t step, double value) {
    const MetricPoint p{metric, step, value, 7};
    store.add_points(id, {&p, 1});
  }
  std::string ask(const std::string& sql) {
    store.flush();
    return ubp::ask(folder / "a.db", sql);
  }
};

/// The summaries that the writer kept, against those of the points.
constexpr const char* kWrongSummaries =
    "SELECT count(*) FROM (SELECT trial_id, metric, count(*) AS n, count(*) - count(value) AS nan, min(value) AS lo, "
    "max(value) AS hi, sum(value) AS sum, max(step) AS last_step FROM metrics GROUP BY 1, 2) m "
    "LEFT JOIN metric_stats s USING (trial_id, metric) WHERE s.n IS NOT m.n OR s.n_nan IS NOT m.nan OR s.min IS NOT "
    "m.lo OR "
    "s.max IS NOT m.hi OR s.last_step IS NOT m.last_step OR abs(s.mean * (s.n - s.n_nan) - m.sum) > 1e-12 "
    "OR s.last IS NOT (SELECT value FROM metrics x WHERE x.trial_id = m.trial_id AND x.metric = m.metric AND x.step = "
    "m.last_step)";

}  // namespace

TEST_CASE("a point is NULL where it was not a number, and infinite where it was", "[record]") {
  Running t;
  t.log("a", 0, NAN);
  t.log("a", 1, std::numeric_limits<double>::infinity());
  CHECK(t.ask("SELECT group_concat(coalesce(value, 'null')) FROM metrics") == "null,Inf");
  CHECK(t.ask("SELECT n || n_nan || (first IS NULL) || last || min_step FROM metric_stats") == "211Inf1");
}

TEST_CASE("a series without any number has no smallest one", "[record]") {
  Running t;
  t.log("a", 0, NAN);
  CHECK(t.ask("SELECT (min IS NULL) + (max IS NULL) + (mean IS NULL) + (min_step IS NULL) FROM metric_stats") == "4");
}

TEST_CASE("summaries agree with the points, whatever the order and the batches", "[record]") {
  Running t;
  const bool flush = GENERATE(false, true);
  for (std::int64_t i = 0; i < 200; ++i) {
    t.log("rising", i, std::sin(double(i)));
    t.log("again", i % 50, double(i) * (i % 2 ? -1 : 1));
    t.log("falling", 200 - i, i % 7 == 0 ? NAN : double(i));
    if (flush && i % 30 == 0) t.store.flush();
  }
  CHECK(t.ask(kWrongSummaries) == "0");
  CHECK(t.ask("SELECT n FROM metric_stats WHERE metric = 'again'") == "50");
  CHECK(t.ask("SELECT value FROM metrics WHERE metric = 'again' AND step = 3") == "-153.0");
  CHECK(t.ask("SELECT last_step FROM metric_stats WHERE metric = 'falling'") == "200");
}

TEST_CASE("a series goes on after the database was closed", "[record]") {
  const Folder folder;
  std::int64_t id = 0;
  for (int session = 0; session < 3; ++session) {
    Store store(folder / "a.db");
    const auto sweep = store.declare(a_plan(1), a_machine());
    id = store.missing(sweep)[0].trial_id;
    store.start(id, 1, session);
    const MetricPoint p{"a", session, double(10 - session), 0};
    store.add_points(id, {&p, 1});
    store.requeue(id, "interrupted");
  }
  CHECK(ask(folder / "a.db", kWrongSummaries) == "0");
  CHECK(ask(folder / "a.db", "SELECT n || ' ' || first || ' ' || last FROM metric_stats") == "3 10.0 8.0");
}

TEST_CASE("a trial that is replayed forgets what it had", "[record]") {
  Running t;
  for (int i = 0; i < 10; ++i) t.log("a", i, i);
  t.store.flush();
  for (int i = 10; i < 20; ++i) t.log("a", i, i);
  t.store.forget_points(t.id);
  CHECK(t.ask("SELECT count(*) FROM metrics") == "0");
  t.log("a", 0, 5);
  CHECK(t.ask("SELECT n || ' ' || last FROM metric_stats") == "1 5.0");
  CHECK(t.ask(kWrongSummaries) == "0");
}

TEST_CASE("points reach the disk by size without being asked", "[record]") {
  Running t;
  for (int i = 0; i < 5000; ++i) t.log("a", i, i);
  CHECK(ubp::ask(t.folder / "a.db", "SELECT count(*) FROM metrics") == "5000");
}

TEST_CASE("an artifact that is written again replaces itself", "[record]") {
  Running t;
  ArtifactRow a{"image", "grid.png", "00", "image/png", 5, 10, "a.files/grid.png"};
  t.store.add_artifact(t.id, a);
  a.sha256 = "11";
  t.store.add_artifact(t.id, a);
  CHECK(t.ask("SELECT count(*) || sha256 FROM artifacts") == "111");
}

TEST_CASE("an event keeps its data and its order", "[record]") {
  Running t;
  t.store.event(t.id, "checkpoint", R"({"step": 5})");
  t.store.event(std::nullopt, "stop", "{}");
  CHECK(t.ask("SELECT group_concat(kind) FROM event") == "checkpoint,stop");
  CHECK_THROWS_WITH(t.store.event(t.id, "x", "not json"), Catch::Contains("CHECK"));
}
