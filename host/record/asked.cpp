// SPDX-License-Identifier: MIT
#include "record/store_impl.hpp"

namespace ubp {

using sqlite::Statement;

namespace {

constexpr const char* kAsked = "asked";

}  // namespace

void Store::ask(std::int64_t trial_id) {
  hold();
  start(trial_id, 0, 0);  // which records since when, and on which machine
  requeue(trial_id, kAsked);
  sync();
}

std::optional<std::int64_t> Store::asked(std::int64_t trial_id) {
  Statement find(impl_->db, "SELECT started_ms FROM trial WHERE trial_id = ?1 AND state = 'QUEUED' AND reason = ?2");
  if (!find.bind_all(trial_id, kAsked).step()) return std::nullopt;
  return find.integer(0);
}

Recorded Store::tell(std::int64_t trial_id, std::span<const MetricPoint> points, const Outcome& outcome) {
  hold();
  Statement(impl_->db, "UPDATE trial SET state = 'RUNNING', reason = NULL WHERE trial_id = ?1").bind(1, trial_id).run();
  add_points(trial_id, points);
  impl_->has_news = true;
  const Recorded recorded = impl_->end(trial_id, outcome, false);
  impl_->close(trial_id);
  sync();
  return recorded;
}

void Store::give_back(std::int64_t trial_id) {
  requeue(trial_id, "");
  sync();
}

}  // namespace ubp
