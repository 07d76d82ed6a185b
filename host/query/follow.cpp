// SPDX-License-Identifier: MIT
#include "query/follow.hpp"

#include <cmath>

namespace ubp {

std::vector<StepPoints> SeriesCursor::next(Reader& reader) {
  std::map<std::int64_t, StepPoints> by_step;
  for (const Row& series :
       reader.rows({"SELECT metric, last_step FROM metric_stats WHERE trial_id = ?1", {trial_id_}})) {
    const std::string metric = text_of(series[0]);
    const auto [seen, is_new] = seen_.try_emplace(metric, -1);
    const Query news = {
        "SELECT step, value FROM metrics WHERE trial_id = ?1 AND metric = ?2 AND step > ?3 ORDER BY step",
        {trial_id_, metric, seen->second}};
    reader.each(news, [&](const sqlite::Statement& row) {
      StepPoints& points = by_step[row.integer(0)];
      points.step = seen->second = row.integer(0);
      points.values[metric] = row.is_null(1) ? std::nan("") : row.real(1);
    });
  }
  std::vector<StepPoints> steps;
  for (auto& [step, points] : by_step) steps.push_back(std::move(points));
  return steps;
}

TrialStanding trial_standing(Reader& reader, std::int64_t trial_id) {
  const Query query = {
      "SELECT t.name, t.state, t.reason, t.error, t.value, t.seconds, (SELECT max(o.trial_id) FROM trial o WHERE "
      "o.config_id = t.config_id AND o.replicate = t.replicate AND o.attempt > t.attempt), l.tail, "
      "substr(s.identity, 1, 12) || '/' || t.config || '-' || t.replicate FROM trials t JOIN sweep s USING (sweep_id) "
      "LEFT JOIN trial_log l USING (trial_id) WHERE t.trial_id = ?1",
      {trial_id}};
  const Row row = *reader.first(query);
  TrialStanding standing{text_of(row[0]),
                         text_of(row[1]),
                         text_of(row[2]),
                         text_of(row[3]),
                         {},
                         {},
                         {},
                         text_of(row[7]),
                         std::filesystem::path(reader.file()).concat(".files") / text_of(row[8]) / "log.txt"};
  if (!is_null(row[4])) standing.value = std::get<double>(row[4]);
  if (!is_null(row[5])) standing.seconds = std::get<double>(row[5]);
  if (!is_null(row[6])) standing.next_attempt = std::get<std::int64_t>(row[6]);
  return standing;
}

}  // namespace ubp
