// SPDX-License-Identifier: MIT
#include "query/datasette.hpp"

#include "record/view_notes.hpp"

namespace ubp {
namespace {

using nlohmann::json;

// Functions of SQLite's own only: ubp's aggregates are not there.
struct CannedQuery {
  const char* name;
  const char* title;
  const char* description;
  std::vector<std::string> params;
  const char* sql;
};

// What is typed is a sweep's id or its name, of which the latest sweep counts; a trial likewise.
const CannedQuery kQueries[] = {
    {"best_configs",
     "The best configs of a sweep",
     "sweep: name or id. As `ubp best SWEEP`.",
     {"sweep"},
     "SELECT rank, config, n, failed, mean, mean - ci95 AS ci95_low, mean + ci95 AS ci95_high, adjusted_mean, best, "
     "worst, metric, goal, params FROM leaderboard WHERE sweep_id = (SELECT max(sweep_id) FROM sweeps WHERE :sweep IN "
     "(sweep, CAST(sweep_id AS TEXT))) ORDER BY rank, config"},
    {"failures_by_cause",
     "How many trials failed, and why",
     "sweep: name; empty: all. As `ubp find 'state in [failed, lost]' --by state,reason`.",
     {"sweep"},
     "SELECT state, reason, count(*) AS n, max(error) AS example, max(finished) AS latest FROM failures WHERE :sweep "
     "IN "
     "('', sweep) GROUP BY state, reason ORDER BY n DESC"},
    {"curves_of_a_trial",
     "The learning curves of a trial",
     "trial: SWEEP/CONFIG.REPLICATE or id. As `ubp export csv --what metrics`.",
     {"trial"},
     "SELECT metric, step, value, t_ms FROM metrics WHERE trial_id = (SELECT trial_id FROM trials WHERE :trial IN "
     "(name, "
     "CAST(trial_id AS TEXT)) ORDER BY sweep_id DESC, attempt DESC LIMIT 1) ORDER BY metric, step"},
    {"effect_of_a_parameter",
     "The results of a sweep by the values of a parameter",
     "sweep: name or id; parameter: as the sweep's spec has it. As `ubp find 'state = complete' --sweep SWEEP --by "
     "PARAMETER`.",
     {"sweep", "parameter"},
     "SELECT p.value, count(*) AS n, avg(t.value) AS mean, min(t.value) AS least, max(t.value) AS largest FROM params "
     "p "
     "JOIN trials t USING (trial_id) WHERE t.sweep_id = (SELECT max(sweep_id) FROM sweeps WHERE :sweep IN (sweep, "
     "CAST(sweep_id AS TEXT))) AND p.name = :parameter AND t.state = 'COMPLETE' GROUP BY p.value ORDER BY p.value"},
};

}  // namespace

json datasette_metadata(Reader& reader, const std::string& name) {
  json tables = json::object(), queries = json::object();
  for (const Row& row : reader.rows({"SELECT name FROM sqlite_schema WHERE type = 'table'"}))
    tables[text_of(row[0])] = {{"hidden", true}};
  for (const ViewNote& note : view_notes()) {
    json columns = json::object();
    for (const auto& [column, text] : note.columns) columns[column] = text;
    tables[note.name] = {{"description", note.about}, {"columns", columns}};
  }
  for (const CannedQuery& query : kQueries)
    queries[query.name] = {
        {"title", query.title}, {"description", query.description}, {"params", query.params}, {"sql", query.sql}};
  return {{"title", "Results of ubp"},
          {"description",
           "Sweeps, their configs and trials, and what these came to. Views are for people, and only "
           "ever get more columns; tables, which may change with a version, are hidden."},
          {"databases", {{name, {{"tables", tables}, {"queries", queries}}}}}};
}

}  // namespace ubp
