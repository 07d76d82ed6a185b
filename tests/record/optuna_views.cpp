// SPDX-License-Identifier: MIT
// What Optuna reads stays through all that a database goes through, and goes without a trace.
#include <catch2/catch.hpp>

#include "record/merge.hpp"
#include "record/study_file.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

std::string state_told(const std::filesystem::path& file) {
  return ask(file, "SELECT group_concat(state) FROM (SELECT state FROM trials ORDER BY trial_id)");
}

std::string stamped(const std::filesystem::path& file) { return ask(file, "SELECT version_num FROM alembic_version"); }

std::string schema_of(const std::filesystem::path& file) {
  return ask(file,
             "SELECT group_concat(type || name || tbl_name || coalesce(sql, '')) FROM (SELECT * FROM "
             "sqlite_schema ORDER BY name)");
}

/// One complete, one failed, one queued.
void fill(const std::filesystem::path& file, const std::string& identity = "a") {
  Store store(file);
  const auto rows = store.missing(store.declare(a_plan(3, 1, identity), a_machine()));
  run_trial(store, rows[0].trial_id, 0.5);
  store.start(rows[1].trial_id, 1, 0);
  store.finish(rows[1].trial_id, failed());
}

}  // namespace

TEST_CASE("Optuna is let in beside a writer, and leaves no trace", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  const std::string before = schema_of(file);
  Store store(file);  // another process
  serve_optuna(file, OptunaRelease::since_3_2);
  CHECK(state_told(file) == "COMPLETE,FAIL,WAITING");
  CHECK(ask(file, "SELECT group_concat(state) FROM executions") == "COMPLETE,FAILED,QUEUED");
  CHECK(stamped(file) == "v3.2.0.a");
  ask(file, "INSERT INTO study_system_attributes(study_id, \"key\", value_json) VALUES(1, 'a', '1')");
  serve_optuna(file, OptunaRelease::of_3_1);
  CHECK(stamped(file) == "v3.0.0.d");
  CHECK(ask(file, "SELECT count(*) FROM study_system_attributes") == "1");
  run_trial(store, store.missing(1)[0].trial_id, 0.25);
  CHECK(state_told(file) == "COMPLETE,FAIL,COMPLETE");
  CHECK(stop_serving_optuna(file) == 1);
  CHECK(schema_of(file) == before);
  CHECK(state_told(file) == "COMPLETE,FAILED,COMPLETE");
  CHECK(stop_serving_optuna(file) == 0);
}

TEST_CASE("what Optuna reads stays through a migration, a merge and a copy", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  fill(folder / "shard.db", "b");
  serve_optuna(file, OptunaRelease::of_3_1);
  std::vector<Migration> known(migrations().begin(), migrations().end());
  known.push_back({known.back().version + 1, ""});
  {
    sqlite::Connection db(file, SQLITE_OPEN_READWRITE);
    migrate(db, known);
  }
  CHECK(state_told(file) == "COMPLETE,FAIL,WAITING");
  CHECK(stamped(file) == "v3.0.0.d");
  ask(file, fmt::format("PRAGMA user_version = {}", migrations().back().version));
  merge(file, folder / "shard.db");
  CHECK(state_told(file) == "COMPLETE,FAIL,WAITING,COMPLETE,FAIL,WAITING");
  CHECK(ask(file, "SELECT group_concat(number) FROM (SELECT number FROM trials ORDER BY trial_id)") == "0,1,2,0,1,2");
  Store(file).publish(folder / "copy.db");
  CHECK(state_told(folder / "copy.db") == "COMPLETE,FAIL,WAITING,COMPLETE,FAIL,WAITING");
  CHECK(stamped(folder / "copy.db") == "v3.0.0.d");
}

TEST_CASE("a database of schema 5 gets the view that trials was", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  {  // as an ubp of schema 5 left it
    sqlite::Connection db(file, SQLITE_OPEN_READWRITE);
    const std::string sql = ask(file, "SELECT sql FROM sqlite_schema WHERE name = 'executions'");
    db.run("DROP VIEW trials; DROP VIEW executions; " + std::string("CREATE VIEW trials") +
           sql.substr(std::string("CREATE VIEW executions").size()) + "; PRAGMA user_version = 5");
  }
  { const Store store(file); }
  CHECK(ask(file, "SELECT group_concat(state) FROM executions") == "COMPLETE,FAILED,QUEUED");
  CHECK(state_told(file) == "COMPLETE,FAILED,QUEUED");
}

TEST_CASE("a study file has the trials that have ended, numbered anew", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db", study = folder / "study.db";
  fill(file);
  const Store writer(file);
  const WrittenStudies written = write_studies(file, {}, study, OptunaRelease::since_3_2);
  CHECK((written.studies == 1 && written.trials == 2 && written.unfinished == 1));
  CHECK(ask(study, "SELECT group_concat(number || state) FROM trials") == "0COMPLETE,1FAIL");
  CHECK(ask(study, "SELECT count(*) FROM trial_params WHERE trial_id = 3") == "0");
  CHECK(ask(study, "SELECT value_json FROM study_system_attributes") == "[\"test.mse\"]");
  CHECK_THROWS_AS(write_studies(file, {}, study, OptunaRelease::since_3_2), Error);
  CHECK_FALSE(std::filesystem::exists(folder / "study.db.part"));
}
