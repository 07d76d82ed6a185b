// SPDX-License-Identifier: MIT
// ubp export: everything of one sort, for other tools.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"

namespace ubp {
int verb_export(const Words& words) {
  Options o("export", "csv|jsonl [SWEEP]",
            "Writes every row, in full precision, to standard output: of a SWEEP, or of all. In csv the parameters of "
            "trials are\n"
            "columns `params.NAME`; in jsonl they are an object.");
  o.value("what", "WHAT", "trials|metrics|leaderboard (default: trials)")
      .with_database()
      .words({"csv|jsonl", "SWEEP"}, 1);
  if (!o.parse(words)) return 0;
  const std::vector<std::string> formats = {"csv", "jsonl"}, whats = {"trials", "metrics", "leaderboard"};
  if (o.word(0) != "csv" && o.word(0) != "jsonl")
    fail(Exit::usage, "export: there is no format '{}'{}", o.word(0), suggestion(o.word(0), formats));
  const Format format = format_of(o.word(0), formats);
  const std::string what = o.get("what", "trials");
  Reader reader(o.database());
  std::optional<std::int64_t> sweep_id;
  if (o.words().size() > 1) sweep_id = named_sweep(reader, o.word(1));

  Query q;
  if (what == "trials")
    q = trial_export(reader, sweep_id, format == Format::csv);
  else if (what == "metrics")
    q = metric_export(sweep_id);
  else if (what == "leaderboard")
    q = leaderboard_export(sweep_id);
  else
    fail(Exit::usage, "export: --what: there is no '{}'{}", what, suggestion(what, whats));
  const std::int64_t rows = reader.query(q, *printer(format));
  message("{} rows", rows);
  return rows > 0 ? 0 : static_cast<int>(Exit::nothing);
}

}  // namespace ubp
