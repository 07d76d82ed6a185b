// SPDX-License-Identifier: MIT
// SQLite with owners: a connection, a prepared statement, and errors as sentences. For host/record and host/query
// alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "base/error.hpp"

namespace ubp::sqlite {

class Connection;

struct Finalize {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

/// A prepared statement. Bind every parameter, then step() until false, or run(); then it can be bound again. In the
/// end its connection keeps what was prepared, for the next one of equal text. Throws Error like Connection.
class Statement {
 public:
  /// The first statement of `sql`; what follows it stays in rest().
  Statement(Connection&, std::string_view sql);
  ~Statement();
  Statement(Statement&&) = default;

  Statement& bind(int index, std::int64_t);
  Statement& bind(int index, double);  ///< NaN becomes NULL
  Statement& bind(int index, std::string_view);
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, const std::string& text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
  Statement& bind(int index, bool) = delete;
  Statement& bind_null(int index);
  template <class T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind_null(index);
  }
  /// Binds 1, 2, ... in order.
  template <class... Args>
  Statement& bind_all(const Args&... args) {
    int index = 0;
    (bind(++index, args), ...);
    return *this;
  }

  bool step();  ///< true: a row; false: done, and reset
  void run();   ///< all rows; then reset
  void reset() { sqlite3_reset(handle_.get()); }

  int columns() const { return sqlite3_column_count(handle_.get()); }
  int type(int column) const { return sqlite3_column_type(handle_.get(), column); }
  bool is_null(int column) const { return type(column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::string text(int column) const;
  std::string name(int column) const;
  const std::string& rest() const { return rest_; }
  sqlite3_stmt* handle() { return handle_.get(); }

 private:
  Connection* connection_;
  Prepared handle_;
  std::string rest_;
};

/// The file as a URI, "file:/folder/ubp.db?MODE", for SQLITE_OPEN_URI and ATTACH.
std::string uri_of(const std::filesystem::path& file, std::string_view mode);

/// For reading alone. A database whose log is there is read with it; any other is read as the plain file that it is,
/// and needs no place for a log beside it.
std::string readable_uri(const std::filesystem::path& file);

/// One connection to one file. Throws Error (internal) with the file's name, SQLite's message and, where there is one,
/// the remedy; Error (locked) where SQLite's lock could not be had; Error (usage) if the file is no database.
class Connection {
 public:
  /// flags: SQLITE_OPEN_*. A file name that starts with "file:" is a URI.
  Connection(const std::string& file, int flags);

  void run(const std::string& sql);              ///< any number of statements, no rows
  std::int64_t integer(const std::string& sql);  ///< the first column of the first row; 0 if there is none
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }
  std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  const std::string& file() const { return file_; }
  sqlite3* handle() { return handle_.get(); }
  [[noreturn]] void raise(int code);

  /// Has all that was committed on the disk, where it is in a write-ahead log. What it waits for is the disk alone.
  void sync();

  Prepared take_idle(std::string_view sql);  ///< null if there is none
  void give_back(Prepared) noexcept;

 private:
  struct Close {
    void operator()(sqlite3* c) const { sqlite3_close_v2(c); }
  };
  std::string file_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_multimap<std::string, Prepared> idle_;  // by text; after the handle: finalized first
};

/// BEGIN IMMEDIATE now, ROLLBACK unless committed. Taking the write lock first is what keeps BUSY away: a transaction
/// that reads first cannot be upgraded once another writer has committed. Within another one it is a part of that: its
/// commit() leaves the rest to the outer one, its failure rolls back the whole.
class Transaction {
 public:
  explicit Transaction(Connection&);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool outermost_;
  bool open_ = true;
};

}  // namespace ubp::sqlite
