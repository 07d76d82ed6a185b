// SPDX-License-Identifier: MIT
#include "query/listing.hpp"

#include "query/filter/selection.hpp"

namespace ubp {
namespace {

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::vector<std::string> param_names(Reader& reader, std::optional<std::int64_t> sweep_id) {
  std::vector<std::string> names;
  const Query q = sweep_id ? Query{"SELECT DISTINCT p.name FROM config c JOIN param p USING (config_id) "
                                   "WHERE c.sweep_id = ?1 ORDER BY 1",
                                   {*sweep_id}}
                           : Query{"SELECT DISTINCT name FROM param ORDER BY 1"};
  for (const Row& row : reader.rows(q)) names.push_back(text_of(row[0]));
  return names;
}

// One column a parameter of `config_id`; the names are bound, after `arguments`.
std::string param_columns(const std::vector<std::string>& names, const std::string& config_id,
                          const std::string& prefix, Row& arguments) {
  std::string sql;
  for (const std::string& name : names) {
    arguments.push_back(name);
    sql += fmt::format(
        "(SELECT CASE p.kind WHEN 'float' THEN p.num WHEN 'int' THEN CAST(p.num AS INTEGER) WHEN 'bool' THEN "
        "iif(p.num, 'true', 'false') ELSE p.text END FROM param p WHERE p.config_id = {} AND p.name = ?{}) "
        "AS {}, ",
        config_id, arguments.size(), quoted(prefix + name));
  }
  return sql;
}

Value or_null(std::optional<std::int64_t> id) { return id ? Value(*id) : Value(); }

/// " AND COLUMN IN (...)", or "": all.
std::string among_matching(Reader& reader, const std::string& column, const ExportScope& scope, Row& arguments) {
  if (scope.where.empty()) return "";
  return fmt::format(" AND {} IN ({})", column, matching_trials(reader, scope.where, arguments));
}

/// 0: all.
Query limited(Query q, std::int64_t limit) {
  if (limit > 0) q.sql += fmt::format(" LIMIT {}", limit);
  return q;
}

}  // namespace

// By trial, or by sweep: its tags in one text, found once for all rows.
constexpr const char* kTagsOfTrials =
    "(SELECT trial_id, group_concat(tag, ',') AS tags FROM (SELECT trial_id, tag FROM tags WHERE trial_id IS NOT NULL "
    "ORDER BY trial_id, tag) GROUP BY trial_id)";
constexpr const char* kTagsOfSweeps =
    "(SELECT sweep_id, group_concat(tag, ',') AS tags FROM (SELECT sweep_id, tag FROM tags WHERE trial_id IS NULL "
    "ORDER BY sweep_id, tag) GROUP BY sweep_id)";

Query sweep_listing(bool written) {
  return {
      "WITH first AS (SELECT sweep_id, min(adjusted_mean) AS mean FROM leaderboard WHERE rank = 1 GROUP BY sweep_id) "
      "SELECT s.sweep_id, sweep, experiment, iif(state = 'RUNNING' AND NOT ?1, 'STOPPED', state) AS state, configs, "
      "replicates, complete, running, queued, failed, metric, goal, iif(best IS NULL, NULL, f.mean) AS best, created, "
      "tags FROM sweeps s LEFT JOIN first f ON f.sweep_id = s.sweep_id LEFT JOIN " +
          std::string(kTagsOfSweeps) + " g ON g.sweep_id = s.sweep_id ORDER BY s.sweep_id",
      {std::int64_t{written}}};
}

Query trial_listing(Reader& reader, const TrialFilter& filter) {
  Query q;
  std::string where;
  const auto require = [&](const std::string& column, const Value& value) {
    q.arguments.push_back(value);
    where += fmt::format("{} {} = ?{}", where.empty() ? " WHERE" : " AND", column, q.arguments.size());
  };
  if (filter.sweep_id) require("t.sweep_id", *filter.sweep_id);
  if (!filter.state.empty()) require("t.state", filter.state);
  if (!filter.waits.empty()) require("t.reason", filter.waits);
  if (!filter.where.empty())
    where += fmt::format("{} t.trial_id IN ({})", where.empty() ? " WHERE" : " AND",
                         matching_trials(reader, filter.where, q.arguments));
  q.sql = "SELECT t.trial_id, t.name, t.attempt, ";
  q.sql += filter.written ? "t.state" : "iif(t.state = 'RUNNING', 'STOPPED', t.state) AS state";
  q.sql += ", t.value, t.seconds, ";
  if (filter.sweep_id)
    q.sql += param_columns(param_names(reader, filter.sweep_id), "t.config_id", "", q.arguments);
  else
    q.sql += "t.params, ";
  q.sql += fmt::format("t.reason, g.tags FROM trials t LEFT JOIN {} g ON g.trial_id = t.trial_id{} ORDER BY t.trial_id",
                       kTagsOfTrials, where);
  if (filter.newest > 0) q.sql += fmt::format(" DESC LIMIT {}", filter.newest);
  return q;
}

Query config_listing(std::int64_t sweep_id, std::int64_t config) {
  // SQLite: the other columns come from the row that holds the max().
  return {
      "SELECT trial_id, name, seed, state, value, seconds, error FROM (SELECT *, max(attempt) FROM trials WHERE "
      "sweep_id = ?1 AND config = ?2 GROUP BY replicate) ORDER BY replicate",
      {sweep_id, config}};
}

Query leaderboard_listing(Reader& reader, std::int64_t sweep_id, std::int64_t limit) {
  Query q{"", {sweep_id}};
  const std::string params = param_columns(param_names(reader, sweep_id), "l.config_id", "", q.arguments);
  q.sql = fmt::format(
      "SELECT l.rank, l.config, l.n, l.failed, l.mean, l.sd, l.mean - l.ci95 AS ci95_low, "
      "l.mean + l.ci95 AS ci95_high, {}l.best, l.worst, l.adjusted_mean FROM leaderboard l WHERE l.sweep_id = ?1 "
      "ORDER BY l.rank, l.config",
      params);
  return limited(std::move(q), limit);
}

Query tested_listing(Reader& reader, const SweepFacts& sweep, std::int64_t limit) {
  Query q{"", {sweep.sweep_id, sweep.metric, test_metric(sweep)}};
  const std::string params = param_columns(param_names(reader, sweep.sweep_id), "l.config_id", "", q.arguments);
  q.sql = fmt::format(
      "WITH final AS (SELECT trial_id, config_id, max(attempt) FROM trial WHERE sweep_id = ?1 "
      "AND state = 'COMPLETE' AND value IS NOT NULL GROUP BY config_id, replicate), "
      "tested AS (SELECT f.config_id, {} AS value FROM final f), "
      "wide AS (SELECT config_id, avg(value) AS mean, ci95(value) AS ci95 FROM tested GROUP BY config_id) "
      "SELECT l.rank, l.config, l.n, l.mean, {}w.mean AS test_mean, w.mean - w.ci95 AS test_ci95_low, "
      "w.mean + w.ci95 AS test_ci95_high FROM leaderboard l JOIN wide w USING (config_id) WHERE l.sweep_id = ?1 "
      "ORDER BY l.rank, l.config",
      tested_value(sweep), params);
  return limited(std::move(q), limit);
}

Query confirmed_listing(Reader& reader, std::int64_t sweep_id, std::int64_t confirmation) {
  Query q{"", {sweep_id, confirmation}};
  const std::string params = param_columns(param_names(reader, sweep_id), "f.config_id", "", q.arguments);
  q.sql = fmt::format(
      "SELECT f.rank, o.config, {}o.n AS sweep_n, o.mean AS sweep_mean, f.n, f.failed, f.mean, f.mean - f.ci95 AS "
      "ci95_low, f.mean + f.ci95 AS ci95_high, iif(f.config = s.default_config, 'default', '') AS note FROM "
      "leaderboard "
      "f JOIN sweep s USING (sweep_id) LEFT JOIN leaderboard o ON o.params = f.params AND "
      "o.sweep_id = ?1 WHERE f.sweep_id = ?2 ORDER BY f.rank, o.config",
      params);
  return q;
}

std::vector<std::string> matching_configs(Reader& reader, const std::string& filter) {
  Query q;
  const std::string trials = matching_trials(reader, filter, q.arguments);
  q.sql = fmt::format(
      "SELECT t.sweep_id || '/' || t.config FROM trials t WHERE t.value IS NOT NULL AND t.config_id IN "
      "(SELECT "
      "t.config_id FROM trials t WHERE t.trial_id IN ({})) GROUP BY t.config_id ORDER BY t.sweep_id, t.config",
      trials);
  std::vector<std::string> names;
  for (const Row& row : reader.rows(q)) names.push_back(text_of(row[0]));
  return names;
}

Query metric_listing(std::int64_t trial_id) {
  return {"SELECT metric, last, last_step AS step, min, max, n FROM metric_stats WHERE trial_id = ?1 ORDER BY metric",
          {trial_id}};
}

Query trial_export(Reader& reader, const ExportScope& scope, bool spread) {
  Query q{"", {or_null(scope.sweep_id)}};
  const std::string params =
      spread ? param_columns(param_names(reader, scope.sweep_id), "t.config_id", "params.", q.arguments) : "t.params, ";
  q.sql =
      "SELECT t.trial_id, t.name, t.sweep_id, t.sweep, t.config, t.replicate, t.attempt, t.seed, t.state, t.value, "
      "t.seconds, t.cpu_seconds, t.max_rss_mb, " +
      params +
      "t.supervised, t.reason, t.error, t.exit_code, t.signal, t.resumed_from_step, t.created, t.started, t.finished "
      "FROM trials t WHERE (?1 IS NULL OR t.sweep_id = ?1)" +
      among_matching(reader, "t.trial_id", scope, q.arguments) + " ORDER BY t.trial_id";
  return q;
}

std::vector<ExportedRun> exported_runs(Reader& reader, const ExportScope& scope) {
  Query q{"", {or_null(scope.sweep_id)}};
  q.sql =
      "WITH latest AS (SELECT trial_id, max(attempt) FROM trial GROUP BY config_id, replicate) "
      "SELECT t.trial_id, t.sweep_id, t.config, t.replicate, coalesce(r.started_ms, o.started_ms), "
      "coalesce(r.finished_ms, o.finished_ms), t.sweep, t.state, t.params, "
      "(SELECT count(*) FROM sweep s WHERE s.name = t.sweep) > 1 FROM trials t JOIN latest USING (trial_id) "
      "JOIN trial r ON r.trial_id = t.trial_id LEFT JOIN trial o ON o.trial_id = t.same_as "
      "WHERE coalesce(r.started_ms, o.started_ms) IS NOT NULL AND (?1 IS NULL OR t.sweep_id = ?1)";
  q.sql += among_matching(reader, "t.trial_id", scope, q.arguments) + " ORDER BY t.trial_id";
  std::vector<ExportedRun> runs;
  reader.each(q, [&](const sqlite::Statement& row) {
    runs.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4),
                    row.is_null(5) ? std::nullopt : std::optional(row.integer(5)), row.text(6), row.text(7),
                    row.text(8), row.integer(9) != 0});
  });
  return runs;
}

Query points_by_step(std::int64_t trial_id) {
  return {"SELECT step, t_ms, metric, value FROM metrics WHERE trial_id = ?1 ORDER BY step, t_ms, metric", {trial_id}};
}

Query tags_of(const FoundTarget& target) {
  return {target.is_sweep ? "SELECT tag, since FROM tags WHERE trial_id IS NULL AND sweep_id = ?1 ORDER BY tag"
                          : "SELECT tag, since FROM tags WHERE trial_id = ?1 ORDER BY tag",
          {target.id}};
}

Query notes_of(const FoundTarget& target) {
  return {target.is_sweep ? "SELECT written, note FROM notes WHERE trial_id IS NULL AND sweep_id = ?1 ORDER BY written"
                          : "SELECT written, note FROM notes WHERE trial_id = ?1 ORDER BY written",
          {target.id}};
}

Query metric_export(Reader& reader, const ExportScope& scope) {
  Query q{
      "SELECT m.trial_id, m.metric, m.step, m.value, m.t_ms FROM metrics m JOIN trials t USING (trial_id) "
      "WHERE (?1 IS NULL OR t.sweep_id = ?1)",
      {or_null(scope.sweep_id)}};
  q.sql += among_matching(reader, "t.trial_id", scope, q.arguments) + " ORDER BY m.trial_id, m.metric, m.step";
  return q;
}

Query leaderboard_export(Reader& reader, const ExportScope& scope) {
  Query q{
      "SELECT sweep_id, sweep, rank, config, n, failed, mean, sd, ci95, best, worst, metric, goal, params, "
      "adjusted_mean FROM leaderboard l WHERE (?1 IS NULL OR sweep_id = ?1)",
      {or_null(scope.sweep_id)}};
  const std::string trials = among_matching(reader, "t.trial_id", scope, q.arguments);
  if (!trials.empty()) q.sql += " AND l.config_id IN (SELECT t.config_id FROM trials t WHERE true" + trials + ")";
  q.sql += " ORDER BY sweep_id, rank, config";
  return q;
}

}  // namespace ubp
