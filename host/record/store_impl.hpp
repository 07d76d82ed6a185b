// SPDX-License-Identifier: MIT
// What the parts of Store share: store.cpp (a trial's life), declare.cpp (what a sweep is), attempts.cpp (what of it is
// left to do), continued.cpp (what is known of it) and asked.cpp (trials of the user's programs).
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

/// Binds and runs an INSERT of one swept parameter: config_id, name, kind, num, text.
void add_param(sqlite::Statement& add, std::int64_t config_id, const std::string& name, const nlohmann::json& value);

/// What a trial's series counts as.
struct Objective {
  std::string metric, reduce;
  double value_of(const SeriesSummary&) const;
};

struct Store::Impl {
  explicit Impl(const std::filesystem::path& file);

  // declare.cpp. All REQUIRE a transaction.
  std::int64_t find_or_add_sweep(const Plan&);
  void remember_references(std::int64_t sweep_id, const Plan&, const nlohmann::json& objectives);
  void remember_provenance(const Provenance&);

  // attempts.cpp
  void lose_orphans();  ///< REQUIRES: a transaction
  std::vector<TrialRow> latest(std::int64_t sweep_id, std::optional<std::int64_t> config_number = {});
  /// After this one, QUEUED; returns its id. REQUIRES: a transaction.
  std::int64_t add_attempt(std::int64_t trial_id);
  /// Whether a trial that has failed so gets another attempt: attempts of it that failed alike are counted.
  bool may_retry(std::int64_t trial_id, Failure, const Retries&);
  /// Makes a queued trial complete if an equal one is. REQUIRES: a transaction.
  bool adopt(std::int64_t trial_id);
  /// Whether a complete trial went on beyond this step; of which its series of the objective has a point or not.
  struct Passed {
    bool beyond = false, has_point = false;
    std::optional<double> value;  ///< of the objective, up to this step; nothing if it has no finite one
  };
  Passed passed(std::int64_t trial_id, const Objective&, std::int64_t step);
  /// Nothing if the series has no finite one. REQUIRES: no buffered points of this trial.
  std::optional<double> value_in(std::int64_t trial_id, const Objective&);

  // store.cpp
  void write_points();
  void require_open(std::int64_t trial_id);
  void close(std::int64_t trial_id);                         ///< it has ended
  std::vector<Objective> objectives(std::int64_t trial_id);  ///< none: nothing is optimised
  Recorded judged(std::int64_t trial_id, const Outcome&);
  /// `measured`: its processor time and memory are known. REQUIRES: a transaction.
  Recorded end(std::int64_t trial_id, const Outcome&, bool measured = true);
  TrialRow row(std::int64_t trial_id);

  std::filesystem::path file;
  WriterLock lock;  // before the connection: taken first, released last
  sqlite::Connection db;
  PointBuffer points;

  // Of the plan that was declared last.
  Basis basis;
  std::vector<std::int64_t> pauses;  // pauses_of() it
  bool races = false;                // a trial of it is wanted only when it is asked for
  bool has_news = false;             // that sync() is for

  // What trials that start in this process record: the binaries may differ from those of an earlier session.
  std::int64_t environment_id = 0, source_id = 0;
  std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::string, std::int64_t>>
      plugins;                     // sweep, config -> table -> id
  std::set<std::int64_t> open;     // trials known to be unfinished
  std::set<std::int64_t> started;  // by this process

  std::optional<sqlite::Transaction> held;  // after the connection: rolled back before it closes
};

}  // namespace ubp
