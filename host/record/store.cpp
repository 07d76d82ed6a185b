// SPDX-License-Identifier: MIT
#include "record/store_impl.hpp"

#include <chrono>
#include <cmath>

namespace ubp {

using sqlite::Statement;
using sqlite::Transaction;

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

namespace {

std::filesystem::path checked(const std::filesystem::path& file) {
  refuse_network(file.has_parent_path() ? file.parent_path() : ".");
  return file;
}

sqlite::Connection opened(const std::filesystem::path& file) {
  sqlite::Connection db(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
  // Before anything is written to a file that may not be ours; auto_vacuum is a choice of the very first page.
  if (version_of(db) == 0) db.run("PRAGMA auto_vacuum = INCREMENTAL");
  // A page that many series fill goes to the file once per checkpoint: frequent ones halve the rate of points.
  db.run(
      "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA synchronous = NORMAL; "
      "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 0");
  migrate(db);
  return db;
}

std::optional<std::string> null_if_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Store::Impl::Impl(const std::filesystem::path& path) : file(checked(path)), lock(path), db(opened(path)), points(db) {}

Store::Store(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}

Store::~Store() {
  try {
    flush();
    sync();
    impl_->db.run("PRAGMA optimize");
  } catch (const std::exception&) {
    // Points that cannot be written now are replayed by the next attempt.
  }
}

void Store::Impl::write_points() {
  if (points.empty()) return;
  Transaction transaction(db);
  points.write();
  transaction.commit();
}

void Store::name_sweep(std::int64_t sweep_id) { impl_->lock.name_sweep(sweep_id); }

void Store::hold() {
  if (!impl_->held) impl_->held.emplace(impl_->db);
}

void Store::commit() {
  if (impl_->held) impl_->held->commit();
  impl_->held.reset();
}

void Store::flush() {
  commit();
  impl_->write_points();
}

void Store::sync() {
  commit();
  if (impl_->has_news) impl_->db.sync();
  impl_->has_news = false;
}

void Store::publish(const std::filesystem::path& file) {
  flush();
  const std::string part = file.string() + ".part";
  std::filesystem::remove(part);
  Statement(impl_->db, "VACUUM INTO ?1").bind(1, part).run();
  std::filesystem::rename(part, file);
}

void Store::Impl::require_open(std::int64_t trial_id) {
  if (open.contains(trial_id)) return;
  const TrialState state = row(trial_id).state;
  if (state != TrialState::queued && state != TrialState::running)
    fail(Exit::internal, "trial {} is finished: its record cannot change", trial_id);
  open.insert(trial_id);
}

TrialRow Store::Impl::row(std::int64_t trial_id) {
  Statement find(db,
                 "SELECT c.number, t.replicate, t.attempt, t.state FROM trial t JOIN config c USING (config_id) "
                 "WHERE t.trial_id = ?1");
  find.bind(1, trial_id);
  if (!find.step()) fail(Exit::internal, "trial {} is not in {}", trial_id, file.string());
  return {trial_id, find.integer(0), find.integer(1), find.integer(2), state_named(find.text(3)).value()};
}

void Store::Impl::close(std::int64_t trial_id) {
  open.erase(trial_id);
  points.close(trial_id);
}

void Store::start(std::int64_t trial_id, std::int64_t pid, std::int64_t resumed_from_step) {
  impl_->require_open(trial_id);
  Transaction transaction(impl_->db);
  Statement find(impl_->db,
                 "SELECT t.sweep_id, c.number, t.started_ms IS NULL FROM trial t JOIN config c USING (config_id) "
                 "WHERE t.trial_id = ?1");
  find.bind(1, trial_id).step();
  const auto config = std::pair(find.integer(0), find.integer(1));
  if (find.integer(2)) impl_->points.begin(trial_id);
  find.reset();
  Statement update(impl_->db,
                   "UPDATE trial SET state = 'RUNNING', pid = ?2, resumed_from_step = nullif(?3, 0), reason = NULL, "
                   "started_ms = iif(state = 'RUNNING', started_ms, ?4), environment_id = nullif(?5, 0), source_id = "
                   "nullif(?6, 0) WHERE trial_id = ?1");
  update.bind_all(trial_id, pid, resumed_from_step, now_ms(), impl_->environment_id, impl_->source_id).run();
  Statement(impl_->db, "DELETE FROM trial_plugin WHERE trial_id = ?1").bind(1, trial_id).run();
  Statement add(impl_->db, "INSERT INTO trial_plugin VALUES(?1, ?2, ?3)");
  for (const auto& [table, plugin_id] : impl_->plugins[config]) add.bind_all(trial_id, table, plugin_id).run();
  transaction.commit();
  impl_->started.insert(trial_id);
}

void Store::add_points(std::int64_t trial_id, std::span<const MetricPoint> points) {
  impl_->require_open(trial_id);
  impl_->points.add(trial_id, points);
  if (impl_->points.full()) impl_->write_points();
}

void Store::forget_points(std::int64_t trial_id) {
  impl_->require_open(trial_id);
  if (impl_->points.has_none_of(trial_id)) return;
  Transaction transaction(impl_->db);
  impl_->points.forget(trial_id);
  transaction.commit();
}

void Store::add_artifact(std::int64_t trial_id, const ArtifactRow& a) {
  impl_->require_open(trial_id);
  // A replayed trial writes the same files again.
  Statement(impl_->db,
            "INSERT INTO artifact(trial_id, kind, name, step, path, sha256, size, mime) "
            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET path = excluded.path, "
            "sha256 = excluded.sha256, size = excluded.size, mime = excluded.mime")
      .bind_all(trial_id, a.kind, a.name, a.step, a.path, a.sha256, a.size, a.mime)
      .run();
}

void Store::event(std::optional<std::int64_t> trial_id, const std::string& kind, const std::string& data_json) {
  Statement(impl_->db, "INSERT INTO event(t_ms, trial_id, kind, data) VALUES(?1, ?2, ?3, ?4)")
      .bind_all(now_ms(), trial_id, kind, data_json)
      .run();
}

double Objective::value_of(const SeriesSummary& series) const {
  if (reduce == "min") return series.min;
  if (reduce == "max") return series.max;
  if (reduce == "mean") return series.n_nan ? NAN : series.sum / static_cast<double>(series.n);
  return series.last;
}

std::vector<Objective> Store::Impl::objectives(std::int64_t trial_id) {
  Statement find(db,
                 "SELECT s.metric, s.reduce, json_extract(s.sampler, '$.objectives') FROM trial t JOIN sweep s USING "
                 "(sweep_id) WHERE t.trial_id = ?1");
  find.bind(1, trial_id).step();
  if (find.is_null(0)) return {};
  if (find.is_null(2)) return {{find.text(0), find.text(1)}};
  std::vector<Objective> all;
  for (const SweepObjective& each : nlohmann::json::parse(find.text(2)).get<std::vector<SweepObjective>>())
    all.push_back({each.metric, find.text(1)});
  return all;
}

Recorded Store::Impl::judged(std::int64_t trial_id, const Outcome& told) {
  Recorded recorded{told.state, told.failure, told.error, {}};
  if (told.state != TrialState::complete) return recorded;
  const auto failed = [](Failure failure, std::string error) {
    return Recorded{TrialState::failed, failure, std::move(error), {}};
  };
  const std::vector<Objective> all = objectives(trial_id);
  for (const Objective& optimised : all) {
    const auto series = points.summary(trial_id, optimised.metric);
    if (!series)
      return failed(Failure::missing,
                    fmt::format("{}: no value was recorded, but the sweep optimises it", optimised.metric));
    const double value = optimised.value_of(*series);
    if (!std::isfinite(value))
      return failed(Failure::numeric,
                    fmt::format("{}: its {} over {} points is {}, not a finite number (last step {})", optimised.metric,
                                optimised.reduce == "last" ? "last value" : optimised.reduce, series->n, value,
                                series->last_step));
    if (!recorded.value) recorded.value = value;
    if (all.size() > 1) recorded.values.push_back(value);
  }
  return recorded;
}

Recorded Store::Impl::end(std::int64_t trial_id, const Outcome& told, bool measured) {
  points.write();
  const Recorded recorded = judged(trial_id, told);
  if (!told.log_tail.empty())
    Statement(db, "INSERT OR REPLACE INTO trial_log VALUES(?1, ?2)").bind_all(trial_id, told.log_tail).run();
  const std::optional<std::int64_t> exit_code = told.exit_code, signal = told.signal;
  const auto if_measured = [&](std::int64_t cost) { return measured ? std::optional(cost) : std::nullopt; };
  const std::int64_t now = now_ms();
  Statement update(
      db,
      "UPDATE trial SET state = ?2, reason = ?3, error = ?4, exit_code = ?5, signal = ?6, cpu_ms = "
      "coalesce(cpu_ms, 0) + ?7, max_rss_kb = max(coalesce(max_rss_kb, 0), ?8), wall_ms = coalesce(wall_ms, "
      "0) + CASE WHEN ?9 > 0 THEN ?9 ELSE ?10 - started_ms END, finished_ms = ?10, "
      "value = ?11 WHERE trial_id = ?1");
  update
      .bind_all(trial_id, name_of(recorded.state), null_if_empty(name_of(recorded.failure)),
                null_if_empty(recorded.error), exit_code, signal, if_measured(told.cpu_ms),
                if_measured(told.max_rss_kb), told.wall_ms, now, recorded.value)
      .run();
  return recorded;
}

Recorded Store::finish(std::int64_t trial_id, const Outcome& outcome, const Retries& retries) {
  impl_->require_open(trial_id);
  impl_->has_news = true;
  Transaction transaction(impl_->db);
  Recorded recorded = impl_->end(trial_id, outcome);
  if (recorded.state == TrialState::failed && impl_->may_retry(trial_id, recorded.failure, retries))
    recorded.next = impl_->row(impl_->add_attempt(trial_id));
  transaction.commit();
  impl_->close(trial_id);
  return recorded;
}

Recorded Store::pause(std::int64_t trial_id, std::int64_t step, const Outcome& cost) {
  requeue(trial_id, "paused", cost);
  Recorded recorded{TrialState::queued, Failure::none, "", {}};
  for (const Objective& optimised : impl_->objectives(trial_id))  // no more than one: only such trials pause
    recorded.value = impl_->value_in(trial_id, optimised);
  impl_->has_news = true;
  Statement(impl_->db, "INSERT OR IGNORE INTO rung VALUES(?1, ?2, ?3)").bind_all(trial_id, step, recorded.value).run();
  return recorded;
}

void Store::requeue(std::int64_t trial_id, const std::string& reason, const Outcome& cost) {
  impl_->require_open(trial_id);
  impl_->has_news = true;
  Transaction transaction(impl_->db);
  impl_->points.write();
  Statement(impl_->db,
            "UPDATE trial SET state = 'QUEUED', reason = ?2, pid = NULL, wall_ms = coalesce(wall_ms, 0) + ?3, cpu_ms = "
            "coalesce(cpu_ms, 0) + ?4, max_rss_kb = max(coalesce(max_rss_kb, 0), ?5) WHERE trial_id = ?1")
      .bind_all(trial_id, null_if_empty(reason), cost.wall_ms, cost.cpu_ms, cost.max_rss_kb)
      .run();
  transaction.commit();
  impl_->started.erase(trial_id);
}

TrialRow Store::replace_lost(std::int64_t trial_id, const Outcome& outcome) {
  impl_->require_open(trial_id);
  Outcome lost = outcome;
  lost.state = TrialState::lost;
  impl_->has_news = true;
  Transaction transaction(impl_->db);
  impl_->end(trial_id, lost);
  const std::int64_t next = impl_->add_attempt(trial_id);
  transaction.commit();
  impl_->close(trial_id);
  return impl_->row(next);
}

}  // namespace ubp
