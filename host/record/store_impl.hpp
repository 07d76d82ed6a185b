// SPDX-License-Identifier: MIT
// What the parts of Store share: store.cpp (a trial's life), declare.cpp (what a sweep is)
// and attempts.cpp (what of it is left to do).
#pragma once

#include <map>
#include <set>
#include <utility>

#include "record/lock.hpp"
#include "record/points.hpp"
#include "record/schema.hpp"
#include "record/store.hpp"

namespace ubp {

std::int64_t now_ms();  ///< UTC, unix milliseconds

/// While it lives, a commit is on the disk when it returns (class 2); otherwise only after the next checkpoint or such
/// a commit (class 1). REQUIRES: no transaction at either end.
class Durable {
 public:
  explicit Durable(sqlite::Connection& c) : connection_(c) { connection_.run("PRAGMA synchronous = FULL"); }
  ~Durable() { sqlite3_exec(connection_.handle(), "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr); }
  Durable(const Durable&) = delete;

 private:
  sqlite::Connection& connection_;
};

struct Store::Impl {
  explicit Impl(const std::filesystem::path& file);

  // declare.cpp. All but declare() REQUIRE a transaction.
  std::int64_t declare(const Plan&, const Provenance&);
  std::int64_t find_or_add_sweep(const Plan&);
  void add_missing_configs(const Plan&, std::int64_t sweep_id);
  void remember_provenance(const Plan&, const Provenance&, std::int64_t sweep_id);

  // attempts.cpp. Both REQUIRE a transaction.
  void lose_orphans();
  std::int64_t add_attempt(std::int64_t trial_id);  ///< after this one, QUEUED; returns its id

  // store.cpp
  void write_points();
  void require_open(std::int64_t trial_id);
  Outcome judged(std::int64_t trial_id, const Outcome&, std::optional<double>& value);
  void end(std::int64_t trial_id, const Outcome&);  ///< REQUIRES: a transaction
  TrialRow row(std::int64_t trial_id);

  std::filesystem::path file;
  WriterLock lock;  // before the connection: taken first, released last
  sqlite::Connection db;
  PointBuffer points;

  // What trials that start in this process record: the binaries may differ from those of an earlier session.
  std::int64_t environment_id = 0, source_id = 0;
  std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::string, std::int64_t>>
      plugins;                     // sweep, config -> table -> id
  std::set<std::int64_t> open;     // trials known to be unfinished
  std::set<std::int64_t> started;  // by this process
};

}  // namespace ubp
