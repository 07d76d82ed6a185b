// SPDX-License-Identifier: MIT
// A short transaction beside the one writer of a database.
#pragma once

#include <filesystem>
#include <optional>

#include "record/sqlite.hpp"
#include "record/store.hpp"

namespace ubp {

/// A connection for what the writer keeps nothing of in mind: it needs SQLite's own lock alone, and that for each
/// transaction alone, so that a sweep may be running. A database of an earlier ubp is brought up to date, unless
/// another process writes it. Throws Error as Store does, but not as it does where another process writes: locked, only
/// if that one writes a database of another schema.
class BesideWriter {
  std::optional<Store> alone_;  // before the connection, for which it brings the database up to date

 public:
  explicit BesideWriter(const std::filesystem::path& database);

  sqlite::Connection db;
};

}  // namespace ubp
