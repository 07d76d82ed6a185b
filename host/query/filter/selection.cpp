// SPDX-License-Identifier: MIT
// Names and values; what a filter asks of them is in conditions.cpp.
#include "query/filter/selection.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "query/filter/literals.hpp"
#include "query/filter/words.hpp"
#include "record/lock.hpp"

namespace ubp {
namespace {

/// The expression `sql` over the row v of `view` that belongs to the trial t.
std::string of_trial(std::string_view sql, std::string_view view) {
  return fmt::format("(SELECT {} FROM {} v WHERE v.trial_id = t.trial_id)", sql, view);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string applied(const std::string& statistic, const std::string& value) { return replaced(statistic, "{}", value); }

const FilterStatistic* statistic_named(const std::string& name) {
  for (const FilterStatistic& s : seed_statistics())
    if (name == s.name) return &s;
  return nullptr;
}

}  // namespace

Selection::Selection(Reader& reader, std::optional<std::int64_t> sweep_id, Row arguments, Clock::time_point now)
    : names_(reader, sweep_id),
      now_(now),
      written_(writer_of(reader.file()).has_value()),
      arguments_(std::move(arguments)) {
  if (sweep_id) conditions_.push_back("t.sweep_id = " + bind(*sweep_id));
}

std::string Selection::bind(const Value& value) {
  auto found = std::find(arguments_.begin(), arguments_.end(), value);
  if (found == arguments_.end()) found = arguments_.insert(found, value);
  return fmt::format("?{}", found - arguments_.begin() + 1);
}

std::string Selection::with(const std::string& last) const {
  std::vector<std::string> definitions;
  for (const auto& [definition, name] : tables_)
    definitions.push_back(fmt::format("{} AS MATERIALIZED ({})", name, definition));
  if (!last.empty()) definitions.push_back(last);
  return definitions.empty() ? "" : fmt::format("WITH {}\n", fmt::join(definitions, ",\n"));
}

std::string Selection::where() const {
  return conditions_.empty() ? "" : fmt::format("\nWHERE {}", fmt::join(conditions_, " AND "));
}

std::string Selection::trial_ids() const { return with() + "SELECT t.trial_id FROM trials t" + where(); }

std::string matching_trials(Reader& reader, const std::string& filter, Row& arguments) {
  Selection selection(reader, {}, std::move(arguments));
  selection.require(filter);
  arguments = selection.arguments();
  return selection.trial_ids();
}

std::vector<std::int64_t> matching_trials(Reader& reader, std::optional<std::int64_t> sweep_id,
                                          const std::string& filter) {
  Selection selection(reader, sweep_id);
  selection.require(filter);
  std::vector<std::int64_t> ids;
  reader.each({selection.trial_ids() + "\nORDER BY t.trial_id", selection.arguments()},
              [&](const sqlite::Statement& row) { ids.push_back(row.integer(0)); });
  return ids;
}

KeptTrials keep_matching(Reader& reader, std::int64_t sweep_id, const std::string& filter) {
  const std::vector<std::int64_t> ids = matching_trials(reader, sweep_id, filter);
  const Row all = *reader.first({"SELECT count(*) FROM trial WHERE sweep_id = ?1", {sweep_id}});
  if (ids.empty()) {
    const Row name = *reader.first({"SELECT name FROM sweep WHERE sweep_id = ?1", {sweep_id}});
    fail(Exit::nothing, "sweep {} '{}': no trial matches: {}", sweep_id, text_of(name[0]), filter);
  }
  reader.keep_only(sweep_id, ids);
  return {std::ssize(ids), std::get<std::int64_t>(all[0])};
}

// ---------- values ----------

TrialValue Selection::value(const std::string& name, const std::string& where) {
  const FilterOperand operand = parsed_value(name, where);
  try {
    return value(operand);
  } catch (const Error& e) {
    const std::string_view text = e.what();  // "filter, character 1: ...", which this is not
    fail(e.code(), "{}: {}", where, text.substr(text.find(": ") + 2));
  }
}

TrialValue Selection::value(const FilterOperand& operand) {
  if (!operand.argument.empty()) {
    if (operand.text.ends_with(".at")) return at_step(operand);
    if (const FilterStatistic* const s = statistic_named(operand.text)) return over_seeds(operand, *s);
    std::vector<std::string> known;
    for (const FilterStatistic& s : seed_statistics()) known.emplace_back(s.name);
    fail_filter(operand.at, "there is no statistic '{}'{}", operand.text, suggestion(operand.text, known));
  }
  const KnownName name = names_.resolve(operand.text, operand.at);
  switch (name.kind) {
    case KnownName::Kind::column:
      return column(name);
    case KnownName::Kind::parameter:
      return parameter(name);
    case KnownName::Kind::series:
      return series(name);
    case KnownName::Kind::plugin:
      return plugin(name);
    default:
      return {.name = name.name,
              .type = FilterType::flag,
              .sql = fmt::format("EXISTS(SELECT 1 FROM tags v WHERE v.tag = {} AND iif(v.trial_id IS NULL, "
                                 "v.sweep_id = t.sweep_id, v.trial_id = t.trial_id))",
                                 bind(name.of))};
  }
}

TrialValue Selection::column(const KnownName& name) {
  const FilterColumn& c = *name.column;
  TrialValue result{.name = name.name, .type = c.type};
  if (std::string_view(c.view) == "seeds")
    result.sql = fmt::format("coalesce({}, 0)", of_seeds(c.name, c.column, "1").sql);
  else if (std::string_view(c.view) == "trials")
    result.sql = replaced(c.column, "v.", "t.");
  else
    result.sql = of_trial(c.column, c.view);
  if (c.type == FilterType::state && !written_)
    result.printed = fmt::format("iif({0} = 'RUNNING', 'STOPPED', {0})", result.sql);
  return result;
}

// As swept, else as its spec has it fixed.
TrialValue Selection::parameter(const KnownName& name) {
  const KnownParameter& p = name.parameter;
  constexpr const char* kNumbers = "('integer', 'real', 'true', 'false')";
  const std::string bound = p.swept ? bind(p.name) : "", path = p.path.empty() ? "" : bind(p.path);
  const std::string json = p.table.empty() ? "v.spec" : "c.value";
  const std::string component =
      p.table.empty() ? ""
                      : fmt::format(" AND json_extract(c.value, '$.table') = {}", path.empty() ? "" : bind(p.table));
  const auto of = [&](const char* column, const std::string& fixed) {
    const std::string by_name =
        fmt::format("(SELECT v.{} FROM params v WHERE v.trial_id = t.trial_id AND v.name = {})", column, bound);
    if (path.empty()) return by_name;
    const std::string in_spec = fmt::format("(SELECT {} FROM provenance v{} WHERE v.trial_id = t.trial_id{})", fixed,
                                            p.table.empty() ? "" : ", json_each(v.spec, '$.components') c", component);
    return p.swept ? fmt::format("coalesce({}, {})", by_name, in_spec) : in_spec;
  };
  const auto if_number = [&](const char* in) {
    return fmt::format("iif(json_type({0}, {1}) {2} {3}, json_extract({0}, {1}), NULL)", json, path, in, kNumbers);
  };
  const std::string fixed_number = fmt::format("CAST({} AS REAL)", if_number("IN"));  // as the view has the swept ones
  TrialValue result{.name = p.name, .type = p.type, .mixed = p.mixed, .is_parameter = true};
  result.number = of("num", fixed_number);
  result.text = of("text", if_number("NOT IN"));
  result.sql = p.mixed ? of("value", fmt::format("json_extract({}, {})", json, path))
                       : (p.type == FilterType::text ? result.text : result.number);
  if (p.type == FilterType::flag)
    result.printed = fmt::format("CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", result.sql);
  return result;
}

TrialValue Selection::series_value(const std::string& metric) {
  return series({KnownName::Kind::series, metric, nullptr, {}, metric, series_parts()[0].sql});
}

TrialValue Selection::series(const KnownName& name) {
  return {.name = name.name,
          .sql = fmt::format("(SELECT v.{} FROM metric_stats v WHERE v.trial_id = t.trial_id AND v.metric = {})",
                             name.part, bind(name.of))};
}

// "kind/id@version#sha256"
TrialValue Selection::plugin(const KnownName& name) {
  const std::string whole =
      of_trial(fmt::format("json_extract(v.plugins, {})", bind(fmt::format("$.\"{}\"", name.of))), "provenance");
  TrialValue result{.name = name.name, .type = FilterType::text, .sql = whole};
  const auto cut = [&](const char* part) {
    result.sql = fmt::format("(SELECT {} FROM (SELECT {} AS w))", part, whole);
  };
  if (name.part == "sha") cut("substr(w, instr(w, '#') + 1)");
  if (name.part == "version") cut("substr(w, instr(w, '@') + 1, instr(w, '#') - instr(w, '@') - 1)");
  if (name.part == "id") cut("substr(w, instr(w, '/') + 1, instr(w, '@') - instr(w, '/') - 1)");
  return result;
}

TrialValue Selection::at_step(const FilterOperand& operand) {
  const FilterOperand& step = operand.argument[0];
  const auto number = number_literal(step);
  if (!number || !std::holds_alternative<std::int64_t>(*number))
    fail_filter(step.at, "found '{}', expected a step, a whole number", step.text);
  const std::string metric = names_.resolve_metric(operand.text.substr(0, operand.text.size() - 3), operand.at);
  return {
      .name = fmt::format("{}.at({})", metric, text_of(*number)),
      .sql = fmt::format("(SELECT v.value FROM metrics v WHERE v.trial_id = t.trial_id AND v.metric = {} AND v.step "
                         "= {})",
                         bind(metric), bind(*number))};
}

TrialValue Selection::over_seeds(const FilterOperand& operand, const FilterStatistic& statistic) {
  const FilterOperand& inner = operand.argument[0];
  if (!inner.argument.empty() && !inner.text.ends_with(".at"))
    fail_filter(inner.at, "{}(...) within {}(...): expected what one trial has, as a metric", inner.text, operand.text);
  const TrialValue of = value(inner);
  if (of.type != FilterType::number || of.name == "n_seeds")
    fail_filter(inner.at, "'{}' is a {}, expected a number of each trial", of.name, name_of(of.type));
  return of_seeds(fmt::format("{}({})", operand.text, of.name), statistic.sql, of.mixed ? of.number : of.sql);
}

// Of each replicate the last complete attempt, as in the leaderboard.
TrialValue Selection::of_seeds(const std::string& name, const std::string& statistic, const std::string& value) {
  const std::string definition = fmt::format(
      "SELECT config_id, {} AS y FROM (SELECT t.config_id, {} AS x FROM (SELECT trial_id, max(attempt) FROM trials "
      "WHERE state = 'COMPLETE' GROUP BY config_id, replicate) JOIN trials t USING (trial_id)) GROUP BY config_id",
      applied(statistic, "x"), value);
  auto table = std::find_if(tables_.begin(), tables_.end(), [&](const auto& t) { return t.first == definition; });
  if (table == tables_.end()) table = tables_.insert(table, {definition, fmt::format("seeds{}", tables_.size() + 1)});
  return {.name = name, .sql = fmt::format("(SELECT s.y FROM {} s WHERE s.config_id = t.config_id)", table->second)};
}

}  // namespace ubp
