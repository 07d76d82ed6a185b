// SPDX-License-Identifier: MIT
#include "query/seeds.hpp"

#include "base/statistics/estimates.hpp"

namespace ubp {

std::vector<double> SeededResults::all() const {
  std::vector<double> numbers;
  for (const auto& [seed, value] : values) numbers.push_back(value);
  return numbers;
}

double SeededResults::mean() const { return statistics::mean(all()); }

namespace {

/// `value`: SQL, of the trial f.
std::vector<SeededResults> results_by(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config,
                                      const std::string& value, const std::string& judge) {
  const std::int64_t sweep_id = sweep.sweep_id;
  const Query query = {
      fmt::format("WITH final AS (SELECT trial_id, config_id, seed, value, max(attempt) FROM trial WHERE sweep_id = ?1 "
                  "AND state = 'COMPLETE' AND value IS NOT NULL GROUP BY config_id, replicate), "
                  "judged AS (SELECT f.config_id, f.seed, {} AS value FROM final f) "
                  "SELECT l.config, l.sweep, l.params, l.failed, "
                  "coalesce(json_extract(s.spec, '$.dataset.folds'), 0), j.seed, j.value "
                  "FROM leaderboard l JOIN judged j USING (config_id) LEFT JOIN config_spec s USING (config_id) "
                  "WHERE l.sweep_id = ?1 AND j.value IS NOT NULL AND (?4 IS NULL OR l.config = ?4) "
                  "ORDER BY l.rank, l.config, j.seed",
                  value),
      {sweep_id, sweep.metric, judge, config ? Value(*config) : Value()}};
  std::vector<SeededResults> results;
  for (const Row& row : reader.rows(query)) {
    const auto whole = [&](std::size_t column) { return std::get<std::int64_t>(row[column]); };
    if (results.empty() || results.back().config != whole(0))
      results.push_back({sweep_id,
                         text_of(row[1]),
                         whole(0),
                         fmt::format("{}/{}", text_of(row[1]), whole(0)),
                         reader.parsed(text_of(row[2])),
                         whole(3),
                         whole(4),
                         {}});
    results.back().values[whole(5)] = std::get<double>(row[6]);
  }
  return results;
}

}  // namespace

std::vector<SeededResults> seeded_results(Reader& reader, std::int64_t sweep_id, std::optional<std::int64_t> config) {
  SweepFacts sweep;
  sweep.sweep_id = sweep_id;
  return results_by(reader, sweep, config, "f.value", "");
}

std::vector<SeededResults> tested_results(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config) {
  return results_by(reader, sweep, config, tested_value(sweep), test_metric(sweep));
}

}  // namespace ubp
