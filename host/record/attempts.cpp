// SPDX-License-Identifier: MIT
#include <cmath>

#include "record/store_impl.hpp"

namespace ubp {

using sqlite::Statement;
using sqlite::Transaction;

// This process is the only writer: whatever runs without having been started here has lost its coordinator.
void Store::Impl::lose_orphans() {
  std::vector<std::int64_t> orphans;
  Statement running(db, "SELECT trial_id FROM trial WHERE state = 'RUNNING'");
  while (running.step())
    if (!started.contains(running.integer(0))) orphans.push_back(running.integer(0));
  for (const std::int64_t trial_id : orphans) {
    Outcome lost;
    lost.state = TrialState::lost;
    lost.failure = Failure::killed;
    lost.error = "the ubp process that ran it ended before it";
    end(trial_id, lost);
    open.erase(trial_id);
  }
}

std::int64_t Store::Impl::add_attempt(std::int64_t trial_id) {
  Statement(
      db,
      "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms, identity) SELECT sweep_id, "
      "config_id, replicate, attempt + 1, seed, 'QUEUED', ?2, identity FROM trial WHERE trial_id = ?1")
      .bind_all(trial_id, now_ms())
      .run();
  return db.last_row();
}

bool Store::Impl::may_retry(std::int64_t trial_id, Failure failure, const Retries& retries) {
  const auto allowed = retries.find(failure);
  if (allowed == retries.end()) return false;
  Statement count(db,
                  "SELECT count(*) FROM trial t JOIN trial o USING (config_id, replicate) WHERE t.trial_id = ?1 AND "
                  "o.state = 'FAILED' AND o.reason = ?2");
  count.bind_all(trial_id, name_of(failure)).step();
  return count.integer(0) <= allowed->second;
}

std::map<std::int64_t, std::vector<double>> Store::values(std::int64_t sweep_id) {
  std::map<std::int64_t, std::vector<double>> values;
  Statement find(
      impl_->db,
      "SELECT c.number, t.value, max(t.attempt) FROM trial t JOIN config c USING (config_id) WHERE t.sweep_id = "
      "?1 AND t.state = 'COMPLETE' AND t.value IS NOT NULL GROUP BY t.config_id, t.replicate");
  for (find.bind(1, sweep_id); find.step();) values[find.integer(0)].push_back(find.real(1));
  return values;
}

std::vector<TrialRow> Store::latest(std::int64_t sweep_id) { return impl_->latest(sweep_id); }

std::vector<TrialRow> Store::Impl::latest(std::int64_t sweep_id, std::optional<std::int64_t> config_number) {
  std::vector<std::int64_t> ids;
  Statement find(db,
                 "SELECT t.trial_id, max(t.attempt) FROM trial t JOIN config c USING (config_id) "
                 "WHERE t.sweep_id = ?1 AND c.number = coalesce(?2, c.number) GROUP BY t.config_id, t.replicate "
                 "ORDER BY c.number, t.replicate");
  for (find.bind_all(sweep_id, config_number); find.step();) ids.push_back(find.integer(0));
  std::vector<TrialRow> rows;
  for (const std::int64_t id : ids) rows.push_back(row(id));
  return rows;
}

std::optional<Former> Store::former(std::int64_t sweep_id) {
  Statement find(impl_->db,
                 "SELECT o.sweep_id, o.basis, s.basis FROM sweep s JOIN sweep o USING (experiment_id, name) "
                 "WHERE s.sweep_id = ?1 AND o.sweep_id < s.sweep_id AND coalesce(o.declaration, o.identity) = "
                 "s.declaration ORDER BY o.sweep_id DESC LIMIT 1");
  if (!find.bind(1, sweep_id).step()) return std::nullopt;
  Former former{find.integer(0), nlohmann::json::parse(find.text(1))};
  const Basis now = nlohmann::json::parse(find.text(2));
  find.reset();
  if (digest_of(former.basis) == digest_of(now)) return std::nullopt;
  return former;
}

std::optional<Earlier> Store::earlier(std::int64_t sweep_id) {
  Statement find(impl_->db,
                 "SELECT o.sweep_id, o.space FROM sweep s JOIN sweep o USING (experiment_id, name) WHERE s.sweep_id = "
                 "?1 AND o.sweep_id < s.sweep_id ORDER BY o.sweep_id DESC LIMIT 1");
  if (!find.bind(1, sweep_id).step()) return std::nullopt;
  Earlier earlier{find.integer(0), nlohmann::json::parse(find.text(1)), {}, 0};
  Statement trials(impl_->db,
                   "SELECT c.params, EXISTS(SELECT 1 FROM trial n WHERE n.sweep_id = ?2 AND n.identity = t.identity), "
                   "max(t.attempt) FROM trial t JOIN config c USING (config_id) WHERE t.sweep_id = ?1 AND t.state = "
                   "'COMPLETE' GROUP BY t.config_id, t.replicate");
  for (trials.bind_all(earlier.sweep_id, sweep_id); trials.step();) {
    earlier.points.push_back(nlohmann::json::parse(trials.text(0)));
    earlier.equal += trials.integer(1);
  }
  return earlier;
}

std::optional<double> Store::Impl::value_in(std::int64_t trial_id, const Objective& objective) {
  const auto series = points.summary(trial_id, objective.metric);
  const double value = series ? objective.value_of(*series) : NAN;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Store::Impl::Passed Store::Impl::passed(std::int64_t trial_id, const Objective& objective, std::int64_t step) {
  Passed at;
  Statement last(db, "SELECT max(last_step) FROM metric_summary WHERE trial_id = ?1");
  at.beyond = last.bind(1, trial_id).step() && !last.is_null(0) && last.integer(0) > step;
  SeriesSummary until;
  Statement series(db,
                   "SELECT m.step, m.value FROM metric m JOIN metric_name n USING (metric_id) WHERE m.trial_id = ?1 "
                   "AND n.name = ?2 AND m.step <= ?3 ORDER BY m.step");
  for (series.bind_all(trial_id, objective.metric, step); series.step();)
    until.add(series.integer(0), series.is_null(1) ? NAN : series.real(1));
  at.has_point = until.n > 0 && until.last_step == step;
  if (const double value = until.n > 0 ? objective.value_of(until) : NAN; std::isfinite(value)) at.value = value;
  return at;
}

bool Store::Impl::adopt(std::int64_t trial_id) {
  Statement find(db,
                 "SELECT o.trial_id FROM trial t JOIN trial o USING (identity) WHERE t.trial_id = ?1 AND o.state = "
                 "'COMPLETE' AND o.same_as IS NULL ORDER BY o.trial_id DESC LIMIT 1");
  if (!find.bind(1, trial_id).step()) return false;
  const std::int64_t source = find.integer(0);
  find.reset();
  std::optional<double> first;
  for (const Objective& optimised : objectives(trial_id)) {
    const std::optional<double> value = value_in(source, optimised);
    if (!value) return false;
    for (const std::int64_t step : pauses)
      if (const Passed at = passed(source, optimised, step); at.beyond && !at.has_point) return false;
    if (!first) first = value;
  }
  points.forget(trial_id);  // an interrupted run of it may have logged some
  Statement(db, "DELETE FROM trial_plugin WHERE trial_id = ?1").bind(1, trial_id).run();
  Statement(db, "INSERT INTO trial_plugin SELECT ?1, \"table\", plugin_id FROM trial_plugin WHERE trial_id = ?2")
      .bind_all(trial_id, source)
      .run();
  Statement(db,
            "UPDATE trial SET state = 'COMPLETE', same_as = ?2, value = ?3, reason = NULL, (environment_id, source_id, "
            "started_ms, finished_ms) = (SELECT environment_id, source_id, started_ms, finished_ms FROM trial WHERE "
            "trial_id = ?2) WHERE trial_id = ?1")
      .bind_all(trial_id, source, first)
      .run();
  open.erase(trial_id);
  return true;
}

std::int64_t Store::reuse(std::int64_t sweep_id) {
  if (impl_->races) return 0;
  flush();
  Transaction transaction(impl_->db);
  std::int64_t reused = 0;
  for (const TrialRow& row : latest(sweep_id))
    if (row.state == TrialState::queued || row.state == TrialState::lost)
      reused += impl_->adopt(row.state == TrialState::queued ? row.trial_id : impl_->add_attempt(row.trial_id));
  transaction.commit();
  impl_->db.sync();
  return reused;
}

bool Store::reuse_asked(std::int64_t trial_id) {
  if (!impl_->races) return false;
  flush();
  impl_->has_news = true;
  Transaction transaction(impl_->db);
  const bool reused = impl_->adopt(trial_id);
  transaction.commit();
  return reused;
}

std::vector<TrialRow> Store::missing(std::int64_t sweep_id, Again again, const Retries& retries,
                                     const std::optional<std::set<std::int64_t>>& among) {
  const auto is_asked = [&](std::int64_t trial_id) {
    return again == Again::failed && (!among || among->contains(trial_id));
  };
  std::vector<TrialRow> rows;
  commit();
  Transaction transaction(impl_->db);
  for (TrialRow row : latest(sweep_id)) {
    if (row.state == TrialState::running) continue;
    const bool failed = row.state == TrialState::failed;
    if (row.state == TrialState::lost ||
        (failed &&
         (is_asked(row.trial_id) || impl_->may_retry(row.trial_id, recorded(row.trial_id).failure, retries))) ||
        (again == Again::everything && row.state != TrialState::queued))
      row = impl_->row(impl_->add_attempt(row.trial_id));
    if (row.state == TrialState::queued) rows.push_back(row);
  }
  if (!rows.empty())
    Statement(impl_->db, "UPDATE sweep SET state = 'OPEN', finished_ms = NULL WHERE sweep_id = ?1")
        .bind(1, sweep_id)
        .run();
  transaction.commit();
  impl_->db.sync();
  return rows;
}

void Store::finish_sweep(std::int64_t sweep_id) {
  flush();
  Statement(impl_->db,
            "UPDATE sweep SET state = 'DONE', finished_ms = ?2 WHERE sweep_id = ?1 AND state = 'OPEN' AND "
            "NOT EXISTS(SELECT 1 FROM trial t WHERE t.sweep_id = ?1 AND (t.state IN ('QUEUED', 'RUNNING') "
            "OR (t.state = 'LOST' AND NOT EXISTS(SELECT 1 FROM trial n WHERE n.config_id = t.config_id AND "
            "n.replicate = t.replicate AND n.attempt > t.attempt))))")
      .bind_all(sweep_id, now_ms())
      .run();
  impl_->db.sync();
  impl_->db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace ubp
