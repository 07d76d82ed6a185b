// SPDX-License-Identifier: MIT
#include "record/points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace ubp {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

constexpr const char* kInsert =
    "INSERT INTO metric(trial_id, metric_id, step, value, t_ms) VALUES(?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT DO UPDATE SET value = excluded.value, t_ms = excluded.t_ms";
constexpr const char* kSave =
    "INSERT OR REPLACE INTO metric_summary(trial_id, metric_id, n, n_nan, first, last, last_step, min, min_step, max, "
    "max_step, sum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
constexpr const char* kLoad =
    "SELECT n, n_nan, first, last, last_step, min, min_step, max, max_step, sum FROM metric_summary "
    "WHERE trial_id = ?1 AND metric_id = ?2";
constexpr const char* kRecompute =
    "WITH m AS (SELECT step, value FROM metric WHERE trial_id = ?1 AND metric_id = ?2) "
    "SELECT count(*), count(*) - count(value), (SELECT value FROM m ORDER BY step LIMIT 1), "
    "(SELECT value FROM m ORDER BY step DESC LIMIT 1), max(step), "
    "min(value), (SELECT step FROM m WHERE value IS NOT NULL ORDER BY value, step LIMIT 1), "
    "max(value), (SELECT step FROM m WHERE value IS NOT NULL ORDER BY value DESC, step LIMIT 1), sum(value) FROM m";

double real_or_nan(const sqlite::Statement& row, int column) { return row.is_null(column) ? kNone : row.real(column); }

SeriesSummary read(const sqlite::Statement& row) {
  SeriesSummary s;
  s.n = row.integer(0);
  s.n_nan = row.integer(1);
  s.first = real_or_nan(row, 2);
  s.last = real_or_nan(row, 3);
  s.last_step = row.integer(4);
  s.min = real_or_nan(row, 5);
  s.min_step = row.integer(6);
  s.max = real_or_nan(row, 7);
  s.max_step = row.integer(8);
  s.sum = real_or_nan(row, 9);
  return s;
}

}  // namespace

void SeriesSummary::add(std::int64_t step, double value) {
  changed = true;
  if (n > 0 && step <= last_step) rewritten = true;
  if (rewritten) return;
  if (n == 0) first = value;
  const bool first_number = n == n_nan;
  ++n;
  last = value;
  last_step = step;
  if (std::isnan(value)) {
    ++n_nan;
    if (first_number) min = max = sum = kNone;
    return;
  }
  sum = first_number ? value : sum + value;
  if (first_number || value < min) min = value, min_step = step;
  if (first_number || value > max) max = value, max_step = step;
}

PointBuffer::PointBuffer(sqlite::Connection& c)
    : connection_(c),
      insert_(c, kInsert),
      save_(c, kSave),
      load_(c, kLoad),
      recompute_(c, kRecompute),
      find_name_(c, "SELECT metric_id FROM metric_name WHERE name = ?1"),
      add_name_(c, "INSERT INTO metric_name(name) VALUES(?1)"),
      drop_points_(c, "DELETE FROM metric WHERE trial_id = ?1"),
      drop_summaries_(c, "DELETE FROM metric_summary WHERE trial_id = ?1") {
  rows_.reserve(kRowsPerTransaction);
}

void PointBuffer::add(std::int64_t trial_id, std::span<const MetricPoint> points) {
  for (const MetricPoint& p : points) {
    const std::int64_t metric = metric_id(p.metric);
    series(trial_id, metric).add(p.step, p.value);
    rows_.push_back({trial_id, metric, p.step, p.t_ms, p.value});
  }
}

void PointBuffer::write() {
  // Key order keeps the inserts of many trials from jumping about the tree; stable, so that a later equal step wins.
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return std::tie(a.trial_id, a.metric_id, a.step) < std::tie(b.trial_id, b.metric_id, b.step);
  });
  for (const Row& r : rows_) {
    unrecorded_.erase(r.trial_id);
    insert_.bind_all(r.trial_id, r.metric_id, r.step, r.value, r.t_ms).run();
  }
  rows_.clear();
  for (auto& [trial_id, metrics] : series_)
    for (auto& [metric, s] : metrics)
      if (s.changed) write_summary(trial_id, metric, s);
}

void PointBuffer::forget(std::int64_t trial_id) {
  std::erase_if(rows_, [&](const Row& r) { return r.trial_id == trial_id; });
  series_.erase(trial_id);
  drop_points_.bind(1, trial_id).run();
  drop_summaries_.bind(1, trial_id).run();
}

void PointBuffer::close(std::int64_t trial_id) {
  series_.erase(trial_id);
  unrecorded_.erase(trial_id);
}

std::optional<SeriesSummary> PointBuffer::summary(std::int64_t trial_id, const std::string& metric) {
  const auto id = find_metric(metric);
  return id ? load(trial_id, *id) : std::nullopt;
}

std::optional<std::int64_t> PointBuffer::find_metric(const std::string& name) {
  if (const auto known = names_.find(name); known != names_.end()) return known->second;
  find_name_.bind(1, name);
  if (!find_name_.step()) return std::nullopt;
  const std::int64_t id = find_name_.integer(0);
  find_name_.reset();
  return names_[name] = id;
}

std::int64_t PointBuffer::metric_id(const std::string& name) {
  if (const auto id = find_metric(name)) return *id;
  add_name_.bind(1, name).run();
  return names_[name] = connection_.last_row();
}

SeriesSummary& PointBuffer::series(std::int64_t trial_id, std::int64_t metric) {
  auto& metrics = series_[trial_id];
  const auto known = metrics.find(metric);
  if (known != metrics.end()) return known->second;
  const bool unrecorded = unrecorded_.contains(trial_id);
  return metrics[metric] = unrecorded ? SeriesSummary{} : load(trial_id, metric).value_or(SeriesSummary{});
}

std::optional<SeriesSummary> PointBuffer::load(std::int64_t trial_id, std::int64_t metric) {
  load_.bind_all(trial_id, metric);
  if (!load_.step()) return std::nullopt;
  const SeriesSummary s = read(load_);
  load_.reset();
  return s;
}

void PointBuffer::write_summary(std::int64_t trial_id, std::int64_t metric, SeriesSummary& s) {
  if (s.rewritten) {
    recompute_.bind_all(trial_id, metric);
    recompute_.step();
    s = read(recompute_);
    recompute_.reset();
  }
  s.changed = false;
  save_.bind_all(trial_id, metric, s.n, s.n_nan, s.first, s.last, s.last_step);
  // Without a single number there is no step of the smallest one either.
  const bool number = s.n > s.n_nan;
  save_.bind(8, number ? s.min : kNone).bind(10, number ? s.max : kNone).bind(12, number ? s.sum : kNone);
  if (number)
    save_.bind(9, s.min_step).bind(11, s.max_step);
  else
    save_.bind_null(9).bind_null(11);
  save_.run();
}

}  // namespace ubp
