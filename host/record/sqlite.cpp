// SPDX-License-Identifier: MIT
#include "record/sqlite.hpp"

#include <cmath>
#include <utility>

namespace ubp::sqlite {

namespace {

constexpr std::size_t kMostIdle = 64;

}  // namespace

Statement::Statement(Connection& connection, std::string_view sql)
    : connection_(&connection), handle_(connection.take_idle(sql)) {
  if (handle_) return;
  sqlite3_stmt* handle = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()), 0, &handle, &tail);
  handle_.reset(handle);
  if (code != SQLITE_OK) connection.raise(code);
  rest_ = std::string(sql.substr(static_cast<std::size_t>(tail - sql.data())));
}

Statement::~Statement() {
  if (handle_) connection_->give_back(std::move(handle_));
}

Statement& Statement::bind(int index, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(handle_.get(), index, value)) connection_->raise(code);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  if (std::isnan(value)) return bind_null(index);
  if (const int code = sqlite3_bind_double(handle_.get(), index, value)) connection_->raise(code);
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL: an empty text is a text.
  const char* data = value.data() ? value.data() : "";
  if (const int code = sqlite3_bind_text64(handle_.get(), index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8))
    connection_->raise(code);
  return *this;
}

Statement& Statement::bind_null(int index) {
  if (const int code = sqlite3_bind_null(handle_.get(), index)) connection_->raise(code);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    // The message must be read before the reset that ends the statement.
    const std::string message = sqlite3_errmsg(connection_->handle());
    reset();
    if (code == SQLITE_CONSTRAINT || code == SQLITE_ERROR) fail(Exit::internal, "{}: {}", connection_->file(), message);
    connection_->raise(code);
  }
  reset();
  return false;
}

void Statement::run() {
  while (step()) continue;
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return data ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))) : "";
}

std::string Statement::name(int column) const { return sqlite3_column_name(handle_.get(), column); }

std::string uri_of(const std::filesystem::path& file, std::string_view mode) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '?' || c == '#' || c == '%')
      uri += fmt::format("%{:02x}", c);
    else
      uri += c;
  }
  return fmt::format("{}?{}", uri, mode);
}

std::string readable_uri(const std::filesystem::path& file) {
  return uri_of(file, std::filesystem::exists(file.string() + "-wal") ? "mode=ro" : "immutable=1");
}

Connection::Connection(const std::string& file, int flags) : file_(file) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) raise(code);
  sqlite3_busy_timeout(handle, 10'000);
}

Prepared Connection::take_idle(std::string_view sql) {
  const auto found = idle_.find(std::string(sql));
  return found == idle_.end() ? nullptr : std::move(idle_.extract(found).mapped());
}

void Connection::give_back(Prepared statement) noexcept try {
  if (idle_.size() >= kMostIdle) return;
  sqlite3_reset(statement.get());
  sqlite3_clear_bindings(statement.get());
  const std::string text = sqlite3_sql(statement.get());
  idle_.emplace(text, std::move(statement));
} catch (const std::bad_alloc&) {
  // Then it is prepared once more.
}

void Connection::sync() {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (!log || !log->pMethods) return;
  if (const int code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL)) raise(code);
}

void Connection::run(const std::string& sql) {
  if (const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr)) raise(code);
}

std::int64_t Connection::integer(const std::string& sql) {
  Statement statement(*this, sql);
  const std::int64_t value = statement.step() ? statement.integer(0) : 0;
  statement.reset();
  return value;
}

void Connection::raise(int code) {
  const std::string message = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_BUSY:
      fail(Exit::locked, "{}: another process holds the database: {}", file_, message);
    case SQLITE_NOTADB:
      fail(Exit::usage, "{}: is no ubp database: {}", file_, message);
    case SQLITE_CANTOPEN:
      fail(Exit::usage, "{}: cannot be opened: is there such a folder, and may you write there?", file_);
    case SQLITE_FULL:
      fail(Exit::internal, "{}: the disk is full", file_);
    case SQLITE_CORRUPT:
      fail(Exit::internal, "{}: the database is damaged: {}; `sqlite3 FILE .recover` saves what can be read", file_,
           message);
    default:
      fail(Exit::internal, "{}: {}", file_, message);
  }
}

Transaction::Transaction(Connection& c) : connection_(c), outermost_(!c.in_transaction()) {
  if (outermost_) Statement(connection_, "BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  // A failed statement may already have rolled back; an error here would hide the one that is being reported.
  if (open_ && connection_.in_transaction()) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  if (outermost_) Statement(connection_, "COMMIT").run();
  open_ = false;
}

}  // namespace ubp::sqlite
