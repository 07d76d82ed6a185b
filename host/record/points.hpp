// SPDX-License-Identifier: MIT
// The writer's buffer of metric points, and the summaries that listings read in their place.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "record/sqlite.hpp"
#include "record/store.hpp"

namespace ubp {

/// What is known of one series without reading it. Steps rise as long as `rewritten` is false.
struct SeriesSummary {
  std::int64_t n = 0, n_nan = 0, last_step = 0, min_step = 0, max_step = 0;
  double first = 0, last = 0, min = 0, max = 0, sum = 0;  ///< NaN: no number
  bool changed = false;                                   ///< since it was last written
  bool rewritten = false;                                 ///< a step came again, or late: only the table knows now

  void add(std::int64_t step, double value);
};

class PointBuffer {
 public:
  static constexpr std::size_t kRowsPerTransaction = 5000;

  explicit PointBuffer(sqlite::Connection&);

  /// The trial has never begun, so nothing is recorded of it: no need to look.
  void begin(std::int64_t trial_id) { unrecorded_.insert(trial_id); }
  void add(std::int64_t trial_id, std::span<const MetricPoint>);
  bool full() const { return rows_.size() >= kRowsPerTransaction; }
  bool empty() const { return rows_.empty(); }
  /// Neither recorded nor buffered.
  bool has_none_of(std::int64_t trial_id) const {
    return unrecorded_.contains(trial_id) && !series_.contains(trial_id);
  }

  /// Writes points and changed summaries. REQUIRES: a transaction.
  void write();
  /// Drops what is buffered and what is recorded of an unfinished trial. REQUIRES: a transaction.
  void forget(std::int64_t trial_id);
  /// The trial is finished: nothing more will come.
  void close(std::int64_t trial_id);

  /// As written. nullopt: the series has no point. REQUIRES: write() after the last add().
  std::optional<SeriesSummary> summary(std::int64_t trial_id, const std::string& metric);

 private:
  struct Row {
    std::int64_t trial_id, metric_id, step, t_ms;
    double value;
  };
  std::optional<std::int64_t> find_metric(const std::string& name);
  std::int64_t metric_id(const std::string& name);  // interns it
  SeriesSummary& series(std::int64_t trial_id, std::int64_t metric_id);
  std::optional<SeriesSummary> load(std::int64_t trial_id, std::int64_t metric_id);
  void write_summary(std::int64_t trial_id, std::int64_t metric_id, SeriesSummary&);

  sqlite::Connection& connection_;
  sqlite::Statement insert_, save_, load_, recompute_, find_name_, add_name_, drop_points_, drop_summaries_;
  std::unordered_map<std::string, std::int64_t> names_;
  std::unordered_map<std::int64_t, std::map<std::int64_t, SeriesSummary>> series_;  // trial -> metric -> summary
  std::unordered_set<std::int64_t> unrecorded_;  // trials without a point in the tables
  std::vector<Row> rows_;
};

}  // namespace ubp
