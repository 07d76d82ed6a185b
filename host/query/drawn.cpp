// SPDX-License-Identifier: MIT
#include "query/drawn.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

namespace ubp {
namespace {

double number_of(const sqlite::Statement& row, int column) {
  return row.type(column) == SQLITE_NULL ? std::nan("") : row.real(column);
}

/// SQL: of the trial t what the metric ?2 counts.
const char* value_of(const SweepFacts& sweep, const std::string& metric) {
  const auto& several = sweep.objectives;
  if (metric == sweep.metric) return "t.value";
  if (std::any_of(several.begin(), several.end(), [&](const SweepObjective& o) { return o.metric == metric; }))
    return "(SELECT o.value FROM objective_values o WHERE o.trial_id = t.trial_id AND o.metric = ?2)";
  return "(SELECT s.last FROM metric_stats s WHERE s.trial_id = t.trial_id AND s.metric = ?2)";
}

}  // namespace

std::vector<DrawnTrial> drawn_trials(Reader& reader, const SweepFacts& sweep, const std::string& metric) {
  const Query query = {
      fmt::format("WITH final AS (SELECT trial_id, max(attempt) FROM trial WHERE sweep_id = ?1 AND state = 'COMPLETE' "
                  "GROUP BY config_id, replicate) "
                  "SELECT t.trial_id, c.number, t.replicate, t.seed, {} AS shown, t.value "
                  "FROM final JOIN trial t USING (trial_id) JOIN config c USING (config_id) "
                  "WHERE ?2 IS NOT NULL AND shown IS NOT NULL ORDER BY t.finished_ms, t.trial_id",
                  value_of(sweep, metric)),
      {sweep.sweep_id, metric}};
  std::vector<DrawnTrial> trials;
  reader.each(query, [&](const sqlite::Statement& row) {
    trials.push_back({row.integer(0), fmt::format("{}/{}.{}", sweep.name, row.integer(1), row.integer(2)),
                      row.integer(1), row.integer(2), row.integer(3), row.real(4), number_of(row, 5)});
  });
  return trials;
}

std::vector<std::string> told_metrics(Reader& reader, std::int64_t sweep_id) {
  std::vector<std::string> names;
  for (const Row& row : reader.rows({"SELECT DISTINCT n.name FROM trial t JOIN metric_summary s ON s.trial_id = "
                                     "coalesce(t.same_as, t.trial_id) JOIN metric_name n USING (metric_id) "
                                     "WHERE t.sweep_id = ?1 ORDER BY 1",
                                     {sweep_id}}))
    names.push_back(text_of(row[0]));
  return names;
}

std::map<std::int64_t, nlohmann::json> swept_params(Reader& reader, std::int64_t sweep_id) {
  std::map<std::int64_t, nlohmann::json> all;
  for (const Row& row : reader.rows({"SELECT number, params FROM config WHERE sweep_id = ?1", {sweep_id}}))
    all[std::get<std::int64_t>(row[0])] = reader.parsed(text_of(row[1]));
  return all;
}

DrawnSeries drawn_series(Reader& reader, std::int64_t trial_id, const std::string& metric) {
  DrawnSeries series;
  reader.each({"SELECT step, value FROM metrics WHERE trial_id = ?1 AND metric = ?2 ORDER BY step", {trial_id, metric}},
              [&](const sqlite::Statement& row) {
                series.step.push_back(static_cast<double>(row.integer(0)));
                series.value.push_back(number_of(row, 1));
              });
  return series;
}

std::map<std::string, DrawnSeries> drawn_series(Reader& reader, std::int64_t trial_id) {
  std::map<std::string, DrawnSeries> all;
  reader.each({"SELECT metric, step, value FROM metrics WHERE trial_id = ?1 ORDER BY metric, step", {trial_id}},
              [&](const sqlite::Statement& row) {
                DrawnSeries& series = all[row.text(0)];
                series.step.push_back(static_cast<double>(row.integer(1)));
                series.value.push_back(number_of(row, 2));
              });
  return all;
}

std::vector<DrawnExecution> drawn_executions(Reader& reader, std::int64_t sweep_id) {
  // What runs has no end: it is drawn as far as any trial of its sweep is known to have come.
  const Query query = {
      "WITH own AS (SELECT t.*, t.started_ms - min(t.started_ms) OVER () AS begin FROM trial t WHERE t.sweep_id = ?1 "
      "AND t.started_ms IS NOT NULL AND t.same_as IS NULL), "
      "known AS (SELECT max(max(coalesce(finished_ms, 0)), max(started_ms)) AS latest FROM own) "
      "SELECT t.trial_id, c.number, t.replicate, t.attempt, t.state, t.begin / 1000.0, "
      "(t.begin + max(0, coalesce(t.finished_ms, known.latest) - t.started_ms)) / 1000.0, s.name "
      "FROM own t JOIN config c USING (config_id) JOIN sweep s ON s.sweep_id = t.sweep_id, known "
      "ORDER BY t.started_ms, t.trial_id",
      {sweep_id}};
  std::vector<DrawnExecution> all;
  reader.each(query, [&](const sqlite::Statement& row) {
    all.push_back({row.integer(0), fmt::format("{}/{}.{}", row.text(7), row.integer(1), row.integer(2)), row.integer(1),
                   row.integer(3), row.text(4), row.real(5), row.real(6)});
  });
  return all;
}

std::vector<DrawnArtifact> drawn_artifacts(Reader& reader, std::int64_t trial_id) {
  std::vector<DrawnArtifact> all;
  for (const Row& row : reader.rows({"SELECT name, kind, artifact, step, path FROM artifacts WHERE trial_id = ?1 "
                                     "ORDER BY kind, artifact, step",
                                     {trial_id}}))
    all.push_back({trial_id, text_of(row[0]), text_of(row[1]), text_of(row[2]), std::get<std::int64_t>(row[3]),
                   reader.file().parent_path() / text_of(row[4])});
  return all;
}

std::string bytes_of(const DrawnArtifact& file) {
  std::ifstream in(file.file, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  if (!in || bytes.str().empty())
    fail(Exit::nothing, "{}: cannot be read, though {} recorded it", file.file.string(), file.trial);
  return bytes.str();
}

DrawnArray array_of(const DrawnArtifact& file) {
  const std::string bytes = bytes_of(file);
  const auto damaged = [&] { fail(Exit::nothing, "{}: is no NPY file of doubles in rows", file.file.string()); };
  if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0) damaged();
  const std::size_t begin = 10 + static_cast<std::uint8_t>(bytes[8]) + 256 * static_cast<std::uint8_t>(bytes[9]);
  const std::size_t shape = bytes.find("'shape': (");
  if (begin > bytes.size() || shape == std::string::npos || bytes.find("'<f8'") > begin) damaged();
  std::vector<std::size_t> dims;
  for (const char* at = bytes.data() + shape + 10; *at != ')';) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(at, bytes.data() + begin, number);
    if (error != std::errc()) damaged();
    dims.push_back(number);
    for (at = end; *at == ',' || *at == ' ';) ++at;
  }
  DrawnArray array;
  array.values.resize((bytes.size() - begin) / sizeof(double));
  std::memcpy(array.values.data(), bytes.data() + begin, array.values.size() * sizeof(double));
  if (dims.empty() || dims.size() > 2) damaged();
  array.rows = dims[0], array.width = dims.size() == 2 ? dims[1] : 1;
  if (array.rows == 0 || array.width == 0 || array.values.size() / array.width != array.rows) damaged();
  return array;
}

TrialPlace place_of_trial(Reader& reader, std::int64_t trial_id) {
  const Row row =
      *reader.first({"SELECT trial_id, sweep_id, config, name FROM trials WHERE trial_id = ?1", {trial_id}});
  return {std::get<std::int64_t>(row[0]), std::get<std::int64_t>(row[1]), std::get<std::int64_t>(row[2]),
          text_of(row[3])};
}

}  // namespace ubp
