// SPDX-License-Identifier: MIT
// ubp import: results of other programs as sweeps.
#include <array>
#include <fstream>

#include "cli/options.hpp"
#include "record/imported.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kGoals = {"minimize", "maximize"};

void declare(Options& o) {
  o.value("study", "NAME", "of a storage with several studies: which")
      .values("metric", "NAME",
              "of a table: a column that is optimised; of a study: what to call its value; repeatable")
      .values("goal", "GOAL", "of a table, one a metric: minimize or maximize")
      .choices(kGoals)
      .value("name", "SWEEP", "what to call the sweep (default: as the study, or the file)")
      .with_database()
      .words({"FILE"}, 1);
}

bool is_sqlite(const fs::path& file) {
  std::array<char, 16> head{};
  std::ifstream(file, std::ios::binary).read(head.data(), head.size());
  return std::string_view(head.data(), head.size()) == std::string_view("SQLite format 3\0", 16);
}

ImportedSweep study(const Options& o, const fs::path& file) {
  if (o.has("goal")) fail(Exit::usage, "import: --goal: {}: a study has its directions", file.string());
  ImportedSweep sweep = read_study(file, o.get("study"));
  const std::vector<std::string> names = o.all("metric");
  if (!names.empty() && names.size() != sweep.objectives.size())
    fail(Exit::usage, "import: --metric: found {} names, but study '{}' has {} objectives", names.size(), sweep.name,
         sweep.objectives.size());
  const bool is_own = sweep.series == sweep.objectives[0].metric;
  for (std::size_t k = 0; k < names.size(); ++k) sweep.objectives[k].metric = names[k];
  if (is_own) sweep.series = sweep.objectives[0].metric;
  if (o.has("name")) sweep.name = o.get("name");
  return sweep;
}

std::vector<ImportedSweep> results(const Options& o, const fs::path& file) {
  if (o.has("study")) fail(Exit::usage, "import: --study: {}: is no storage of Optuna's", file.string());
  const std::vector<std::string> metrics = o.all("metric"), goals = o.all("goal");
  if (metrics.empty()) fail(Exit::usage, "import: {}: --metric NAME is missing: the column to rank by", file.string());
  if (goals.size() != metrics.size())
    fail(Exit::usage, "import: found {} --goal, expected {}, one a --metric: minimize or maximize", goals.size(),
         metrics.size());
  ResultColumns columns{o.get("name", file.stem().string()), {}};
  for (std::size_t k = 0; k < metrics.size(); ++k) {
    if (std::find(kGoals.begin(), kGoals.end(), goals[k]) == kGoals.end())
      fail(Exit::usage, "import: --goal: there is no '{}'{}", goals[k], suggestion(goals[k], kGoals));
    columns.objectives.push_back({metrics[k], goals[k] == "maximize" ? Goal::maximize : Goal::minimize, {}});
  }
  return read_results(file, columns);
}

int run(const Options& o) {
  const fs::path file = o.word(0), database = o.database();
  if (!fs::is_regular_file(file)) fail(Exit::usage, "import: {}: there is no such file", file.string());
  const std::vector<ImportedSweep> sweeps =
      is_sqlite(file) ? std::vector<ImportedSweep>{study(o, file)} : results(o, file);
  const std::vector<ImportedRecord> records = record_imported(database, sweeps);
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    const ImportedSweep& sweep = sweeps[i];
    if (records[i].known)
      message("{}: sweep {} '{}' is there already: nothing is added", database.string(), records[i].sweep_id,
              sweep.name);
    else
      message("{}: sweep {} '{}': {} trials of {} configs{}", database.string(), records[i].sweep_id, sweep.name,
              sweep.trials.size(), sweep.configs.size(),
              sweep.unfinished ? fmt::format("; {} that have not ended are left out", sweep.unfinished) : "");
  }
  return 0;
}

}  // namespace

extern const Verb import_verb = {
    .name = "import",
    .synopsis = "FILE",
    .summary = "results of other programs: a study of Optuna's, or a table",
    .about =
        "Makes a sweep of a study of Optuna's (its SQLite storage), or of a table of comma-separated values, a row a "
        "trial: to\n"
        "list, rank, compare, plot and export like any other, but neither resumed nor reproduced, since ubp did not "
        "run it.\n"
        "Of a table, parameters are the columns `params.NAME`, or else all that are neither a metric nor seed, "
        "replicate,\n"
        "attempt, config, state, reason, error or sweep, which mean what they say. The same again adds nothing.",
    .example =
        "ubp import study.db --study rings\n"
        "ubp import results.csv --metric accuracy --goal maximize",
    .declare = declare,
    .run = run};

}  // namespace ubp
