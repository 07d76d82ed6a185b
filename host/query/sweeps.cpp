// SPDX-License-Identifier: MIT
#include "query/sweeps.hpp"

#include <nlohmann/json.hpp>

namespace ubp {
namespace {

std::optional<std::int64_t> id_or_none(const std::optional<Row>& row) {
  return row && !is_null((*row)[0]) ? std::optional(std::get<std::int64_t>((*row)[0])) : std::nullopt;
}

}  // namespace

SweepFacts sweep_facts(Reader& reader, std::int64_t sweep_id) {
  const Row row =
      *reader.first({"SELECT sweep, metric, goal, reduce, complete FROM sweeps WHERE sweep_id = ?1", {sweep_id}});
  return {sweep_id, text_of(row[0]), text_of(row[1]), text_of(row[2]), text_of(row[3]), std::get<std::int64_t>(row[4])};
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

// No view has a sweep's spec: it is for ubp itself.
DeclaredSweep declared_sweep(Reader& reader, std::int64_t sweep_id) {
  const Row row =
      *reader.first({"SELECT name, spec, identity, sampler, basis FROM sweep WHERE sweep_id = ?1", {sweep_id}});
  DeclaredSweep sweep{
      sweep_id, text_of(row[0]), text_of(row[1]), text_of(row[2]), false, 0, reader.parsed(text_of(row[4])), {}};
  const nlohmann::json sampler = reader.parsed(text_of(row[3]));
  sweep.single = sampler.value("use", "") == "single";
  sweep.confirms = sampler.value("of", std::int64_t{0});
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

}  // namespace ubp
