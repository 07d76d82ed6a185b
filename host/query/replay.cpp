// SPDX-License-Identifier: MIT
#include "query/replay.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.hpp"
#include "plan/pruner.hpp"

namespace ubp {
namespace {

std::string block_of(const nlohmann::json& params, const std::vector<std::string>& circumstances) {
  nlohmann::json block = nlohmann::json::object();
  for (const std::string& name : circumstances)
    if (const auto value = params.find(name); value != params.end()) block[name] = *value;
  return json_text(block);
}

void read_series(Reader& reader, const Query& points, std::map<std::int64_t, search::Ran*>& trials, double sign) {
  reader.each(points, [&](const sqlite::Statement& row) {
    search::Ran& ran = *trials.at(row.integer(0));
    const std::int64_t step = row.integer(1);
    ran.trace.values[step] = row.type(2) == SQLITE_NULL ? std::nan("") : sign * row.real(2);
    // The clock of a machine may have been set back.
    const std::int64_t before = ran.times.empty() ? row.integer(3) : ran.times.rbegin()->second;
    ran.times[step] = std::max(before, row.integer(3));
  });
}

}  // namespace

std::vector<EndedTrials> ended_trials(Reader& reader, const SweepFacts& sweep, const std::string& metric) {
  // A trial that equals another one has its times and its series.
  const std::string ended =
      "WITH ended AS (SELECT trial_id, config_id, replicate, state, value, started_ms, "
      "coalesce(same_as, trial_id) AS source, max(attempt) FROM trial WHERE sweep_id = ?1 "
      "AND state IN ('COMPLETE', 'PRUNED') GROUP BY config_id, replicate) ";
  const Query trials = {ended +
                            "SELECT e.trial_id, c.number * s.replicates + e.replicate, e.state, e.value, c.params "
                            "FROM ended e JOIN config c USING (config_id) JOIN sweep s ON s.sweep_id = ?1 "
                            "ORDER BY e.started_ms, e.trial_id",
                        {sweep.sweep_id}};
  const double sign = sweep.goal == "maximize" ? -1 : 1;
  std::map<std::string, std::vector<std::pair<std::int64_t, search::Ran>>> by_block;
  for (const Row& row : reader.rows(trials)) {
    search::Ran ran;
    ran.trace.trial = std::get<std::int64_t>(row[1]);
    const bool complete = text_of(row[2]) == "COMPLETE";
    ran.trace.state = complete ? search::Trace::State::complete : search::Trace::State::pruned;
    ran.value = is_null(row[3]) ? std::nan("") : sign * std::get<double>(row[3]);
    by_block[block_of(reader.parsed(text_of(row[4])), sweep.blocks)].emplace_back(std::get<std::int64_t>(row[0]), ran);
  }
  std::map<std::int64_t, search::Ran*> by_id;
  for (auto& [block, found] : by_block)
    for (auto& [trial_id, ran] : found) by_id[trial_id] = &ran;
  read_series(reader,
              {ended + "SELECT e.trial_id, m.step, m.value, e.started_ms + m.t_ms FROM ended e JOIN metric m "
                       "ON m.trial_id = e.source JOIN metric_name n USING (metric_id) WHERE n.name = ?2 "
                       "ORDER BY e.trial_id, m.step",
               {sweep.sweep_id, metric}},
              by_id, sign);
  std::vector<EndedTrials> all;
  for (auto& [block, found] : by_block) {
    EndedTrials& own = all.emplace_back();
    own.block = block;
    for (auto& [trial_id, ran] : found) own.trials.push_back(std::move(ran));
  }
  return all;
}

search::DryPrune replayed(const PrunerOptions& pruner, const SweepFacts& sweep, const EndedTrials& ended) {
  return search::dry_prune(*stop_rule_of(pruner, sweep.goal == "maximize", sweep.name), ended.trials,
                           search::Replay::by_time);
}

std::string sentence_of(const search::DryPrune& found, const PrunerOptions& pruner, const EndedTrials& ended) {
  const std::string who = fmt::format("{}{}", name_of(pruner.use), ended.block == "{}" ? "" : " in " + ended.block);
  std::string text = fmt::format("{} would have stopped {} of {} trials and saved {:.1f} % of their steps", who,
                                 found.stopped.size(), ended.trials.size(), 100 * found.saved_share);
  if (!found.winner) return text;
  if (!found.winner_lost) return text + "; the best trial would have been kept";
  return text +
         fmt::format("; the best trial would have been lost: the best that remains is worse by {:.4g}", found.regret);
}

}  // namespace ubp
