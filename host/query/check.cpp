// SPDX-License-Identifier: MIT
#include "query/check.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "base/hash.hpp"
#include "base/vocabulary.hpp"

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
    {"{} metric summaries have no points",
     "SELECT count(*) FROM metric_summary s WHERE NOT EXISTS(SELECT 1 FROM metric m WHERE m.trial_id = s.trial_id AND "
     "m.metric_id = s.metric_id)"},
    {"{} metric series have no name",
     "SELECT count(*) FROM (SELECT DISTINCT trial_id, metric_id FROM metric) WHERE metric_id NOT IN (SELECT metric_id "
     "FROM metric_name)"},
    {"{} trials are of a config of another sweep",
     "SELECT count(*) FROM trial t JOIN config c USING (config_id) WHERE t.sweep_id <> c.sweep_id"},
    {"{} configs have no resolved spec",
     "SELECT count(*) FROM config WHERE config_id NOT IN (SELECT config_id FROM config_spec)"},
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
  for (const Row& row : reader.rows({"PRAGMA quick_check"}))
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
  if (result.problems.empty()) result.digest = results_digest(reader, &result.complete);
  return result;
}

}  // namespace ubp
