// SPDX-License-Identifier: MIT
#include "record/schema.hpp"

#include <filesystem>
#include <vector>

#include "record/optuna.hpp"

namespace ubp {

extern const char* const kSchemaSql;
extern const char* const kTriggersSql;
extern const char* const kIdentitySql;
extern const char* const kSearchSql;
extern const char* const kAnnotationSql;
extern const char* const kViewsSql;

std::span<const Migration> migrations() {
  static const std::vector<Migration> steps = {
      {1, std::string(kSchemaSql) + kTriggersSql},
      {2, kIdentitySql},
      {3, kSearchSql},
      // Views alone: sweep.sampler may have "objectives" (plan/objectives.hpp), of which trial.value, sweep.metric and
      // sweep.goal are the first.
      {4, ""},
      // And the view leaderboard has adjusted_mean, by which configs are ranked.
      {5, kAnnotationSql},
      // Views alone: `executions`, which `trials` was.
      {6, ""}};
  return steps;
}

std::int64_t version_of(sqlite::Connection& connection, std::span<const Migration> known) {
  const std::int64_t application = connection.integer("PRAGMA application_id");
  const std::int64_t version = connection.integer("PRAGMA user_version");
  if (application == 0 && version == 0 && connection.integer("SELECT count(*) FROM sqlite_master") == 0) return 0;
  if (application != kApplicationId)
    fail(Exit::usage, "{}: is no ubp database, but one of another program", connection.file());
  if (version > known.back().version)
    fail(Exit::newer_database, "{}: was written by a newer ubp (schema {}, this ubp reads up to {}): update ubp",
         connection.file(), version, known.back().version);
  return version;
}

namespace {

void back_up(sqlite::Connection& connection, std::int64_t version) {
  std::string file = fmt::format("{}.v{}.bak", connection.file(), version);
  for (int n = 2; std::filesystem::exists(file); ++n)
    file = fmt::format("{}.v{}.bak.{}", connection.file(), version, n);
  sqlite::Statement(connection, "VACUUM INTO ?1").bind(1, file).run();
}

void recreate_views(sqlite::Connection& connection) {
  std::vector<std::string> names;
  sqlite::Statement views(connection, "SELECT name FROM sqlite_master WHERE type = 'view'");
  while (views.step()) names.push_back(views.text(0));
  for (const std::string& name : names) connection.run("DROP VIEW \"" + name + "\"");
  connection.run(kViewsSql);
  if (serves_optuna(connection)) view_as_optuna(connection);
}

}  // namespace

void migrate(sqlite::Connection& connection, std::span<const Migration> known) {
  const std::int64_t before = version_of(connection, known);
  if (before == known.back().version) return;
  if (before > 0) back_up(connection, before);
  sqlite::Transaction transaction(connection);
  for (const Migration& step : known)
    if (step.version > before) connection.run(step.sql);
  recreate_views(connection);
  connection.run(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, known.back().version));
  transaction.commit();
}

}  // namespace ubp
