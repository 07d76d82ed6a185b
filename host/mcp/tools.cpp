// SPDX-License-Identifier: MIT
#include "mcp/tools.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "figures/chart.hpp"

namespace ubp::mcp {
namespace {

using nlohmann::json;
using Type = Argument::Type;

constexpr std::size_t kMostBytes = 100'000;  // of a text; the system takes some more
constexpr const char* kFilterHelp =
    "Comparisons with and, or, not and parentheses, as in: lr > 1e-3 and state = complete and latent in [4, 8]. Names "
    "are parameters, metrics (train.loss, .min, .max, .at(STEP)), columns (the tool `names` lists all) and statistics "
    "over seeds (n_seeds, mean(test.mse))";

Argument sweep(bool required, const std::string& option = "") {
  return {.name = "sweep",
          .description = required ? "its name or id" : "its name or id; without it: the latest that has results",
          .option = option,
          .required = required};
}

Argument limit(const json& otherwise = nullptr) {
  return {.name = "limit",
          .description = "so many rows at the most",
          .type = Type::integer,
          .option = "--limit",
          .otherwise = otherwise};
}

Argument text(const std::string& name, const std::string& option, const std::string& description) {
  return {.name = name, .description = description, .option = option};
}

Argument word(const std::string& name, const std::string& description) {
  return {.name = name, .description = description, .required = true};
}

Argument flag(const std::string& name, const std::string& description) {
  return {.name = name, .description = description, .type = Type::flag, .option = "--" + name};
}

Argument figure() {
  std::vector<std::string> names;
  std::string meanings;
  for (const ChartKind& kind : chart_kinds()) {
    names.emplace_back(kind.name);
    meanings += fmt::format("{}{}: {}", meanings.empty() ? "" : "; ", kind.name, kind.summary);
  }
  return {.name = "kind", .description = meanings, .required = true, .choices = names};
}

std::vector<Tool> all_tools() {
  const Argument where = text("where", "--where", kFilterHelp);
  const Argument metric = text("metric", "--metric", "another objective of the sweep (default: the first)");
  return {
      {"sweeps",
       "Sweeps",
       "All sweeps: state, how many configs and trials, what is optimised, the best mean.",
       {"ls", "--format=json"},
       {}},
      {"trials",
       "Trials of a sweep",
       "Every trial of a sweep: state, value, seconds, parameters, reason of a failure.",
       {"ls", "--format=json"},
       {text("state", "--state", "complete, failed, lost, pruned, running, queued, cancelled"), where, sweep(true)}},
      {"leaderboard",
       "Leaderboard",
       "The best configs of a sweep: mean over seeds with its 95 % interval, the difference to the best with p and a "
       "verdict (worse, not told apart), the noise, the parameters. The metric and its goal are told beside it.",
       {"best", "--format=json"},
       {limit(10), where, sweep(false)}},
      {"find",
       "Find trials",
       "Trials of all sweeps that match a filter; with `by` statistics of groups; with `pivot` a table of means.",
       {"find", "--format=json"},
       {sweep(false, "--sweep"),
        {.name = "sort", .description = "a column, or COLUMN:desc", .option = "--sort"},
        text("cols", "--cols", "columns to show, A,B,C; params: all that are swept, metrics: the last of each"),
        text("by", "--by", "columns, A,B: one row for all trials that are equal in these"),
        text("of", "--of", "what groups tell instead of value, as in test.mse"),
        text("pivot", "--pivot", "a table: a row for each group of `by`, a column for each value of this one"),
        limit(),
        text("filter", "", kFilterHelp)}},
      {"names",
       "Names for filters",
       "All names that filters, `cols` and `by` can use, with what they are.",
       {"find", "--names", "--format=json"},
       {}},
      {"trial",
       "One trial",
       "All that is recorded of a trial: parameters, last values of all metrics, failure, files, provenance, spec, "
       "log.",
       {"show", "--format=json"},
       {word("trial", "its id, or SWEEP/CONFIG.REPLICATE")}},
      {"compare",
       "Compare configs",
       "Which of several configs is the best, and which are worse than it, by tests over common seeds, with intervals, "
       "effect sizes, and how many more seeds an open question takes.",
       {"compare", "--format=json"},
       {{.name = "rope",
         .description = "differences of at most this count as equal: with what probability better, as good, worse",
         .type = Type::number,
         .option = "--rope"},
        flag("test", "by what they score on test rows, which did not choose them"),
        metric,
        {.name = "configs",
         .description = "two or more: SWEEP/CONFIG, or SWEEP, which stands for its best config",
         .type = Type::texts,
         .required = true}}},
      {"importance",
       "Importance of parameters",
       "Which swept parameters the results of a sweep depend on (fANOVA, PED-ANOVA).",
       {"importance", "--format=json"},
       {flag("marginals", "the mean of the metric along each parameter instead"), metric, where, sweep(false)}},
      {"differences",
       "Differences of two trials",
       "What differs between two trials: parameters, plugins, data, machine, and where their series part.",
       {"diff", "--format=json"},
       {word("a", "a trial: id, or SWEEP/CONFIG.REPLICATE"), word("b", "the other one")}},
      {"report",
       "Report and health checks",
       "What a sweep says, in sentences, and eleven checks of whether its results can be trusted.",
       {"report"},
       {where, sweep(false)}},
      {"plot",
       "Picture",
       "A picture of a sweep or of a trial, as PNG.",
       {"plot"},
       {figure(),
        {.name = "of", .description = "a sweep, or a trial as SWEEP/CONFIG.REPLICATE (default: the latest sweep)"},
        text("metric", "--metric", "what is drawn (default: what the sweep optimises)"),
        text("params", "--params", "these parameters, A,B (default: all that are swept)"),
        {.name = "top", .description = "so many configs at the most", .type = Type::integer, .option = "--top"},
        where},
       false,
       true},
      {"sql",
       "SQL",
       "One query in SQLite's SQL, read-only, for half a minute at most. Views: sweeps, trials, params, metrics, "
       "metric_stats, leaderboard, noise_floor, objectives, pareto, failures, provenance, artifacts, tags, notes; "
       "column "
       "sql of sqlite_schema has the columns of each. More aggregates: median, stdev, iqm, ci95, quantile(x, p).",
       {"sql", "--seconds=30", "--format=json"},
       {word("query", "one statement that reads")}},
      {"keep_or_discard",
       "Keep or discard a change",
       "Whether a candidate is better than a baseline: `keep` only if a paired test over their common seeds says so, "
       "else `discard`, with the difference, its interval, p, and how many more seeds would decide. Equal candidates "
       "are "
       "kept at most once in 40 decisions, if each is made once.",
       {"gate", "--format=json"},
       {metric, flag("record", "tag the candidate's trials kept or discarded, and note why, beside their records"),
        word("baseline", "SWEEP/CONFIG, or SWEEP, which stands for its best config"),
        word("candidate", "likewise; the best of several configs has to be better by what that choice adds")},
       true},
  };
}

json schema_of(const Argument& a) {
  json schema = {{"description", a.description}};
  switch (a.type) {
    case Type::text:
      schema["type"] = "string";
      break;
    case Type::integer:
      schema["type"] = "integer";
      schema["minimum"] = 1;
      break;
    case Type::number:
      schema["type"] = "number";
      break;
    case Type::flag:
      schema["type"] = "boolean";
      break;
    case Type::texts:
      schema["type"] = "array";
      schema["items"] = {{"type", "string"}};
      schema["minItems"] = 2;
      break;
  }
  if (!a.choices.empty()) schema["enum"] = a.choices;
  if (!a.otherwise.is_null()) schema["default"] = a.otherwise;
  return schema;
}

[[noreturn]] void refuse(const Argument& a, const json& value, const std::string& expected) {
  fail(Exit::usage, "{}: expected {}, found {}", a.name, expected, value.type_name());
}

std::string text_of(const Argument& a, const json& value) {
  if (!value.is_string()) refuse(a, value, "a text");
  const std::string text = value.get<std::string>();
  if (text.size() > kMostBytes)
    fail(Exit::usage, "{}: found {} bytes, expected {} at the most", a.name, text.size(), kMostBytes);
  if (text.find('\0') != text.npos) fail(Exit::usage, "{}: found a NUL, expected a text without", a.name);
  if (!a.choices.empty() && std::find(a.choices.begin(), a.choices.end(), text) == a.choices.end())
    fail(Exit::usage, "{}: there is no '{}'{}", a.name, text, suggestion(text, a.choices));
  return text;
}

/// The texts on the command line that stand for a value; "": a flag that is on.
std::vector<std::string> texts_of(const Argument& a, const json& value) {
  switch (a.type) {
    case Type::text: {
      const std::string text = text_of(a, value);
      // An option without a value would take the next word for it; a word may be empty, as a filter for all.
      return text.empty() && !a.option.empty() ? std::vector<std::string>{} : std::vector{text};
    }
    case Type::integer:
      if (!value.is_number_integer() || value < 1) refuse(a, value, "a whole number of at least 1");
      return {value.dump()};
    case Type::number:
      if (!value.is_number()) refuse(a, value, "a number");
      return {value.dump()};
    case Type::flag:
      if (!value.is_boolean()) refuse(a, value, "true or false");
      return value.get<bool>() ? std::vector<std::string>{""} : std::vector<std::string>{};
    case Type::texts:
      break;
  }
  if (!value.is_array() || value.size() < 2) refuse(a, value, "an array of two texts or more");
  std::vector<std::string> texts;
  for (const json& each : value) texts.push_back(text_of(a, each));
  return texts;
}

}  // namespace

const std::vector<Tool>& tools() {
  static const std::vector<Tool> kTools = all_tools();
  return kTools;
}

json description_of(const Tool& tool) {
  json properties = json::object(), required = json::array();
  for (const Argument& a : tool.arguments) {
    properties[a.name] = schema_of(a);
    if (a.required) required.push_back(a.name);
  }
  json schema = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = required;
  return {{"name", tool.name},
          {"title", tool.title},
          {"description", tool.description},
          {"inputSchema", schema},
          {"annotations",
           {{"title", tool.title},
            {"readOnlyHint", !tool.writes},
            {"destructiveHint", false},
            {"idempotentHint", !tool.writes},
            {"openWorldHint", false}}}};
}

std::vector<std::string> words_of(const Tool& tool, const json& arguments, const std::string& database) {
  std::vector<std::string> names;
  for (const Argument& a : tool.arguments) names.push_back(a.name);
  for (const auto& [name, value] : arguments.items())
    if (std::find(names.begin(), names.end(), name) == names.end())
      fail(Exit::usage, "{}: there is no argument '{}'{}", tool.name, name,
           names.empty() ? "; it takes none" : suggestion(name, names));
  std::vector<std::string> words = tool.verb, typed;
  words.push_back("--db=" + database);
  for (const Argument& a : tool.arguments) {
    const auto given = arguments.find(a.name);
    const json& value = given == arguments.end() || given->is_null() ? a.otherwise : *given;
    if (value.is_null() && a.required) fail(Exit::usage, "{}: the argument '{}' is missing", tool.name, a.name);
    if (value.is_null()) continue;
    for (const std::string& text : texts_of(a, value))
      if (a.option.empty())
        typed.push_back(text);
      else
        words.push_back(text.empty() ? a.option : fmt::format("{}={}", a.option, text));
  }
  words.push_back("--");
  words.insert(words.end(), typed.begin(), typed.end());
  return words;
}

}  // namespace ubp::mcp
