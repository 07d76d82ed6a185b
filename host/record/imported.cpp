// SPDX-License-Identifier: MIT
#include "record/imported.hpp"

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "record/store_impl.hpp"

namespace ubp {

using nlohmann::json;
using sqlite::Connection;
using sqlite::Statement;

namespace {

/// Bits, not digits: JSON knows neither NaN nor infinities.
json exact(double value) { return std::isfinite(value) ? json(value) : json(fmt::format("{}", value)); }

/// Of all that is recorded but for where it comes from.
std::string identity_of(const ImportedSweep& sweep) {
  json all = {{"imported", sweep.name}, {"objectives", sweep.objectives}, {"reduce", sweep.reduce},
              {"series", sweep.series}, {"space", sweep.space},           {"configs", json::array()},
              {"trials", json::array()}};
  for (const ImportedConfig& config : sweep.configs) all["configs"].push_back({config.number, config.params});
  for (const ImportedTrial& t : sweep.trials) {
    json values = json::array(), series = json::array();
    for (const double value : t.values) values.push_back(exact(value));
    for (const auto& [step, value] : t.series) series.push_back({step, exact(value)});
    all["trials"].push_back({t.config, t.replicate, t.attempt, t.seed, name_of(t.state), t.reason, t.error, values,
                             series, t.started_ms.value_or(-1), t.finished_ms.value_or(-1)});
  }
  return sha256(json_text(all));
}

class ImportWriter {
 public:
  explicit ImportWriter(Connection& db) : db_(db), points_(db) {}

  ImportedRecord write(const ImportedSweep& sweep) {
    const std::string identity = identity_of(sweep);
    if (Statement known(db_, "SELECT sweep_id FROM sweep WHERE identity = ?1"); known.bind(1, identity).step())
      return {known.integer(0), true};
    const std::int64_t sweep_id = add_sweep(sweep, identity);
    std::vector<std::int64_t> configs;
    for (const ImportedConfig& config : sweep.configs) configs.push_back(add_config(sweep_id, config));
    for (const ImportedTrial& trial : sweep.trials) add_trial(sweep, sweep_id, configs[trial.config], trial);
    return {sweep_id, false};
  }

 private:
  std::int64_t add_sweep(const ImportedSweep& sweep, const std::string& identity) {
    db_.run(
        fmt::format("INSERT OR IGNORE INTO experiment(name, question, created_ms) VALUES('imported', '', {})", now_));
    json sampler = sweep.source;
    sampler["use"] = "imported";
    if (sweep.objectives.size() > 1) sampler["objectives"] = sweep.objectives;
    std::int64_t replicates = 1;
    for (const ImportedTrial& trial : sweep.trials) replicates = std::max(replicates, trial.replicate + 1);
    Statement(db_,
              "INSERT INTO sweep(experiment_id, name, identity, spec, space, sampler, seed, replicates, metric, goal, "
              "reduce, state, created_ms, finished_ms) SELECT experiment_id, ?1, ?2, '', ?3, ?4, 0, ?5, ?6, ?7, ?8, "
              "'DONE', ?9, ?9 FROM experiment WHERE name = 'imported'")
        .bind_all(plain_line(sweep.name), identity, json_text(sweep.space), json_text(sampler), replicates,
                  sweep.objectives[0].metric, name_of(sweep.objectives[0].goal), sweep.reduce, now_)
        .run();
    return db_.last_row();
  }

  std::int64_t add_config(std::int64_t sweep_id, const ImportedConfig& config) {
    add_config_.bind_all(sweep_id, config.number, json_text(config.params)).run();
    const std::int64_t config_id = db_.last_row();
    for (const auto& [name, value] : config.params.items()) add_param(add_param_, config_id, name, value);
    return config_id;
  }

  void add_trial(const ImportedSweep& sweep, std::int64_t sweep_id, std::int64_t config_id, const ImportedTrial& t) {
    const std::int64_t finished = t.finished_ms.value_or(now_), started = t.started_ms.value_or(finished);
    add_trial_.bind_all(sweep_id, config_id, t.replicate, t.attempt, static_cast<std::int64_t>(t.seed), started).run();
    const std::int64_t trial_id = db_.last_row();
    points_.begin(trial_id);
    std::vector<MetricPoint> points;
    for (const auto& [step, value] : t.series) points.push_back({sweep.series, step, value, 0});
    const std::int64_t last_step = t.series.empty() ? 0 : t.series.rbegin()->first;
    for (std::size_t k = 0; k < t.values.size(); ++k)
      if (sweep.objectives[k].metric != sweep.series || t.series.empty())
        points.push_back({sweep.objectives[k].metric, last_step, t.values[k], 0});
    points_.add(trial_id, points);
    points_.write();
    points_.close(trial_id);
    const bool timed = t.started_ms && t.finished_ms;
    const auto if_any = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
    end_trial_
        .bind_all(trial_id, name_of(t.state), if_any(t.reason), if_any(t.error), finished,
                  timed ? std::optional(finished - started) : std::nullopt,
                  t.values.empty() ? std::nullopt : std::optional(t.values[0]))
        .run();
  }

  Connection& db_;
  const std::int64_t now_ = now_ms();
  PointBuffer points_;
  Statement add_config_{db_, "INSERT INTO config(sweep_id, number, supervised, params) VALUES(?1, ?2, 0, ?3)"};
  Statement add_param_{db_, "INSERT INTO param(config_id, name, kind, num, text) VALUES(?1, ?2, ?3, ?4, ?5)"};
  Statement add_trial_{
      db_,
      "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms, started_ms) VALUES(?1, ?2, "
      "?3, ?4, ?5, 'RUNNING', ?6, ?6)"};
  Statement end_trial_{
      db_,
      "UPDATE trial SET state = ?2, reason = ?3, error = ?4, finished_ms = ?5, wall_ms = ?6, value = ?7 WHERE "
      "trial_id = ?1"};
};

}  // namespace

std::vector<ImportedRecord> record_imported(const std::filesystem::path& database,
                                            const std::vector<ImportedSweep>& sweeps) {
  const Store locked(database);
  Connection db(sqlite::uri_of(database, "mode=rw"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI);
  db.run("PRAGMA foreign_keys = ON");
  std::vector<ImportedRecord> records;
  {
    sqlite::Transaction transaction(db);
    ImportWriter writer(db);
    for (const ImportedSweep& sweep : sweeps) records.push_back(writer.write(sweep));
    transaction.commit();
  }
  db.sync();
  return records;
}

json axis_around(const std::vector<json>& values) {
  const auto all = [&](auto is) { return std::all_of(values.begin(), values.end(), is); };
  if (all([](const json& v) { return v.is_number(); })) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const bool whole = all([](const json& v) { return v.is_number_integer(); });
    // What spans three decades was hardly meant to be even.
    const bool log = low->get<double>() > 0 && high->get<double>() >= 1000 * low->get<double>();
    return {{"type", whole ? "int" : "float"}, {"low", *low}, {"high", *high}, {"log", log}};
  }
  std::vector<json> choices = values;
  std::sort(choices.begin(), choices.end());
  choices.erase(std::unique(choices.begin(), choices.end()), choices.end());
  return {{"type", all([](const json& v) { return v.is_boolean(); }) ? "bool" : "choice"}, {"choices", choices}};
}

void fail_if_not_finite(ImportedTrial& trial, const std::vector<SweepObjective>& objectives) {
  if (trial.state != TrialState::complete) return trial.values.clear();
  for (std::size_t k = 0; k < trial.values.size(); ++k) {
    if (std::isfinite(trial.values[k])) continue;
    trial.state = TrialState::failed;
    trial.reason = name_of(Failure::numeric);
    trial.error = fmt::format("{}: is {}, not a finite number", objectives[k].metric, trial.values[k]);
    return trial.values.clear();
  }
}

}  // namespace ubp
