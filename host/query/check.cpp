// SPDX-License-Identifier: MIT
#include "query/check.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/vocabulary.hpp"
#include "record/optuna.hpp"
#include "record/schema.hpp"

namespace ubp {

namespace {

bool is_wall_clock(std::string_view metric) {
  return std::find(std::begin(kWallClockMetrics), std::end(kWallClockMetrics), metric) != std::end(kWallClockMetrics);
}

struct Promise {
  const char* broken;  // how many rows: `{}`
  const char* count;
};

constexpr Promise kPromises[] = {
    {"{} metric series belong to no trial",
     "SELECT count(*) FROM (SELECT DISTINCT trial_id, metric_id FROM metric) WHERE trial_id NOT IN (SELECT trial_id "
     "FROM trial)"},
    {"{} metric series have no summary, or one that counts otherwise",
     "SELECT count(*) FROM (SELECT trial_id, metric_id, count(*) AS n FROM metric GROUP BY 1, 2) m LEFT JOIN "
     "metric_summary s "
     "USING (trial_id, metric_id) WHERE s.n IS NOT m.n"},
    {"{} metric summaries say otherwise than their points",
     "WITH m AS (SELECT trial_id, metric_id, count(*) AS n, count(value) AS numbers, min(step) AS at_first, max(step) "
     "AS "
     "at_last, min(value) AS low, max(value) AS high, sum(value) AS total, sum(abs(value)) AS size FROM metric GROUP "
     "BY "
     "1, 2) SELECT count(*) FROM m JOIN metric_summary s USING (trial_id, metric_id) "
     "JOIN metric a ON a.trial_id = m.trial_id AND a.metric_id = m.metric_id AND a.step = m.at_first "
     "JOIN metric z ON z.trial_id = m.trial_id AND z.metric_id = m.metric_id AND z.step = m.at_last "
     "WHERE s.n_nan IS NOT m.n - m.numbers OR s.last_step IS NOT m.at_last OR s.first IS NOT a.value OR s.last IS NOT "
     "z.value OR s.min IS NOT m.low OR s.max IS NOT m.high "
     "OR NOT coalesce(s.sum IS m.total OR abs(s.sum - m.total) <= 1e-9 * m.size, 0)"},
    {"{} metric summaries name a step where their least or greatest value is not",
     "SELECT count(*) FROM metric_summary s WHERE (min IS NULL) <> (min_step IS NULL) OR (max IS NULL) <> (max_step IS "
     "NULL) OR (min IS NOT NULL AND NOT EXISTS(SELECT 1 FROM metric m WHERE m.trial_id = s.trial_id AND m.metric_id = "
     "s.metric_id AND m.step = s.min_step AND m.value = s.min)) OR (max IS NOT NULL AND NOT EXISTS(SELECT 1 FROM "
     "metric "
     "m WHERE m.trial_id = s.trial_id AND m.metric_id = s.metric_id AND m.step = s.max_step AND m.value = s.max))"},
    {"{} complete trials have another value than their metric",
     "SELECT count(*) FROM trial t JOIN sweep s USING (sweep_id) JOIN metric_name n ON n.name = s.metric LEFT JOIN "
     "metric_summary m ON m.trial_id = coalesce(t.same_as, t.trial_id) AND m.metric_id = n.metric_id WHERE t.state = "
     "'COMPLETE' AND t.value "
     "IS NOT CASE s.reduce WHEN 'min' THEN m.min WHEN 'max' THEN m.max WHEN 'last' THEN m.last ELSE m.sum / m.n END"},
    {"{} complete trials lack an objective of their sweep",
     "SELECT count(*) FROM trial t JOIN objectives o USING (sweep_id) LEFT JOIN objective_values v ON v.trial_id = "
     "t.trial_id AND v.objective = o.objective WHERE o.objective > 0 AND t.state = 'COMPLETE' AND v.value IS NULL"},
    {"{} replicates have several seeds in one config",
     "SELECT count(*) FROM (SELECT 1 FROM trial GROUP BY config_id, replicate HAVING min(seed) <> max(seed))"},
    {"{} metric summaries have no points",
     "SELECT count(*) FROM metric_summary s WHERE NOT EXISTS(SELECT 1 FROM metric m WHERE m.trial_id = s.trial_id AND "
     "m.metric_id = s.metric_id)"},
    {"{} metric series have no name",
     "SELECT count(*) FROM (SELECT DISTINCT trial_id, metric_id FROM metric) WHERE metric_id NOT IN (SELECT metric_id "
     "FROM metric_name)"},
    {"{} trials are of a config of another sweep",
     "SELECT count(*) FROM trial t JOIN config c USING (config_id) WHERE t.sweep_id <> c.sweep_id"},
    {"{} configs have no resolved spec",
     "SELECT count(*) FROM config JOIN sweep USING (sweep_id) WHERE sampler ->> '$.use' IS NOT 'imported' AND "
     "config_id NOT "
     "IN (SELECT config_id FROM config_spec)"},
    {"{} configs have no trial", "SELECT count(*) FROM config WHERE config_id NOT IN (SELECT config_id FROM trial)"},
    {"{} complete trials have no value, though their sweep has a metric",
     "SELECT count(*) FROM trial t JOIN sweep s USING (sweep_id) WHERE t.state = 'COMPLETE' AND t.value IS NULL AND "
     "s.metric IS "
     "NOT NULL"},
};

// Bits, not digits: equal means equal.
std::string bits(const sqlite::Statement& row, int column) {
  return row.is_null(column) ? "nan" : fmt::format("{:016x}", std::bit_cast<std::uint64_t>(row.real(column)));
}

std::string text_of(const nlohmann::json& v) { return v.is_string() ? v.get<std::string>() : json_text(v); }

/// Swept parameters are recorded twice: as JSON, and typed, for filters.
void check_params(Reader& reader, std::vector<std::string>& problems) {
  std::map<std::int64_t, nlohmann::json> by_config;
  reader.each({"SELECT config_id, params FROM config"}, [&](const sqlite::Statement& row) {
    by_config[row.integer(0)] = nlohmann::json::parse(row.text(1), nullptr, false);
  });
  std::map<std::int64_t, std::size_t> typed;
  std::int64_t wrong = 0;
  reader.each({"SELECT config_id, name, num, text FROM param"}, [&](const sqlite::Statement& row) {
    const nlohmann::json& params = by_config[row.integer(0)];
    const auto v = params.is_object() ? params.find(row.text(1)) : params.end();
    const bool number = v != params.end() && (v->is_number() || v->is_boolean());
    const bool same =
        v != params.end() && row.is_null(2) != number &&
        (number ? row.real(2) == (v->is_boolean() ? v->get<bool>() : v->get<double>()) : row.text(3) == text_of(*v));
    wrong += !same;
    ++typed[row.integer(0)];
  });
  for (const auto& [config_id, params] : by_config) wrong += !params.is_object() || params.size() != typed[config_id];
  if (wrong > 0) problems.push_back(fmt::format("{} parameters are recorded in two ways that differ", wrong));
}

void check_reasons(Reader& reader, std::vector<std::string>& problems) {
  // That of one that waits is why it stopped: interrupted, or paused.
  reader.each({"SELECT DISTINCT reason FROM trial WHERE reason IS NOT NULL AND state <> 'QUEUED'"},
              [&](const sqlite::Statement& row) {
                if (!failure_named(row.text(0)))
                  problems.push_back(fmt::format("there is no class of failure '{}'", row.text(0)));
              });
}

/// What every database of this version has: tables, triggers, views and the table of quantiles.
void check_furniture(Reader& reader, std::vector<std::string>& problems) {
  constexpr const char* kFurniture[] = {
      "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL",
      "SELECT 'the quantile of ' || df || ' degrees of freedom', quantile FROM student_t"};
  sqlite::Connection fresh(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  migrate(fresh);
  if (reader.first({"SELECT 1 FROM sqlite_schema WHERE name = 'study_system_attributes'"})) make_optuna_views(fresh);
  for (const char* sql : kFurniture) {
    std::set<std::pair<std::string, std::string>> found;
    reader.each({sql}, [&](const sqlite::Statement& row) { found.emplace(row.text(0), row.text(1)); });
    for (sqlite::Statement expected(fresh, sql); expected.step();)
      if (!found.contains({expected.text(0), expected.text(1)}))
        problems.push_back(fmt::format("{} is not as this ubp makes it", expected.text(0)));
  }
}

}  // namespace

std::string results_digest(Reader& reader, std::int64_t* complete) {
  struct Final {
    std::int64_t trial_id;
    std::string key;
  };
  std::vector<Final> finals;
  reader.each({"SELECT coalesce(t.same_as, t.trial_id), coalesce(s.declaration, s.identity) AS declaration, c.number, "
               "t.replicate, t.value, max(t.attempt) FROM trial t JOIN config c USING "
               "(config_id) JOIN sweep s ON s.sweep_id = t.sweep_id WHERE t.state = 'COMPLETE' "
               "GROUP BY t.config_id, t.replicate ORDER BY declaration, c.number, t.replicate"},
              [&](const sqlite::Statement& row) {
                finals.push_back({row.integer(0), fmt::format("{} {}.{} {}\n", row.text(1), row.integer(2),
                                                              row.integer(3), bits(row, 4))});
              });
  std::vector<std::pair<std::int64_t, std::string>> names;  // by name: ids depend on who came first
  reader.each({"SELECT metric_id, name FROM metric_name ORDER BY name"}, [&](const sqlite::Statement& row) {
    if (!is_wall_clock(row.text(1))) names.emplace_back(row.integer(0), row.text(1));
  });

  std::string digests;
  for (const Final& f : finals) {
    std::string text = f.key;
    std::map<std::int64_t, std::string> series;  // in id order, as they are stored
    reader.each(
        {"SELECT metric_id, step, value FROM metric WHERE trial_id = ?1 ORDER BY metric_id, step", {f.trial_id}},
        [&](const sqlite::Statement& row) {
          series[row.integer(0)] += fmt::format("{} {}\n", row.integer(1), bits(row, 2));
        });
    for (const auto& [metric_id, name] : names)
      if (const auto points = series.find(metric_id); points != series.end()) text += name + "\n" + points->second;
    digests += sha256(text) + "\n";
  }
  if (complete) *complete = static_cast<std::int64_t>(finals.size());
  return sha256(digests);
}

CheckResult check(Reader& reader) {
  CheckResult result;
  for (const Row& row : reader.rows({"PRAGMA integrity_check"}))
    if (text_of(row[0]) != "ok") result.problems.push_back("SQLite: " + text_of(row[0]));
  if (!result.problems.empty()) return result;                  // what follows could not be trusted
  std::map<std::pair<std::string, std::string>, int> dangling;  // table, parent
  for (const Row& row : reader.rows({"PRAGMA foreign_key_check"})) ++dangling[{text_of(row[0]), text_of(row[2])}];
  for (const auto& [tables, rows] : dangling)
    result.problems.push_back(fmt::format("{} rows of {} refer to a missing {}", rows, tables.first, tables.second));
  for (const Promise& p : kPromises) {
    const auto row = reader.first({p.count});
    if (const auto n = std::get<std::int64_t>((*row)[0]))
      result.problems.push_back(fmt::format(fmt::runtime(p.broken), n));
  }
  check_params(reader, result.problems);
  check_reasons(reader, result.problems);
  check_furniture(reader, result.problems);
  if (result.problems.empty()) result.digest = results_digest(reader, &result.complete);
  return result;
}

}  // namespace ubp
