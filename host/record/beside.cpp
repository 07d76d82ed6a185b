// SPDX-License-Identifier: MIT
#include "record/beside.hpp"

#include "record/lock.hpp"
#include "record/schema.hpp"

namespace ubp {
namespace {

std::optional<Store> alone(const std::filesystem::path& database) {
  try {
    return std::optional<Store>(std::in_place, database);
  } catch (const Held&) {
    return std::nullopt;
  }
}

}  // namespace

BesideWriter::BesideWriter(const std::filesystem::path& database)
    : alone_(alone(database)),
      db(sqlite::uri_of(database, "mode=rw"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI) {
  if (const std::int64_t version = version_of(db); version != migrations().back().version)
    fail(Exit::locked,
         "{}: another process writes this database, which has another schema ({}, expected {}): wait for "
         "its end",
         db.file(), version, migrations().back().version);
  db.run("PRAGMA foreign_keys = ON");
}

}  // namespace ubp
