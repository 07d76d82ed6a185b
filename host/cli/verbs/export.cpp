// SPDX-License-Identifier: MIT
// ubp export: everything of one sort, for other tools.
#include <algorithm>

#include "base/json.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "query/datasette.hpp"
#include "query/listing.hpp"
#include "record/study_file.hpp"
#include "tensorboard/runs.hpp"

namespace ubp {
namespace {

const std::vector<std::string> kWhats = {"trials", "metrics", "leaderboard"};

int export_rows(Reader& reader, const Options& o, const ExportScope& scope) {
  const Format format = format_of(o.word(0), {"csv", "jsonl"});
  const std::string what = o.get("what", "trials");
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

int export_runs(Reader& reader, const Options& o, const ExportScope& scope) {
  if (!o.has("output")) fail(Exit::usage, "export tensorboard: -o FOLDER is missing: where the runs go");
  const std::filesystem::path folder = o.get("output");
  tensorboard::require_own(folder);
  const std::int64_t runs = tensorboard::each_run(reader, scope, [&](const auto& file, const std::string& bytes) {
    std::error_code error;
    std::filesystem::create_directories((folder / file).parent_path(), error);
    write_file(folder / file, bytes);
  });
  message("{} runs; to look at them: tensorboard --logdir {}", runs, folder.string());
  return runs > 0 ? 0 : static_cast<int>(Exit::nothing);
}

int export_metadata(Reader& reader, const Options& o, const ExportScope& scope) {
  if (scope.sweep_id) fail(Exit::usage, "export datasette: found a SWEEP: it is about the whole database");
  const std::string text = json_text(datasette_metadata(reader, reader.file().stem().string()), 2) + "\n";
  if (!o.has("output")) return fmt::print("{}", text), 0;
  write_file(o.get("output"), text);
  message("to look at it: datasette {} --metadata {}", reader.file().string(), o.get("output"));
  return 0;
}

int export_studies(Reader&, const Options& o, const ExportScope& scope) {
  if (!o.has("output")) fail(Exit::usage, "export optuna: -o FILE is missing: what to write");
  const WrittenStudies written = write_studies(o.database(), scope.sweep_id, o.get("output"), optuna_release(o));
  message("{}: {} {}, {} trials{}; Optuna continues it: storage=\"sqlite:///{}\"", o.get("output"), written.studies,
          written.studies == 1 ? "study" : "studies", written.trials,
          written.unfinished ? fmt::format(" ({} that have not ended are left out)", written.unfinished) : "",
          o.get("output"));
  return written.trials > 0 ? 0 : static_cast<int>(Exit::nothing);
}

/// What can be exported, and which options it takes.
struct Target {
  std::string name;
  std::vector<std::string> takes;
  int (*write)(Reader&, const Options&, const ExportScope&);
};

const std::vector<Target> kTargets = {{"csv", {"what", "where"}, export_rows},
                                      {"jsonl", {"what", "where"}, export_rows},
                                      {"tensorboard", {"where", "output"}, export_runs},
                                      {"datasette", {"output"}, export_metadata},
                                      {"optuna", {"output", "for"}, export_studies}};

const Target& target_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Target& target : kTargets) {
    if (target.name == name) return target;
    names.push_back(target.name);
  }
  fail(Exit::usage, "export: there is no format '{}'{}", name, suggestion(name, names));
}

void declare(Options& o) {
  o.value("what", "WHAT", "of csv and jsonl: trials|metrics|leaderboard (default: trials)")
      .choices(kWhats)
      .value("where", "FILTER", "only trials that match, as `ubp find` has it")
      .value("output,o", "FILE",
             "tensorboard: the folder; datasette: the metadata (default: printed); optuna: a new file")
      .value("for", "RELEASE", "optuna: of Optuna, 3.1 (and 3.0) or 3.2 (and later; default)")
      .choices(kOptunaReleases)
      .with_database()
      .words({"csv|jsonl|tensorboard|datasette|optuna", "SWEEP"}, 1);
}

int run(const Options& o) {
  const Target& target = target_named(o.word(0));
  for (const char* option : {"what", "where", "output", "for"})
    if (o.has(option) && std::find(target.takes.begin(), target.takes.end(), option) == target.takes.end())
      fail(Exit::usage, "export {}: takes no --{}, but --{}", target.name, option, fmt::join(target.takes, " and --"));
  Reader reader(o.database());
  ExportScope scope{{}, o.get("where")};
  if (o.words().size() > 1) scope.sweep_id = named_sweep(reader, o.word(1));
  return target.write(reader, o, scope);
}

}  // namespace

extern const Verb export_verb = {
    .name = "export",
    .synopsis = "csv|jsonl|tensorboard|datasette|optuna [SWEEP]",
    .summary = "trials, metrics or the leaderboard for other programs",
    .about =
        "csv, jsonl: every row, in full precision, to standard output: of a SWEEP, or of all. In csv the parameters of "
        "trials are\n"
        "columns `params.NAME`; in jsonl they are an object.\n"
        "tensorboard: a run for each trial below the folder -o, SWEEP/CONFIG.REPLICATE: all metrics, in the single "
        "precision of\n"
        "TensorBoard, and the swept parameters for its hparams page. Once more, it replaces what has changed.\n"
        "datasette: the metadata that describes the views of this database to Datasette, with questions to ask.\n"
        "optuna: a SWEEP, or all, as a storage of Optuna's own, which Optuna reads and continues; `ubp db optuna on` "
        "lets it\n"
        "read the database itself.\n"
        "Parquet: ubp export csv | duckdb -c \"COPY (FROM read_csv('/dev/stdin')) TO 'trials.parquet'\"",
    .example =
        "ubp export csv rings > trials.csv\n"
        "ubp export tensorboard rings -o runs\n"
        "ubp export datasette -o metadata.json\n"
        "ubp export optuna rings -o rings-study.db",
    .declare = declare,
    .run = run};

}  // namespace ubp
