// SPDX-License-Identifier: MIT
// ubp find: trials that match a filter, and groups of them.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/findings.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("sweep", "SWEEP", "only trials of this one")
      .values("sort", "COLUMN[:desc]", "in this order; the undefined last (repeatable)")
      .value("cols", "COLUMN,COLUMN...", "these columns; params: all that are swept, metrics: the last of each")
      .value("limit,k", "N", "at most so many")
      .value("by", "COLUMN,COLUMN...", "one row for all trials that are equal in these: statistics of their values")
      .value("of", "COLUMN", "what groups tell instead of value")
      .value("per", "COLUMN", "the first of each of its values: one, or --limit")
      .value("pivot", "COLUMN", "a table: a row for each group, a column for each value of COLUMN; mean ± ci95")
      .flag("explain", "print the SQL and its parameters, and ask nothing")
      .flag("names", "list what can be named")
      .with_database()
      .with_format()
      .words({"FILTER"}, 0);
}

/// "a,b" at commas outside parentheses and quotes.
std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> names;
  std::string name;
  int depth = 0;
  char quote = '\0';
  for (const char c : text) {
    if (quote ? c == quote : c == '"' || c == '\'') quote = quote ? '\0' : c;
    if (!quote) depth += (c == '(') - (c == ')');
    if (c == ',' && depth == 0 && !quote)
      names.push_back(std::exchange(name, ""));
    else
      name += c;
  }
  if (!text.empty()) names.push_back(name);
  return names;
}

int run(const Options& o) {
  const Format format = o.format();
  FindRequest request{.filter = o.word(0)};
  request.sort = o.all("sort");
  request.columns = listed(o.get("cols"));
  request.by = listed(o.get("by"));
  request.pivot = o.get("pivot");
  request.of = o.get("of", request.of);
  request.per = o.get("per");
  request.limit = o.integer("limit", 0, 1);
  Reader reader(o.database());
  if (o.has("sweep")) request.sweep_id = named_sweep(reader, o.get("sweep"));
  const auto sink = printer(format);
  if (o.has("names")) return list_names(reader, *sink), 0;
  const Findings found = findings(reader, request);
  if (o.has("explain")) return fmt::print("{}", explained(found.query)), 0;
  if (print_findings(reader, found, format, *sink) > 0) return 0;
  message("ubp: {}: no trial matches", reader.file().string());
  return static_cast<int>(Exit::nothing);
}

}  // namespace

extern const Verb find_verb = {
    .name = "find",
    .synopsis = "[FILTER]",
    .summary = "trials that match a filter, groups of them, and tables of two axes",
    .about =
        "Trials of all sweeps for which FILTER holds (default: all), one a row: with what --sort and FILTER name, and\n"
        "the swept parameters that differ. --by: statistics of groups. --pivot: a table of means with 95 % intervals.\n"
        "\n"
        "A filter is made of comparisons, `and`, `or`, `not` and parentheses:\n"
        "\n"
        "  NAME = != < <= > >= VALUE    lr > 1e-3, state = failed, started > -2h, ended < 2026-11-20T10:00 (UTC)\n"
        "  NAME in [A, B], not in, between A and B, is undefined, is not undefined\n"
        "  NAME ~ GLOB, ^= BEGINNING, contains TEXT    host ~ 'gpu*', git.sha ^= 3fa9\n"
        "  FLAG    git.dirty, not supervised\n"
        "\n"
        "A NAME is a parameter (optimizer.lr, or lr where that is the only one), a metric (train.loss; .min .max "
        ".mean\n"
        ".first .last .at(STEP)), a column of the record (`ubp find --names` lists all), or a statistic over the "
        "seeds\n"
        "of a config: n_seeds, mean(NAME), sd, ci95, median, iqm, min, max, sum. Names and texts with blanks or signs\n"
        "stand in quotes. A comparison with something undefined is false; `not` turns what stands behind it round.",
    .example =
        "ubp find 'lr > 1e-3 and latent in [4, 8]' --sort value --limit 5\n"
        "ubp find 'state = failed and ended > -7d' --by reason\n"
        "ubp find '' --by lr --pivot latent --format latex",
    .declare = declare,
    .run = run};

}  // namespace ubp
