// SPDX-License-Identifier: MIT
// ubp data: what a spec's data set is understood to be, before anything is trained on it.
#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "cli/options.hpp"
#include "cli/session_report.hpp"
#include "run/require_data.hpp"

namespace ubp {
namespace {

constexpr std::size_t kShownColumns = 20;

void declare(Options& o) {
  o.words({"SPEC", "KEY=VALUE"}, 1, true)
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .flag("json", "everything, of every column, as JSON");
}

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.6g}", value); }

void print_splits(const DataFacts& facts) {
  fmt::print("{:<8}{:>10}{:>15}{:>15}\n", "split", "rows", "missing cells", "judged cells");
  for (const std::string& name : facts.split_names()) {
    const SplitFacts& split = facts.splits.at(name);
    fmt::print("{:<8}{:>10}{:>15}{:>15}\n", name, split.rows, split.missing, split.withheld);
  }
}

void print_classes(const DataFacts& facts) {
  std::map<i64, std::map<std::string, i64>> rows;
  for (const auto& [name, split] : facts.splits)
    for (const auto& [label, count] : split.classes) rows[label][name] = count;
  if (rows.empty()) return fmt::print("\nno labels\n");
  std::vector<std::string> splits{"train", "valid", "test"};
  for (const std::string& name : facts.split_names())
    if (std::find(splits.begin(), splits.end(), name) == splits.end()) splits.push_back(name);
  fmt::print("\n{:<20}", "class");
  for (const std::string& split : splits) fmt::print("{:>10}", split);
  for (auto& [label, count] : rows) {
    fmt::print("\n{:<20}", facts.class_names.at(label));
    for (const std::string& split : splits) fmt::print("{:>10}", count[split]);
  }
  fmt::print("\n");
}

std::string kind_of(const ColumnFacts& column) {
  if (column.least == column.most) return "constant";
  return column.is_nominal ? "name" : "number";
}

void print_columns(const DataFacts& facts) {
  fmt::print("\n{:<20}{:<10}{:>10}{:>15}{:>15}   first rows\n", "column", "type", "missing", "least", "most");
  for (std::size_t c = 0; c < std::min(kShownColumns, facts.columns.size()); ++c) {
    const ColumnFacts& column = facts.columns[c];
    std::vector<std::string> cells;
    for (const std::vector<double>& row : facts.first) cells.push_back(number(row[c]));
    fmt::print("{:<20}{:<10}{:>10}{:>15}{:>15}   {}\n", column.name.empty() ? std::to_string(c) : column.name,
               kind_of(column), column.missing, number(column.least), number(column.most), fmt::join(cells, ", "));
  }
  if (facts.columns.size() > kShownColumns)
    fmt::print("and {} columns more: --json has them\n", facts.columns.size() - kShownColumns);
}

void print(const DataUse& use, const DataReport& report) {
  fmt::print("{} '{}': rows of [{}]; fields: {}\n\n", "data set", use.dataset.id, fmt::join(report.facts.row, ", "),
             fmt::join(report.facts.fields, ", "));
  print_splits(report.facts);
  print_classes(report.facts);
  print_columns(report.facts);
  for (const std::string& note : report.facts.notes) fmt::print("\nnote: {}\n", note);
  if (!report.refusal.empty()) fmt::print("\nrefused: {}: {}\n", use.where.at(report.refused_by), report.refusal);
}

int run(const Options& o) {
  Registry registry = registry_of(o);
  const Plan plan = make_plan(o.word(0), {o.words().begin() + 1, o.words().end()}, registry, true);
  if (plan.data.empty()) fail(Exit::nothing, "{}: has no [dataset]", o.word(0));
  const std::vector<DataReport> reports = read_data(plan, Detail::yes);
  if (reports.empty()) fail(Exit::plugin, "{}: a plugin crashed while the data was read", plan.dataset_where);
  if (o.has("json")) {
    nlohmann::json out = reports.front().facts;
    out["use"] = plan.data.front().dataset.id, out["refusal"] = reports.front().refusal;
    fmt::print("{}\n", out.dump(2));
  } else {
    print(plan.data.front(), reports.front());
  }
  return 0;
}

}  // namespace

extern const Verb data_verb = {
    .name = "data",
    .synopsis = "SPEC [KEY=VALUE ...]",
    .summary = "what is understood of a spec's data set",
    .about =
        "Reads the data set of SPEC as a trial would, and prints rows and classes of every split, columns with their "
        "range,\n"
        "the first training rows and what the data set has to say. Columns are those of the training rows, unscaled.",
    .example = "ubp data rings.toml",
    .declare = declare,
    .run = run};

}  // namespace ubp
