// SPDX-License-Identifier: MIT
#include <charconv>
#include <cmath>

#include "record/store_impl.hpp"

namespace ubp {

using nlohmann::json;
using sqlite::Statement;

std::vector<RecordedConfig> Store::configs_from(std::int64_t sweep_id, std::int64_t number) {
  std::vector<RecordedConfig> configs;
  Statement find(impl_->db,
                 "SELECT number, params, coalesce(told, '[]') FROM config WHERE sweep_id = ?1 AND number >= ?2 "
                 "ORDER BY number");
  for (find.bind_all(sweep_id, number); find.step();)
    configs.push_back({find.integer(0), json::parse(find.text(1)).get<Assignment>(), json::parse(find.text(2))});
  return configs;
}

Recorded Store::recorded(std::int64_t trial_id) {
  Statement find(impl_->db, "SELECT state, reason, error, value FROM trial WHERE trial_id = ?1");
  if (!find.bind(1, trial_id).step()) fail(Exit::internal, "trial {} is not recorded", trial_id);
  Recorded recorded;
  recorded.state = state_named(find.text(0)).value();
  if (!find.is_null(1)) recorded.failure = failure_named(find.text(1)).value_or(Failure::none);
  if (!find.is_null(2)) recorded.error = find.text(2);
  if (!find.is_null(3)) recorded.value = find.real(3);
  return recorded;
}

std::int64_t Store::steps(std::int64_t trial_id) {
  Statement find(impl_->db, "SELECT coalesce(max(last_step), 0) FROM metric_summary WHERE trial_id = ?1");
  find.bind(1, trial_id).step();
  return find.integer(0);
}

std::optional<Recorded> Store::at_rung(std::int64_t trial_id, std::int64_t step) {
  Statement find(impl_->db,
                 "SELECT r.value FROM trial t JOIN trial o USING (config_id, replicate) JOIN rung r ON r.trial_id = "
                 "o.trial_id WHERE t.trial_id = ?1 AND r.step = ?2 ORDER BY o.attempt DESC LIMIT 1");
  if (!find.bind_all(trial_id, step).step()) return std::nullopt;
  return Recorded{TrialState::queued, Failure::none, "", find.is_null(0) ? std::nullopt : std::optional(find.real(0))};
}

std::vector<MetricPoint> Store::series(std::int64_t trial_id, const std::string& metric) {
  std::vector<MetricPoint> points;
  Statement find(impl_->db,
                 "SELECT m.step, m.value, m.t_ms FROM metric m JOIN metric_name n USING (metric_id) JOIN trial t ON "
                 "m.trial_id = coalesce(t.same_as, t.trial_id) WHERE t.trial_id = ?1 AND n.name = ?2 ORDER BY m.step");
  for (find.bind_all(trial_id, metric); find.step();)
    points.push_back({metric, find.integer(0), find.is_null(1) ? NAN : find.real(1), find.integer(2)});
  return points;
}

std::int64_t Store::finished_sweep(const std::string& name_or_id, const std::string& identity) {
  Statement find(impl_->db,
                 "SELECT sweep_id, state FROM sweep WHERE (name = ?1 OR CAST(sweep_id AS TEXT) = ?1) AND identity <> "
                 "?2 ORDER BY sweep_id DESC LIMIT 1");
  if (!find.bind_all(name_or_id, identity).step())
    fail(Exit::usage, "sweep.start_from: no other sweep '{}' in {}", name_or_id, impl_->file.string());
  if (find.text(1) != "DONE")
    fail(Exit::usage, "sweep.start_from: sweep {} '{}' is not done: what it will have found is not known",
         find.integer(0), name_or_id);
  return find.integer(0);
}

}  // namespace ubp
