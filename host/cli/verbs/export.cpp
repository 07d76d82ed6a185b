// SPDX-License-Identifier: MIT
// ubp export: everything of one sort, for other tools.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"
#include "record/study_file.hpp"

namespace ubp {
namespace {

const std::vector<std::string> kFormats = {"csv", "jsonl"}, kTargets = {"csv", "jsonl", "optuna"},
                               kWhats = {"trials", "metrics", "leaderboard"};

void declare(Options& o) {
  o.value("what", "WHAT", "trials|metrics|leaderboard (default: trials)")
      .choices(kWhats)
      .value("where", "FILTER", "only trials that match, as `ubp find` has it")
      .value("output,o", "FILE", "optuna: the file to write, which must not be there")
      .value("for", "RELEASE", "optuna: of Optuna, 3.1 (and 3.0) or 3.2 (and later; default)")
      .choices(kOptunaReleases)
      .with_database()
      .words({"csv|jsonl|optuna", "SWEEP"}, 1);
}

int write_study_file(const Options& o) {
  for (const char* of_tables : {"what", "where"})
    if (o.has(of_tables)) fail(Exit::usage, "export optuna: --{}: whole sweeps are written", of_tables);
  if (!o.has("output")) fail(Exit::usage, "export optuna: -o FILE is missing: what to write");
  const OptunaRelease release = optuna_release(o);
  std::optional<std::int64_t> sweep_id;
  Reader reader(o.database());
  if (o.words().size() > 1) sweep_id = named_sweep(reader, o.word(1));
  const WrittenStudies written = write_studies(o.database(), sweep_id, o.get("output"), release);
  message("{}: {} {}, {} trials{}; Optuna continues it: storage=\"sqlite:///{}\"", o.get("output"), written.studies,
          written.studies == 1 ? "study" : "studies", written.trials,
          written.unfinished ? fmt::format(" ({} that have not ended are left out)", written.unfinished) : "",
          o.get("output"));
  return written.trials > 0 ? 0 : static_cast<int>(Exit::nothing);
}

int run(const Options& o) {
  if (std::find(kTargets.begin(), kTargets.end(), o.word(0)) == kTargets.end())
    fail(Exit::usage, "export: there is no format '{}'{}", o.word(0), suggestion(o.word(0), kTargets));
  if (o.word(0) == "optuna") return write_study_file(o);
  for (const char* of_optuna : {"output", "for"})
    if (o.has(of_optuna)) fail(Exit::usage, "export {}: --{}: goes with optuna alone", o.word(0), of_optuna);
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
    .synopsis = "csv|jsonl|optuna [SWEEP]",
    .summary = "trials, metrics or the leaderboard as a file; a sweep as a study of Optuna's",
    .about =
        "Writes every row, in full precision, to standard output: of a SWEEP, or of all. In csv the parameters of "
        "trials are\n"
        "columns `params.NAME`; in jsonl they are an object.\n"
        "optuna: a SWEEP, or all, as a storage of Optuna's own, which Optuna reads and continues; `ubp db optuna on` "
        "lets it\n"
        "read the database itself:\n"
        "  ubp export optuna SWEEP -o study.db",
    .declare = declare,
    .run = run};

}  // namespace ubp
