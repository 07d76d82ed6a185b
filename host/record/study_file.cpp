// SPDX-License-Identifier: MIT
#include "record/study_file.hpp"

#include <unistd.h>

namespace ubp {

namespace fs = std::filesystem;
using sqlite::Connection;
using sqlite::Statement;

extern const char* const kOptunaSql;
extern const char* const kOptunaOnSql;
extern const char* const kOptunaStorageSql;

namespace {

/// The views of a live database, as temporary ones: they see the tables of what is attached.
std::string temporary_views() {
  std::string sql = kOptunaSql;
  const std::string create = "CREATE VIEW ";
  for (std::size_t at = 0; (at = sql.find(create, at)) != std::string::npos; at += create.size())
    sql.replace(at, create.size(), "CREATE TEMP VIEW ");
  return sql;
}

WrittenStudies fill(const fs::path& database, std::optional<std::int64_t> sweep_id, const fs::path& part,
                    OptunaRelease release) {
  Connection db(part.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI);
  Statement(db, "ATTACH ?1 AS ubp").bind(1, sqlite::readable_uri(database)).run();
  sqlite::Transaction transaction(db);
  db.run(temporary_views());
  db.run("CREATE TEMP TABLE wanted(study_id INTEGER PRIMARY KEY)");
  Statement(db, "INSERT INTO wanted SELECT sweep_id FROM ubp.sweep WHERE sweep_id = coalesce(?1, sweep_id)")
      .bind(1, sweep_id)
      .run();
  db.run(kOptunaOnSql);
  db.run(kOptunaStorageSql);
  stamp(db, release);
  WrittenStudies written{db.integer("SELECT count(*) FROM main.studies"),
                         db.integer("SELECT count(*) FROM main.trials"), 0};
  written.unfinished = db.integer("SELECT count(*) FROM ubp.trial JOIN wanted ON study_id = sweep_id") - written.trials;
  transaction.commit();
  return written;
}

}  // namespace

WrittenStudies write_studies(const fs::path& database, std::optional<std::int64_t> sweep_id, const fs::path& file,
                             OptunaRelease release) {
  if (fs::exists(file)) fail(Exit::usage, "-o: {}: is there already: an export goes to a new file", file.string());
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(folder) || access(folder.c_str(), W_OK) != 0)
    fail(Exit::usage, "-o: {}: cannot be written: there is no folder '{}' to write to", file.string(), folder.string());
  const fs::path part = file.string() + ".part";
  fs::remove(part);
  try {
    const WrittenStudies written = fill(database, sweep_id, part, release);
    fs::rename(part, file);
    return written;
  } catch (...) {
    fs::remove(part);
    throw;
  }
}

}  // namespace ubp
