// SPDX-License-Identifier: MIT
// Databases of other versions.
#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

std::vector<Migration> and_then(const std::string& sql) {
  std::vector<Migration> known(migrations().begin(), migrations().end());
  known.push_back({known.back().version + 1, sql});
  return known;
}

}  // namespace

TEST_CASE("a database of a newer ubp is refused in one sentence", "[record]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  ask(folder / "a.db", "PRAGMA user_version = 99");
  try {
    Store store(folder / "a.db");
    FAIL("it was opened");
  } catch (const Error& e) {
    CHECK(e.code() == Exit::newer_database);
    CHECK_THAT(e.what(), Catch::Contains("newer ubp (schema 99"));
  }
}

TEST_CASE("a migration keeps the records and a backup of the file before it", "[record]") {
  const Folder folder;
  {
    Store store(folder / "a.db");
    const auto sweep = store.declare(a_plan(1), a_machine());
    run_trial(store, store.missing(sweep)[0].trial_id, 0.5);
  }
  const auto known = and_then("ALTER TABLE sweep ADD COLUMN note TEXT");
  {
    sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READWRITE);
    migrate(db, known);
    CHECK(version_of(db, known) == known.back().version);
    migrate(db, known);  // nothing left to do: no second backup
  }
  CHECK(ask(folder / "a.db", "SELECT count(*) || (note IS NULL) FROM sweep, trials WHERE value = 0.5") == "11");
  CHECK(ask(folder / "a.db.v6.bak", "SELECT count(*) FROM trials WHERE value = 0.5") == "1");
  CHECK(ask(folder / "a.db.v6.bak", "PRAGMA user_version") == "6");
  CHECK_FALSE(std::filesystem::exists(folder / "a.db.v6.bak.2"));
}

TEST_CASE("a migration that fails leaves the database as it was", "[record]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  {
    sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READWRITE);
    CHECK_THROWS(migrate(db, and_then("CREATE TABLE fresh(x); CREATE TABLE sweep(x)")));
  }
  CHECK(ask(folder / "a.db", "PRAGMA user_version") == "6");
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM sqlite_master WHERE name = 'fresh'") == "0");
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM sweeps") == "0");
}
