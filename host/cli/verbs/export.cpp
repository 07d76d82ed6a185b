// SPDX-License-Identifier: MIT
// ubp export: everything of one sort, for other tools.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"

namespace ubp {
namespace {

const std::vector<std::string> kFormats = {"csv", "jsonl"}, kWhats = {"trials", "metrics", "leaderboard"};

void declare(Options& o) {
  o.value("what", "WHAT", "trials|metrics|leaderboard (default: trials)")
      .choices(kWhats)
      .value("where", "FILTER", "only trials that match, as `ubp find` has it")
      .with_database()
      .words({"csv|jsonl", "SWEEP"}, 1);
}

int run(const Options& o) {
  if (o.word(0) != "csv" && o.word(0) != "jsonl")
    fail(Exit::usage, "export: there is no format '{}'{}", o.word(0), suggestion(o.word(0), kFormats));
  const Format format = format_of(o.word(0), kFormats);
  const std::string what = o.get("what", "trials");
  Reader reader(o.database());
  ExportScope scope{{}, o.get("where")};
  if (o.words().size() > 1) scope.sweep_id = named_sweep(reader, o.word(1));

  Query q;
  if (what == "trials")
    q = trial_export(reader, scope, format == Format::csv);
  else if (what == "metrics")
    q = metric_export(reader, scope);
  else if (what == "leaderboard")
    q = leaderboard_export(reader, scope);
  else
    fail(Exit::usage, "export: --what: there is no '{}'{}", what, suggestion(what, kWhats));
  const std::int64_t rows = reader.query(q, *printer(format));
  message("{} rows", rows);
  return rows > 0 ? 0 : static_cast<int>(Exit::nothing);
}

}  // namespace

extern const Verb export_verb = {
    .name = "export",
    .synopsis = "csv|jsonl [SWEEP]",
    .summary = "trials, metrics or the leaderboard as a file",
    .about =
        "Writes every row, in full precision, to standard output: of a SWEEP, or of all. In csv the parameters of "
        "trials are\n"
        "columns `params.NAME`; in jsonl they are an object.",
    .example = "ubp export csv rings > trials.csv",
    .declare = declare,
    .run = run};

}  // namespace ubp
