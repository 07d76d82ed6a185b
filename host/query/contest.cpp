// SPDX-License-Identifier: MIT
#include "query/contest.hpp"

#include "base/error.hpp"
#include "query/find.hpp"

namespace ubp {
namespace {

/// A sweep stands for its best config, which test rows do not choose.
void add_contestant(Reader& reader, Contest& contest, const std::string& text, const SweepFacts& sweep,
                    const std::optional<std::int64_t>& config, bool tested) {
  std::vector<SeededResults> all = seeded_results(reader, sweep, config);
  const std::int64_t among = std::ssize(all);
  if (tested && !all.empty()) all = tested_results(reader, sweep, all.front().config);
  if (all.empty())
    fail(Exit::nothing, "{}: no trial of it is complete with a value{}", text, tested ? " of test rows" : "");
  contest.configs.push_back(all.front());
  contest.chosen_among.push_back(among);
}

/// Where two sweeps share a name.
void name_by_id(std::vector<SeededResults>& configs) {
  for (std::size_t i = 0; i < configs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (configs[i].sweep_id != configs[j].sweep_id && configs[i].sweep == configs[j].sweep)
        for (const std::size_t c : {i, j})
          configs[c].name = fmt::format("{}/{}", configs[c].sweep_id, configs[c].config);
}

}  // namespace

Contest contest(Reader& reader, const std::vector<std::string>& words, const std::string& metric, bool tested) {
  Contest all;
  for (const std::string& text : words) {
    const FoundConfig found = find_config(reader, text);
    SweepFacts facts = sweep_facts(reader, found.sweep.sweep_id);
    if (!metric.empty()) facts = with_metric(facts, metric);
    if (all.configs.empty()) all.facts = facts;
    if (facts.metric != all.facts.metric || facts.goal != all.facts.goal)
      fail(Exit::usage, "{}: found {} {}, expected {} {} as of {}", text, facts.goal, facts.metric, all.facts.goal,
           all.facts.metric, words.front());
    add_contestant(reader, all, text, facts, found.config, tested);
    const SeededResults& added = all.configs.back();
    for (std::size_t i = 0; i + 1 < all.configs.size(); ++i)
      if (all.configs[i].sweep_id == added.sweep_id && all.configs[i].config == added.config)
        fail(Exit::usage, "{} and {} are one config: {}", words[i], text, added.name);
  }
  name_by_id(all.configs);
  all.metric = tested ? test_metric(all.facts) : all.facts.metric;
  return all;
}

}  // namespace ubp
