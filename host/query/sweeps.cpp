// SPDX-License-Identifier: MIT
#include "query/sweeps.hpp"

#include <nlohmann/json.hpp>

namespace ubp {
namespace {

std::optional<std::int64_t> id_or_none(const std::optional<Row>& row) {
  return row && !is_null((*row)[0]) ? std::optional(std::get<std::int64_t>((*row)[0])) : std::nullopt;
}

std::vector<SweepObjective> several_objectives(Reader& reader, std::int64_t sweep_id) {
  const Row row =
      *reader.first({"SELECT json_extract(sampler, '$.objectives') FROM sweep WHERE sweep_id = ?1", {sweep_id}});
  if (is_null(row[0])) return {};
  return reader.parsed(text_of(row[0])).get<std::vector<SweepObjective>>();
}

}  // namespace

SweepFacts sweep_facts(Reader& reader, std::int64_t sweep_id) {
  const Row row =
      *reader.first({"SELECT v.sweep, v.metric, v.goal, v.reduce, v.complete, s.default_config, s.space, s.sampler "
                     "FROM sweeps v JOIN sweep s USING (sweep_id) WHERE sweep_id = ?1",
                     {sweep_id}});
  SweepFacts facts{sweep_id,
                   text_of(row[0]),
                   text_of(row[1]),
                   text_of(row[2]),
                   text_of(row[3]),
                   std::get<std::int64_t>(row[4]),
                   {},
                   {},
                   false,
                   several_objectives(reader, sweep_id)};
  if (!is_null(row[5])) facts.default_config = std::get<std::int64_t>(row[5]);
  const nlohmann::json space = reader.parsed(text_of(row[6])), sampler = reader.parsed(text_of(row[7]));
  facts.race = sampler.contains("race");
  for (const auto& [name, axis] : space.items())
    if (axis.is_object() && axis.value("log", false)) facts.log_params.push_back(name);
  if (const auto blocks = sampler.find("blocks"); blocks != sampler.end())
    facts.blocks = *blocks;
  else
    for (const auto& [name, axis] : space.items())
      if (name.starts_with("dataset.")) facts.blocks.push_back(name);
  return facts;
}

SweepFacts with_metric(SweepFacts sweep, const std::string& metric) {
  if (metric == sweep.metric) return sweep;
  std::vector<std::string> names;
  for (const SweepObjective& each : sweep.objectives) {
    names.push_back(each.metric);
    if (each.metric != metric) continue;
    sweep.metric = each.metric;
    sweep.goal = name_of(each.goal);
    return sweep;
  }
  if (names.empty() && !sweep.metric.empty()) names.push_back(sweep.metric);
  fail(Exit::usage, "sweep {} '{}' has no objective '{}'{}", sweep.sweep_id, sweep.name, metric,
       names.empty() ? ": it optimises nothing" : suggestion(metric, names));
}

SweepProgress sweep_progress(Reader& reader, std::int64_t sweep_id) {
  const Query states{
      "SELECT state, count(*) FROM (SELECT state, max(attempt) FROM trials WHERE sweep_id = ?1 GROUP BY config_id, "
      "replicate) GROUP BY state",
      {sweep_id}};
  SweepProgress progress;
  for (const Row& row : reader.rows(states)) {
    const std::string state = text_of(row[0]);
    const std::int64_t n = std::get<std::int64_t>(row[1]);
    progress.total += n;
    if (state == "COMPLETE" || state == "PRUNED") progress.complete += n;
    if (state == "FAILED") progress.failed += n;
    if (state == "QUEUED" || state == "RUNNING" || state == "LOST") progress.to_do += n;
  }
  return progress;
}

std::vector<std::int64_t> failed_trials(Reader& reader, std::int64_t sweep_id) {
  std::vector<std::int64_t> ids;
  reader.each({"SELECT trial_id FROM (SELECT trial_id, state, max(attempt) FROM trial WHERE sweep_id = ?1 GROUP BY "
               "config_id, replicate) WHERE state = 'FAILED' ORDER BY trial_id",
               {sweep_id}},
              [&](const sqlite::Statement& row) { ids.push_back(row.integer(0)); });
  return ids;
}

std::string test_metric(const SweepFacts& sweep) {
  const std::string name = sweep.metric.substr(sweep.metric.find('.') + 1);
  if (sweep.metric.starts_with("test."))
    fail(Exit::usage, "sweep {} '{}' chooses by {}: found test rows, expected others, as valid.{}", sweep.sweep_id,
         sweep.name, sweep.metric, name);
  return "test." + name;
}

std::string tested_value(const SweepFacts& sweep) {
  if (sweep.reduce == "mean") return "(SELECT mean FROM metric_stats WHERE trial_id = f.trial_id AND metric = ?3)";
  return fmt::format(
      "(SELECT m.value FROM metrics m WHERE m.trial_id = f.trial_id AND m.metric = ?3 AND m.step = "
      "(SELECT s.{}_step FROM metric_stats s WHERE s.trial_id = f.trial_id AND s.metric = ?2))",
      sweep.reduce);
}

nlohmann::json config_params(Reader& reader, std::int64_t sweep_id, std::int64_t number) {
  return reader.parsed(text_of(
      (*reader.first({"SELECT params FROM config WHERE sweep_id = ?1 AND number = ?2", {sweep_id, number}}))[0]));
}

std::optional<std::int64_t> latest_with_results(Reader& reader) {
  return id_or_none(reader.first({"SELECT max(sweep_id) FROM trials WHERE value IS NOT NULL"}));
}

std::optional<std::int64_t> latest_unfinished(Reader& reader) {
  return id_or_none(reader.first({"SELECT max(sweep_id) FROM trials WHERE state IN ('QUEUED', 'RUNNING')"}));
}

std::optional<std::int64_t> latest_confirmation(Reader& reader, std::int64_t sweep_id) {
  return id_or_none(
      reader.first({"SELECT max(t.sweep_id) FROM trials t JOIN sweep s USING (sweep_id) WHERE t.value IS NOT NULL AND "
                    "json_extract(s.sampler, '$.of') = ?1",
                    {sweep_id}}));
}

// No view has a sweep's spec: it is for ubp itself.
DeclaredSweep declared_sweep(Reader& reader, std::int64_t sweep_id) {
  const Row row =
      *reader.first({"SELECT name, spec, identity, sampler, basis FROM sweep WHERE sweep_id = ?1", {sweep_id}});
  DeclaredSweep sweep{
      sweep_id, text_of(row[0]), text_of(row[1]), text_of(row[2]), false, 0, "", reader.parsed(text_of(row[4])), {}};
  const nlohmann::json sampler = reader.parsed(text_of(row[3]));
  sweep.single = sampler.value("use", "") == "single";
  sweep.confirms = sampler.value("of", std::int64_t{0});
  if (sampler.value("use", "") == "imported") sweep.imported = sampler.value("file", "");
  const Query specs = {"SELECT s.spec FROM config_spec s JOIN config c USING (config_id) WHERE c.sweep_id = ?1",
                       {sweep_id}};
  for (const Row& spec : reader.rows(specs)) {
    const nlohmann::json resolved = reader.parsed(text_of(spec[0]));  // lives as long as what is read of it
    for (const nlohmann::json& use : resolved.at("components"))
      sweep.versions[fmt::format("{} '{}'", use.at("kind").get<std::string>(), use.at("id").get<std::string>())] =
          use.at("version");
  }
  return sweep;
}

void require_own(const DeclaredSweep& sweep) {
  if (!sweep.imported.empty())
    fail(Exit::usage, "sweep {} '{}': was imported from {}: ubp did not run it, and cannot run it again",
         sweep.sweep_id, sweep.name, sweep.imported);
}

}  // namespace ubp
