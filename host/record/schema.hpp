// SPDX-License-Identifier: MIT
// The version of a database, and how an older one becomes a newer one.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "record/sqlite.hpp"

namespace ubp {

/// What turns version - 1 into `version`. Only additive: new tables, nullable columns; never a column repurposed.
struct Migration {
  std::int64_t version;
  std::string sql;
};

inline constexpr std::int64_t kApplicationId = 0x55425031;  // "UBP1"

/// The built-in ones, in order; the last one's version is this ubp's. The first makes a database out of an empty file.
std::span<const Migration> migrations();

/// The version of a database. Throws Error (usage) if it is not one of ubp's, Error (newer_database) if it is newer
/// than the last of `known`. 0: an empty file.
std::int64_t version_of(sqlite::Connection&, std::span<const Migration> known = migrations());

/// Brings the database to the last version of `known`: backup `<file>.v<N>.bak` first (unless it was empty), then every
/// step and the views in one transaction. Does nothing to a database of that version. REQUIRES: the writer's lock.
void migrate(sqlite::Connection&, std::span<const Migration> known = migrations());

}  // namespace ubp
