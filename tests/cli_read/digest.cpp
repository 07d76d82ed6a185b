// SPDX-License-Identifier: MIT
// The digest of results: equal for equal results, whatever happened on the way; different for any other bit.
#include <catch2/catch.hpp>

#include "query/check.hpp"
#include "records.hpp"

using namespace ubp;

namespace {

std::string digest(const std::filesystem::path& file) {
  Reader reader(file);
  const CheckResult result = check(reader);
  CHECK(result.problems.empty());
  return result.digest;
}

void run_all(Store& store, double value, double speed = 100) {
  const auto sweep = store.declare(a_plan(2, 2), a_machine());
  for (const TrialRow& t : store.missing(sweep)) {
    store.start(t.trial_id, 1, 0);
    const MetricPoint points[] = {{"test.mse", 0, value, 1},
                                  {"train.loss", 5, value / 2, 1},
                                  {"train.steps_per_second", 5, speed, 1},
                                  {"train.seconds", 5, speed, 2}};
    store.add_points(t.trial_id, points);
    store.finish(t.trial_id, Outcome{});
  }
}

}  // namespace

TEST_CASE("equal results have equal digests, however they came about", "[query]") {
  const Folder folder;
  {
    Store store(folder / "plain.db");
    run_all(store, 0.5);
  }
  {
    Store store(folder / "eventful.db");
    store.declare(a_plan(1, 1, "nothing of this one completes"), a_machine());
    auto rows = store.missing(store.declare(a_plan(2, 2), a_machine()));
    store.start(rows[1].trial_id, 1, 0);
    const MetricPoint p{"train.other", 3, 3, 3};
    store.add_points(rows[1].trial_id, {&p, 1});
    store.replace_lost(rows[1].trial_id, failed(Failure::killed, "it was killed"));
    store.start(rows[3].trial_id, 1, 0);
    store.finish(rows[3].trial_id, failed());
    store.missing(rows[3].trial_id);
    run_all(store, 0.25);  // one attempt with other results, which the last one replaces
    for (const TrialRow& t : store.missing(2, Again::everything)) {
      store.start(t.trial_id, 1, 0);
      const MetricPoint points[] = {{"train.seconds", 5, 7, 2}, {"train.loss", 5, 0.25, 9}, {"test.mse", 0, 0.5, 8}};
      store.add_points(t.trial_id, points);
      store.finish(t.trial_id, Outcome{});
    }
  }
  CHECK(digest(folder / "plain.db") == digest(folder / "eventful.db"));
}

TEST_CASE("the last bit of one value changes the digest, the clock does not", "[query]") {
  const Folder folder;
  {
    Store store(folder / "a.db");
    run_all(store, 0.5);
  }
  {
    Store store(folder / "b.db");
    run_all(store, std::nextafter(0.5, 1));
  }
  {
    Store store(folder / "c.db");
    run_all(store, 0.5, 200);
  }
  CHECK(digest(folder / "a.db") != digest(folder / "b.db"));
  CHECK(digest(folder / "a.db") == digest(folder / "c.db"));
}

TEST_CASE("a component's own metric counts, whatever its name sounds like", "[query]") {
  const std::string metric =
      GENERATE(as<std::string>{}, "test.x_seconds", "test.rows_per_second", "train.seconds_left");
  const Folder folder;
  for (const double value : {1.0, 2.0}) {
    Store store(folder / (value == 1 ? "a.db" : "b.db"));
    const auto trial = store.missing(store.declare(a_plan(1), a_machine()))[0].trial_id;
    store.start(trial, 1, 0);
    const MetricPoint points[] = {{"test.mse", 0, 0.5, 1}, {metric, 0, value, 1}};
    store.add_points(trial, points);
    store.finish(trial, Outcome{});
  }
  CAPTURE(metric);
  CHECK(digest(folder / "a.db") != digest(folder / "b.db"));
}

TEST_CASE("a database without results has a digest, too", "[query]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  CHECK(digest(folder / "a.db").size() == 64);
}

TEST_CASE("a check finds what should not be", "[query]") {
  const auto [damage, finding] = GENERATE(table<std::string, std::string>(
      {{"DELETE FROM trial WHERE trial_id = 1", "4 metric series belong to no trial"},
       {"DELETE FROM metric_summary WHERE trial_id = 1 AND metric_id = 1",
        "1 metric series have no summary, or one that counts otherwise"},
       {"DELETE FROM metric WHERE trial_id = 1 AND metric_id = 1 ", "1 metric summaries have no points"},
       {"DELETE FROM metric_name WHERE metric_id = 2", "4 metric series have no name"},
       {"DELETE FROM config_spec WHERE config_id = 1", "1 configs have no resolved spec"},
       {"UPDATE trial SET value = NULL", "4 complete trials have no value, though their sweep has a metric"},
       {"DELETE FROM experiment", "1 rows of sweep refer to a missing experiment"}}));
  const Folder folder;
  {
    Store store(folder / "a.db");
    run_all(store, 0.5);
  }
  {
    sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READWRITE);
    sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    db.run(damage);
  }
  Reader reader(folder / "a.db");
  const auto problems = check(reader).problems;
  CAPTURE(damage, problems);
  CHECK(std::find(problems.begin(), problems.end(), finding) != problems.end());
}
