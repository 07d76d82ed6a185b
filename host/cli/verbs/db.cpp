// SPDX-License-Identifier: MIT
// ubp db: the file itself.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/check.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("for", "RELEASE", "optuna on: of Optuna, 3.1 (and 3.0) or 3.2 (and later; default)").choices(kOptunaReleases);
  o.with_database().words({"check|optuna", "on|off"}, 1);
}

int check_database(const Options& o) {
  Reader reader(o.database());
  const CheckResult result = check(reader);
  for (const std::string& problem : result.problems) fmt::print("{}\n", problem);
  if (!result.problems.empty()) return 1;
  fmt::print("ok\ndigest {}\ncomplete {}\n", result.digest, result.complete);
  return 0;
}

int serve(const Options& o) {
  const std::filesystem::path database = o.database();
  const OptunaRelease release = optuna_release(o);
  { const Reader found(database); }  // a database that is not there is not made
  if (o.word(1) == "on") {
    serve_optuna(database, release);
    message(
        "{}: Optuna reads it as storage=\"sqlite:///{}\", a study is a sweep; other programs now find Optuna's "
        "words in trials.state, and those of ubp in executions.state",
        database.string(), database.string());
  } else if (o.word(1) == "off") {
    const std::int64_t noted = stop_serving_optuna(database);
    message("{}: Optuna no longer reads it{}", database.string(),
            noted ? fmt::format("; {} attributes that it had noted on studies are gone", noted) : "");
  } else {
    fail(Exit::usage, "db optuna: found '{}', expected on or off", o.word(1));
  }
  return 0;
}

int run(const Options& o) {
  if (o.word(0) == "optuna") return serve(o);
  if (o.word(0) != "check")
    fail(Exit::usage, "db: there is no '{}'{}", o.word(0), suggestion(o.word(0), {"check", "optuna"}));
  return check_database(o);
}

}  // namespace

extern const Verb db_verb = {
    .name = "db",
    .synopsis = "check|optuna [on|off]",
    .summary = "is the database sound? the digest of its results; Optuna reads it live",
    .about =
        "check: is the database sound? Prints `ok`, the digest of the results of all complete trials, and their "
        "number; or\n"
        "what is wrong, one line each, and ends with 1. Two databases with equal digests hold the same results, "
        "bit for bit,\n"
        "however often one of them was interrupted (metrics of the wall clock do not count).\n"
        "optuna on: from now on Optuna and optuna-dashboard read the file as a storage of theirs, also while a sweep "
        "runs:\n"
        "  optuna.load_study(study_name=\"SWEEP\", storage=\"sqlite:///ubp.db\")\n"
        "They add no trials. While it is on, programs other than ubp find Optuna's words (FAIL, WAITING) in the "
        "column `state`\n"
        "of `trials`, and ubp's in that of `executions`. optuna off: takes that back.",
    .example = "ubp db check\nubp db optuna on",
    .declare = declare,
    .run = run};

}  // namespace ubp
