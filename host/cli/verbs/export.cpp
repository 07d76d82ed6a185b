// SPDX-License-Identifier: MIT
// ubp export: everything of one sort, for other tools.
#include <algorithm>

#include "base/json.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "query/datasette.hpp"
#include "query/listing.hpp"
#include "tensorboard/runs.hpp"

namespace ubp {
namespace {

const std::vector<std::string> kFormats = {"csv", "jsonl", "tensorboard", "datasette"},
                               kWhats = {"trials", "metrics", "leaderboard"};

void declare(Options& o) {
  o.value("what", "WHAT", "of csv and jsonl: trials|metrics|leaderboard (default: trials)")
      .choices(kWhats)
      .value("where", "FILTER", "only trials that match, as `ubp find` has it")
      .value("output,o", "FILE", "of tensorboard: the folder; of datasette: the metadata file (default: printed)")
      .with_database()
      .words({"csv|jsonl|tensorboard|datasette", "SWEEP"}, 1);
}

int export_rows(Reader& reader, const Options& o, const ExportScope& scope) {
  const Format format = format_of(o.word(0), kFormats);
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
  if (!o.has("output")) fail(Exit::usage, "export: tensorboard: -o FOLDER is missing: where the runs go");
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
  if (scope.sweep_id || !scope.where.empty())
    fail(Exit::usage, "export: datasette: found a SWEEP or --where, expected neither: it is about the whole database");
  const std::string text = json_text(datasette_metadata(reader, reader.file().stem().string()), 2) + "\n";
  if (!o.has("output")) return fmt::print("{}", text), 0;
  write_file(o.get("output"), text);
  message("to look at it: datasette {} --metadata {}", reader.file().string(), o.get("output"));
  return 0;
}

int run(const Options& o) {
  const std::string format = o.word(0);
  if (std::find(kFormats.begin(), kFormats.end(), format) == kFormats.end())
    fail(Exit::usage, "export: there is no format '{}'{}", format, suggestion(format, kFormats));
  const bool rows = format == "csv" || format == "jsonl";
  if (o.has(rows ? "output" : "what"))
    fail(Exit::usage, "export: {} takes no --{}{}", format, rows ? "output" : "what",
         rows ? ": it is written to standard output" : "");
  Reader reader(o.database());
  ExportScope scope{{}, o.get("where")};
  if (o.words().size() > 1) scope.sweep_id = named_sweep(reader, o.word(1));
  if (rows) return export_rows(reader, o, scope);
  return format == "tensorboard" ? export_runs(reader, o, scope) : export_metadata(reader, o, scope);
}

}  // namespace

extern const Verb export_verb = {
    .name = "export",
    .synopsis = "csv|jsonl|tensorboard|datasette [SWEEP]",
    .summary = "trials, metrics or the leaderboard for other programs",
    .about =
        "csv, jsonl: every row, in full precision, to standard output: of a SWEEP, or of all. In csv the parameters of "
        "trials are\n"
        "columns `params.NAME`; in jsonl they are an object.\n"
        "tensorboard: a run for each trial below the folder -o, SWEEP/CONFIG.REPLICATE: all metrics, in the single "
        "precision of\n"
        "TensorBoard, and the swept parameters for its hparams page. Once more, it replaces what has changed.\n"
        "datasette: the metadata that describes the views of this database to Datasette, with questions to ask.\n"
        "Parquet: ubp export csv | duckdb -c \"COPY (FROM read_csv('/dev/stdin')) TO 'trials.parquet'\"",
    .example = "ubp export csv rings > trials.csv\n"
               "ubp export tensorboard rings -o runs\n"
               "ubp export datasette -o metadata.json",
    .declare = declare,
    .run = run};

}  // namespace ubp
