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

std::vector<SeededResults> seeded_results(Reader& reader, std::int64_t sweep_id, std::optional<std::int64_t> config) {
  const Query query = {
      "WITH final AS (SELECT config_id, seed, value, max(attempt) FROM trial WHERE sweep_id = ?1 "
      "AND state = 'COMPLETE' AND value IS NOT NULL GROUP BY config_id, replicate) "
      "SELECT l.config, l.sweep, l.params, l.failed, "
      "coalesce(json_extract(s.spec, '$.dataset.folds'), 0), f.seed, f.value "
      "FROM leaderboard l JOIN final f USING (config_id) LEFT JOIN config_spec s USING (config_id) "
      "WHERE l.sweep_id = ?1 AND (?2 IS NULL OR l.config = ?2) ORDER BY l.rank, l.config, f.seed",
      {sweep_id, config ? Value(*config) : Value()}};
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

}  // namespace ubp
