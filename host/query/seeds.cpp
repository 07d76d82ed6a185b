// SPDX-License-Identifier: MIT
#include "query/seeds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

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
  // The plus: taken for selective, the condition would keep SQLite from an index of the two tables that it joins.
  const Query query = {
      fmt::format("WITH final AS (SELECT trial_id, config_id, seed, value, max(attempt) FROM trial WHERE sweep_id = ?1 "
                  "AND state = 'COMPLETE' AND value IS NOT NULL GROUP BY config_id, replicate), "
                  "judged AS (SELECT f.config_id, f.seed, {} AS value FROM final f) "
                  "SELECT l.config, l.sweep, l.params, l.failed, "
                  "coalesce(json_extract(s.spec, '$.dataset.folds'), 0), j.seed, j.value "
                  "FROM leaderboard l JOIN judged j USING (config_id) LEFT JOIN config_spec s USING (config_id) "
                  "WHERE +l.sweep_id = ?1 AND j.value IS NOT NULL AND (?4 IS NULL OR l.config = ?4) "
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

std::vector<double> means_over_all_seeds(const std::vector<SeededResults>& configs) {
  std::vector<double> level;
  for (const SeededResults& config : configs) level.push_back(config.mean());
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  const auto has_those_of_the_first = [&](const SeededResults& c) {
    const auto& first = configs.front().values;
    return std::equal(c.values.begin(), c.values.end(), first.begin(), first.end(), same);
  };
  if (std::all_of(configs.begin(), configs.end(), has_those_of_the_first)) return level;
  constexpr int kMostRounds = 1000;
  double moved = 1;
  for (int round = 0; round < kMostRounds && moved > 1e-12; ++round) {  // the two effects in turn
    std::map<std::int64_t, std::pair<double, double>> seeds;            // sum and count of what the configs leave
    for (std::size_t c = 0; c < configs.size(); ++c)
      for (const auto& [seed, value] : configs[c].values) {
        seeds[seed].first += value - level[c];
        ++seeds[seed].second;
      }
    moved = 0;
    for (std::size_t c = 0; c < configs.size(); ++c) {
      double sum = 0;
      for (const auto& [seed, value] : configs[c].values) sum += value - seeds[seed].first / seeds[seed].second;
      const double next = sum / static_cast<double>(configs[c].values.size());
      moved = std::max(moved, std::abs(next - level[c]) / std::max(1e-300, std::abs(next)));
      level[c] = next;
    }
  }
  return level;
}

std::vector<std::int64_t> best_configs(Reader& reader, const SweepFacts& sweep, std::int64_t limit) {
  const std::vector<SeededResults> configs = seeded_results(reader, sweep.sweep_id);
  const std::vector<double> level = means_over_all_seeds(configs);
  std::vector<std::size_t> order(configs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sweep.goal == "minimize" ? level[a] < level[b] : level[a] > level[b];
  });
  std::vector<std::int64_t> numbers;
  for (const std::size_t i : order)
    if (std::ssize(numbers) < limit) numbers.push_back(configs[i].config);
  return numbers;
}

}  // namespace ubp
