// SPDX-License-Identifier: MIT
// ubp db: the file itself.
#include "cli/options.hpp"
#include "query/check.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.with_database().words({"check"}, 1); }

int run(const Options& o) {
  if (o.word(0) != "check") fail(Exit::usage, "db: there is no '{}'{}", o.word(0), suggestion(o.word(0), {"check"}));
  Reader reader(o.database());
  const CheckResult result = check(reader);
  for (const std::string& problem : result.problems) fmt::print("{}\n", problem);
  if (!result.problems.empty()) return 1;
  fmt::print("ok\ndigest {}\ncomplete {}\n", result.digest, result.complete);
  return 0;
}

}  // namespace

extern const Verb db_verb = {
    .name = "db",
    .synopsis = "check",
    .summary = "is the database sound? and the digest of its results",
    .about =
        "check: is the database sound? Prints `ok`, the digest of the results of all complete trials, and their "
        "number; or\n"
        "what is wrong, one line each, and ends with 1. Two databases with equal digests hold the same results, "
        "bit for bit,\n"
        "however often one of them was interrupted (metrics of the wall clock do not count).",
    .example = "ubp db check",
    .declare = declare,
    .run = run};

}  // namespace ubp
