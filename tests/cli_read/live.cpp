// SPDX-License-Identifier: MIT
// Reading a database while it is written, and one that lies where nothing can be written.
#include <fcntl.h>
#include <sys/stat.h>

#include <unistd.h>

#include <catch2/catch.hpp>

#include "command.hpp"
#include "query/listing.hpp"
#include "records.hpp"

using namespace ubp;

TEST_CASE("what is flushed is seen while the trial still runs", "[cli]") {
  const Folder folder;
  Store store(folder / "ubp.db");
  const auto id = store.missing(store.declare(a_plan(2), a_machine()))[0].trial_id;
  store.start(id, 4711, 0);
  const MetricPoint p{"train.loss", 30, 0.125, 5};
  store.add_points(id, {&p, 1});
  store.flush();
  const Seen top = run(folder / "", "ubp top");
  CHECK(top.code == 0);
  CHECK_THAT(top.out, Catch::Contains("written by process " + std::to_string(getpid())));
  CHECK_THAT(top.out, Catch::Contains("RUNNING") && Catch::Contains("0.125"));
  const Seen json = run(folder / "", "ubp top --format json");
  CHECK(nlohmann::json::parse(json.out)["running"][0]["step"] == 30);
  CHECK(run(folder / "", "ubp db check").code == 0);
}

TEST_CASE("a trial that runs is shown with its last note, if that warns", "[cli]") {
  const Folder folder;
  Store store(folder / "ubp.db");
  const auto id = store.missing(store.declare(a_plan(1), a_machine()))[0].trial_id;
  store.start(id, 4711, 0);
  const auto shown_after = [&](int level, const char* text) {
    store.event(id, "note", nlohmann::json{{"level", level}, {"who", "ubp"}, {"text", text}}.dump());
    store.flush();
    const Seen json = run(folder / "", "ubp top --format json");
    return nlohmann::json::parse(json.out)["running"][0]["note"];
  };
  CHECK(shown_after(UBP_LOG_WARN, "no step for 60 s") == "no step for 60 s");
  CHECK_THAT(run(folder / "", "ubp top").out, Catch::Contains("no step for 60 s"));
  CHECK(shown_after(UBP_LOG_INFO, "goes on").is_null());
}

TEST_CASE("one reader sees one state", "[query]") {
  const Folder folder;
  Store store(folder / "ubp.db");
  const auto rows = store.missing(store.declare(a_plan(2), a_machine()));
  Reader reader(folder / "ubp.db");
  const auto complete = [&] {
    return std::get<std::int64_t>((*reader.first({"SELECT count(*) FROM trials WHERE state = 'COMPLETE'"}))[0]);
  };
  CHECK(complete() == 0);
  run_trial(store, rows[0].trial_id, 0.5);
  CHECK(complete() == 0);
  CHECK(std::get<std::int64_t>(
            (*Reader(folder / "ubp.db").first({"SELECT count(*) FROM trials WHERE state = 'COMPLETE'"}))[0]) == 1);
}

TEST_CASE("a finished database can be read in a folder where nobody may write", "[query]") {
  const Folder folder;
  std::filesystem::create_directory(folder / "media");
  {
    Store store(folder / "media/a %?.db");
    const auto sweep = store.declare(a_plan(1), a_machine());
    run_trial(store, store.missing(sweep)[0].trial_id, 0.5);
    store.finish_sweep(sweep);
  }
  chmod((folder / "media").c_str(), 0555);
  {
    Reader reader(folder / "media/a %?.db");
    CHECK(reader.rows({"SELECT * FROM trials"}).size() == 1);
  }
  chmod((folder / "media").c_str(), 0755);
}

TEST_CASE("a reader refuses all that is not a question", "[query]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  Reader reader(folder / "a.db");
  const std::string statement = GENERATE(
      as<std::string>{}, "DELETE FROM trial", "CREATE TEMP TABLE t(x)", "CREATE TABLE t(x)", "ATTACH '/tmp/x.db' AS x",
      "DETACH main", "PRAGMA user_version = 3; SELECT 1", "PRAGMA journal_mode", "VACUUM", "VACUUM INTO '/tmp/x'",
      "BEGIN", "COMMIT", "REINDEX", "ANALYZE", "DROP VIEW trials", "SELECT load_extension('x')", "", "-- nothing",
      "SELECT 1; SELECT 2", "SELECT * FROM nowhere", "SELECT abs(-9223372036854775807 - 1)");
  CAPTURE(statement);
  try {
    reader.rows({statement});
    FAIL("it was run");
  } catch (const Error& e) {
    CHECK(e.code() == Exit::usage);
    CHECK_THAT(e.what(), Catch::StartsWith("sql: "));
  }
  CHECK(reader.rows({"SELECT * FROM sweeps"}).empty());
}

TEST_CASE("a question may be put to functions that are tables", "[query]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  Reader reader(folder / "a.db");
  CHECK(reader.rows({"SELECT value FROM json_each('[4,5]') UNION SELECT atom FROM json_tree('[6]') WHERE atom > 0"})
            .size() == 3);
  CHECK(text_of(reader.rows({"SELECT name FROM pragma_table_info('trial') LIMIT 1"}).at(0).at(0)) == "trial_id");
}

TEST_CASE("a question has its limits: time, the size of a value, memory", "[query]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  Reader reader(folder / "a.db");
  reader.limit(1);
  const std::string endless = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) ";
  const auto refusal = [&](const std::string& sql) -> std::string {
    try {
      reader.rows({sql});
    } catch (const Error& e) {
      CHECK(e.code() == Exit::usage);
      return e.what();
    }
    return "";
  };
  CHECK(refusal("SELECT hex(zeroblob(4e8))") == "sql: a value is larger than 64 MiB");
  CHECK(refusal(endless + "SELECT count(*) FROM t") == "sql: took longer than 1 s: --seconds N gives it longer");
  reader.limit(600);
  CHECK(refusal(endless + "SELECT sum(length(r)) FROM (SELECT zeroblob(6e7) AS r FROM t LIMIT 100 OFFSET 0) GROUP BY r "
                          "ORDER BY r") == "sql: needs more memory than 1024 MiB");
  CHECK(reader.rows({"SELECT 1"}).size() == 1);
}

TEST_CASE("a listing's parameters are columns, whatever their names and types", "[query]") {
  const Folder folder;
  Store store(folder / "a.db");
  ListedPlan plan = a_plan(1);
  plan.configs()[0].params = {
      {"a \"quoted\" name", 1}, {"flag", true}, {"list", {64, 32}}, {"rate", 0.1}, {"text", "it's"}};
  const auto sweep = store.declare(plan, a_machine());
  Reader reader(folder / "a.db");
  TrialFilter filter;
  filter.sweep_id = sweep;
  const Row row = reader.rows(trial_listing(reader, filter)).at(0);
  CHECK(text_of(row[6]) == "1");
  CHECK(text_of(row[7]) == "true");
  CHECK(text_of(row[8]) == "[64,32]");
  CHECK(text_of(row[9]) == "0.1");
  CHECK(text_of(row[10]) == "it's");
}
