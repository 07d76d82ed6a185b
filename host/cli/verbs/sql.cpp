// SPDX-License-Identifier: MIT
// ubp sql: any question, read-only.
#include <iostream>
#include <iterator>

#include "cli/options.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kSeconds = 60;

void declare(Options& o) {
  o.with_database().with_format().value("seconds", "N", "how long it may take (default: 60)").words({"SELECT"}, 1);
}

int run(const Options& o) {
  const Format format = o.format();
  std::string sql = o.word(0);
  if (sql == "-") sql.assign(std::istreambuf_iterator<char>(std::cin), {});
  Reader reader(o.database());
  reader.limit(o.integer("seconds", kSeconds, 1));
  if (reader.query({sql}, *printer(format)) == 0 && format == Format::table) message("no rows");
  return 0;
}

}  // namespace

extern const Verb sql_verb = {
    .name = "sql",
    .synopsis = "\"SELECT ...\"",
    .summary = "ask the database in SQL",
    .about =
        "Runs one query and prints its rows; '-' reads it from standard input. The views to ask are sweeps, "
        "trials, params,\n"
        "metrics, metric_stats, leaderboard, failures, provenance and artifacts. Nothing can be written; it may take a "
        "minute (--seconds) and a gibibyte.\n"
        "Besides SQLite's own functions there are the aggregates median(x), stdev(x) (with n - 1), ci95(x) (half-width "
        "of "
        "the\n"
        "95 % interval of the mean) and quantile(x, p), p from 0 to 1; they leave out NULL. Other SQLite programs do "
        "not have them.",
    .example = "ubp sql \"SELECT name, value FROM trials WHERE state = 'COMPLETE' ORDER BY value DESC LIMIT 5\"",
    .declare = declare,
    .run = run};

}  // namespace ubp
