// SPDX-License-Identifier: MIT
#include "record/optuna.hpp"

#include "record/beside.hpp"

namespace ubp {

using sqlite::Connection;
using sqlite::Statement;
using sqlite::Transaction;

extern const char* const kOptunaSql;
extern const char* const kOptunaOnSql;
extern const char* const kOptunaOffSql;

namespace {

/// That of a table, if the file has one that Optuna would take for its own.
std::string occupied(Connection& db) {
  Statement find(db,
                 "SELECT name FROM sqlite_schema WHERE name IN ('alembic_version', 'version_info', "
                 "'study_system_attributes', 'studies') LIMIT 1");
  return find.step() ? find.text(0) : "";
}

}  // namespace

bool serves_optuna(Connection& db) {
  return db.integer(
             "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = "
             "'study_system_attributes'") > 0;
}

void stamp(Connection& db, OptunaRelease release) {
  db.run("DELETE FROM version_info; DELETE FROM alembic_version");
  // Optuna shows the second text to who comes with another release.
  Statement(db, "INSERT INTO version_info VALUES(1, 12, ?1)")
      .bind(1, release == OptunaRelease::of_3_1 ? "3.0 or 3.1, by ubp: `ubp db optuna on` is for others"
                                                : "3.2 or later, by ubp: `ubp db optuna on --for 3.1` is for others")
      .run();
  Statement(db, "INSERT INTO alembic_version VALUES(?1)")
      .bind(1, release == OptunaRelease::of_3_1 ? "v3.0.0.d" : "v3.2.0.a")
      .run();
}

void view_as_optuna(Connection& db) { db.run("DROP VIEW trials;" + std::string(kOptunaSql)); }

void make_optuna_views(Connection& db, OptunaRelease release) {
  db.run(kOptunaOnSql);
  view_as_optuna(db);
  stamp(db, release);
}

void serve_optuna(const std::filesystem::path& database, OptunaRelease release) {
  BesideWriter beside(database);
  Transaction transaction(beside.db);
  if (serves_optuna(beside.db)) {
    stamp(beside.db, release);
  } else {
    if (const std::string table = occupied(beside.db); !table.empty())
      fail(Exit::usage, "{}: has a table '{}' of another program, which Optuna would take for its own",
           database.string(), table);
    make_optuna_views(beside.db, release);
  }
  transaction.commit();
  beside.db.sync();
}

std::int64_t stop_serving_optuna(const std::filesystem::path& database) {
  BesideWriter beside(database);
  Transaction transaction(beside.db);
  if (!serves_optuna(beside.db)) return 0;
  const std::int64_t noted = beside.db.integer("SELECT count(*) FROM study_system_attributes");
  beside.db.run(kOptunaOffSql);
  transaction.commit();
  beside.db.sync();
  return noted;
}

}  // namespace ubp
