// SPDX-License-Identifier: MIT
#include "query/reader.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <unistd.h>

#include "query/functions.hpp"
#include "record/lock.hpp"
#include "record/optuna.hpp"
#include "record/schema.hpp"
#include "record/store.hpp"

namespace ubp {

std::string text_of(const Value& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *i);
  if (const auto* d = std::get_if<double>(&value)) return fmt::format("{}", *d);
  if (const auto* s = std::get_if<std::string>(&value)) return *s;
  return "";
}

bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }

namespace {

int only_reading(void*, int action, const char* first, const char* second, const char*, const char*) {
  static constexpr const char* kPragmas[] = {
      "table_info",       "table_xinfo",       "table_list",   "index_list",      "index_info",
      "foreign_key_list", "foreign_key_check", "quick_check",  "integrity_check", "user_version",
      "application_id",   "compile_options",   "function_list"};
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return std::strcmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
      for (const char* allowed : kPragmas)
        if (sqlite3_stricmp(first, allowed) == 0) return SQLITE_OK;
      return SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

std::filesystem::path existing(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file))
    fail(Exit::usage,
         "{}: there is no such database: `ubp run SPEC` makes one; another is named with --db FILE or UBP_DB",
         file.string());
  require_log(file);
  if (std::filesystem::is_directory(file)) fail(Exit::usage, "{}: is a folder, not a database", file.string());
  return file;
}

// A database in WAL mode needs a place for its -shm file. Where there is none, nobody can be writing either, so that it
// can be read as the plain file it is.
sqlite::Connection open_read_only(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const bool writable = access(folder.c_str(), W_OK) == 0 || std::filesystem::exists(file.string() + "-shm");
  if (writable) return {file.string(), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX};
  return {sqlite::uri_of(file, "immutable=1"), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI};
}

Value value_of(const sqlite::Statement& s, int column) {
  switch (s.type(column)) {
    case SQLITE_INTEGER:
      return s.integer(column);
    case SQLITE_FLOAT:
      return s.real(column);
    case SQLITE_NULL:
      return std::monostate{};
    default:
      return s.text(column);
  }
}

constexpr const char* kTableFunctions[] = {
    "json_each('[]')",       "json_tree('[]')",        "pragma_table_info('x')", "pragma_table_xinfo('x')",
    "pragma_table_list()",   "pragma_index_list('x')", "pragma_index_info('x')", "pragma_foreign_key_list('x')",
    "pragma_function_list()"};

/// Functions that are tables are made when they are first named, by what an authorizer takes for the making of a table.
void make_table_functions(sqlite::Connection& db) {
  for (const char* function : kTableFunctions) sqlite::Statement(db, std::string("SELECT 1 FROM ") + function);
}

int is_over(void* deadline) { return std::chrono::steady_clock::now() > *static_cast<Reader::Deadline*>(deadline); }

bool is_blank(const std::string& sql) { return sql.find_first_not_of(" \t\r\n;") == std::string::npos; }

}  // namespace

// Before it is in WAL mode, a database whose writer was killed has a journal that no reader may roll back.
static void roll_back(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file.string() + "-journal") || access(file.c_str(), W_OK) != 0) return;
  version_of(*std::make_unique<sqlite::Connection>(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX));
}

// Views of an earlier version lack columns.
static const std::filesystem::path& up_to_date(const std::filesystem::path& file) {
  std::int64_t version = 0;
  {
    roll_back(existing(file));
    sqlite::Connection db = open_read_only(file);
    version = version_of(db);
  }
  if (version == 0 || version == migrations().back().version) return file;
  try {
    Store store(file);
  } catch (const Error& e) {
    fail(e.code(), "{}: was written by an earlier ubp (schema {}) and must be brought up to date first: {}",
         file.string(), version, e.what());
  }
  return file;
}

Reader::Reader(const std::filesystem::path& file) : file_(up_to_date(file)), db_(open_read_only(file)) {
  if (version_of(db_) == 0)
    fail(Exit::usage, "{}: is empty: `ubp run SPEC` or `ubp sweep SPEC` fills it", file.string());
  db_.run("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; BEGIN");
  // Other programs are told Optuna's words for states there; ours are those of ubp.
  if (serves_optuna(db_)) db_.run("CREATE TEMP VIEW trials AS SELECT * FROM main.executions");
  add_statistics(db_.handle());
  make_table_functions(db_);
  sqlite3_set_authorizer(db_.handle(), only_reading, nullptr);
}

void Reader::limit(std::int64_t seconds) {
  seconds_ = std::min<std::int64_t>(seconds, 1'000'000'000);  // which a clock can count
  deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_);
  sqlite3_progress_handler(db_.handle(), 10'000, is_over, &deadline_);
  sqlite3_limit(db_.handle(), SQLITE_LIMIT_LENGTH, kMostBytesOfAValue);
  sqlite3_hard_heap_limit64(kMostBytes);
}

// Names are looked up in SQLite's database `temp` first: the table of executions gets a view before it, and the views
// are made there once more, since those of the file read the file's own table. `trials` is ours, whatever the file has.
void Reader::keep_only(std::int64_t sweep_id, const std::vector<std::int64_t>& trial_ids) {
  constexpr std::string_view kBegin = "CREATE ";
  std::string views;
  for (const Row& row : rows({"SELECT sql FROM sqlite_schema WHERE type = 'view' AND name <> 'trials'"}))
    views += fmt::format("CREATE TEMP {};\n", text_of(row[0]).substr(kBegin.size()));
  views += "CREATE TEMP VIEW trials AS SELECT * FROM temp.executions";
  sqlite3_set_authorizer(db_.handle(), nullptr, nullptr);
  db_.run("DROP VIEW IF EXISTS temp.trials; CREATE TEMP TABLE kept(trial_id INTEGER PRIMARY KEY)");
  {
    sqlite::Statement keep(db_, "INSERT INTO kept VALUES (?1)");
    for (const std::int64_t trial_id : trial_ids) keep.bind(1, trial_id).run();
  }
  db_.run(
      fmt::format("CREATE TEMP VIEW trial AS SELECT * FROM main.trial WHERE sweep_id <> {} OR trial_id IN (SELECT "
                  "trial_id FROM temp.kept);\n{}",
                  sweep_id, views));
  sqlite3_set_authorizer(db_.handle(), only_reading, nullptr);
}

sqlite::Statement Reader::prepare(const Query& query) {
  try {
    sqlite::Statement s(db_, query.sql);
    if (!s.handle()) fail(Exit::usage, "sql: there is no statement");
    if (!is_blank(s.rest())) fail(Exit::usage, "sql: one statement at a time: found more after it: {}", s.rest());
    int index = 0;
    for (const Value& v : query.arguments) {
      ++index;
      std::visit(
          [&](const auto& x) {
            if constexpr (std::is_same_v<std::decay_t<decltype(x)>, std::monostate>)
              s.bind_null(index);
            else
              s.bind(index, x);
          },
          v);
    }
    return s;
  } catch (const Error& e) {
    explain(e);
  }
}

// What is wrong with a statement is the user's matter; what is wrong with the file is not.
void Reader::explain(const Error& e) {
  const int code = sqlite3_errcode(db_.handle());
  const std::string message = sqlite3_errmsg(db_.handle());
  if (e.code() == Exit::internal && code == SQLITE_AUTH)
    fail(Exit::usage, "sql: a database is only read here, with SELECT: {}", message);
  if (code == SQLITE_INTERRUPT) fail(Exit::usage, "sql: took longer than {} s: --seconds N gives it longer", seconds_);
  if (code == SQLITE_NOMEM) fail(Exit::usage, "sql: needs more memory than {} MiB", kMostBytes >> 20);
  if (code == SQLITE_TOOBIG) fail(Exit::usage, "sql: a value is larger than {} MiB", kMostBytesOfAValue >> 20);
  if (e.code() == Exit::internal && code == SQLITE_ERROR) fail(Exit::usage, "sql: {}", message);
  throw e;
}

std::int64_t Reader::query(const Query& query, RowSink& sink) {
  sqlite::Statement s = prepare(query);
  std::vector<std::string> names;
  for (int c = 0; c < s.columns(); ++c) names.push_back(s.name(c));
  sink.columns(names);
  Row row(names.size());
  std::int64_t count = 0;
  const auto next = [&] {
    try {
      return s.step();
    } catch (const Error& e) {
      explain(e);
    }
  };
  for (; next(); ++count) {
    for (int c = 0; c < s.columns(); ++c) row[static_cast<std::size_t>(c)] = value_of(s, c);
    sink.row(row);
  }
  sink.end();
  return count;
}

nlohmann::json Reader::parsed(const std::string& text) const {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded())
    fail(Exit::internal, "{}: the database is damaged: `ubp db check` says where", file_.string());
  return value;
}

std::vector<Row> Reader::rows(const Query& q) {
  struct Keep : RowSink {
    std::vector<Row> all;
    void columns(const std::vector<std::string>&) override {}
    void row(const Row& r) override { all.push_back(r); }
  } keep;
  query(q, keep);
  return std::move(keep.all);
}

std::optional<Row> Reader::first(const Query& query) {
  auto all = rows(query);
  return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

std::map<std::string, std::string> Reader::named_first(const Query& q) {
  std::map<std::string, std::string> cells;
  sqlite::Statement s = prepare(q);
  if (s.step())
    for (int c = 0; c < s.columns(); ++c) cells[s.name(c)] = s.is_null(c) ? "" : s.text(c);
  return cells;
}

void Reader::each(const Query& query, const std::function<void(const sqlite::Statement&)>& use) {
  sqlite::Statement s = prepare(query);
  while (s.step()) use(s);
}

}  // namespace ubp
