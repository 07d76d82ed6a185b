// SPDX-License-Identifier: MIT
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
  Statement(db,
            "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms) SELECT sweep_id, "
            "config_id, replicate, attempt + 1, seed, 'QUEUED', ?2 FROM trial WHERE trial_id = ?1")
      .bind_all(trial_id, now_ms())
      .run();
  return db.last_row();
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

std::vector<TrialRow> Store::missing(std::int64_t sweep_id, bool again) {
  std::vector<TrialRow> rows;
  const Durable durable(impl_->db);
  Transaction transaction(impl_->db);
  for (TrialRow row : latest(sweep_id)) {
    if (row.state == TrialState::running) continue;
    if (row.state == TrialState::lost || (again && row.state != TrialState::queued))
      row = impl_->row(impl_->add_attempt(row.trial_id));
    if (row.state == TrialState::queued) rows.push_back(row);
  }
  if (!rows.empty())
    Statement(impl_->db, "UPDATE sweep SET state = 'OPEN', finished_ms = NULL WHERE sweep_id = ?1")
        .bind(1, sweep_id)
        .run();
  transaction.commit();
  return rows;
}

void Store::finish_sweep(std::int64_t sweep_id) {
  flush();
  {
    const Durable durable(impl_->db);
    Statement(impl_->db,
              "UPDATE sweep SET state = 'DONE', finished_ms = ?2 WHERE sweep_id = ?1 AND state = 'OPEN' AND "
              "NOT EXISTS(SELECT 1 FROM trial t WHERE t.sweep_id = ?1 AND (t.state IN ('QUEUED', 'RUNNING') "
              "OR (t.state = 'LOST' AND NOT EXISTS(SELECT 1 FROM trial n WHERE n.config_id = t.config_id AND "
              "n.replicate = t.replicate AND n.attempt > t.attempt))))")
        .bind_all(sweep_id, now_ms())
        .run();
  }
  impl_->db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace ubp
