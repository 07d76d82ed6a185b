// SPDX-License-Identifier: MIT
// Read-only access to a database, live or finished.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "record/sqlite.hpp"

namespace ubp {

using Value = std::variant<std::monostate, std::int64_t, double, std::string>;  ///< monostate: NULL
using Row = std::vector<Value>;

std::string text_of(const Value&);  ///< "" for NULL; numbers in full precision
bool is_null(const Value&);

/// One statement in SQL, and what its parameters ?1, ?2, ... stand for.
struct Query {
  std::string sql;
  Row arguments = {};
};

/// Where rows go, one after the other.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void columns(const std::vector<std::string>& names) = 0;
  virtual void row(const Row&) = 0;
  virtual void end() {}
};

/// A connection that cannot write, attach or load anything, and that has a few functions more (query/functions.hpp).
/// All its queries see one state of the database, that of the first; keep it no longer than one answer, since the
/// writer's log grows meanwhile.
/// Throws Error: usage if the file is missing (and says how to make one) or is no ubp database; newer_database.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& file);

  /// Sends one query's columns, its rows and their end to `sink`. Returns the number of rows.
  /// Throws Error (usage) with SQLite's message if it is no query, is wrong, or is more than one statement.
  std::int64_t query(const Query&, RowSink& sink);

  using Deadline = std::chrono::steady_clock::time_point;
  static constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;
  static constexpr int kMostBytesOfAValue = 1 << 26;

  /// For statements that a person wrote: from now on, all of them together may take so long, a value kMostBytesOfAValue
  /// and this process's SQLite kMostBytes; over that, Error (usage). REQUIRES that the reader stays where it is.
  void limit(std::int64_t seconds);

  /// From now on, this sweep has no other executions than these, whatever is asked of tables or views: what is said of
  /// it is said of them. Other sweeps stay whole. REQUIRES: it was not called before.
  void keep_only(std::int64_t sweep_id, const std::vector<std::int64_t>& trial_ids);

  std::vector<Row> rows(const Query&);
  std::optional<Row> first(const Query&);
  std::map<std::string, std::string> named_first(const Query&);  ///< its cells as texts; empty: there is none
  /// Calls `use` with each row of a query whose rows need not be kept.
  void each(const Query&, const std::function<void(const sqlite::Statement&)>& use);

  /// A text that was recorded as JSON. Throws Error (internal), the database is damaged, if it is none.
  nlohmann::json parsed(const std::string& text) const;

  const std::filesystem::path& file() const { return file_; }

 private:
  sqlite::Statement prepare(const Query&);
  [[noreturn]] void explain(const Error&);

  std::filesystem::path file_;
  sqlite::Connection db_;
  std::int64_t seconds_ = 0;
  Deadline deadline_;
};

}  // namespace ubp
