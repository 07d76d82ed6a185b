// SPDX-License-Identifier: MIT
// ubp run: one trial, recorded like any other.
#include "cli/session_report.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.words({"SPEC", "KEY=VALUE"}, 1, true);
  add_session_options(o, false);
}

int run(const Options& o) {
  Registry registry = registry_of(o);
  Plan plan = make_plan(o.word(0), {o.words().begin() + 1, o.words().end()}, registry, true);
  SessionOptions options = session_options(o);
  options.single = true;
  options.again = Again::everything;
  options.slots = 1;
  prepare(plan, options);
  const SessionResult result = carry_out(plan, options);
  return report(plan, options, result,
                fmt::format("ubp resume {} --db {}", result.sweep_id, options.database.string()));
}

}  // namespace

extern const Verb run_verb = {
    .name = "run",
    .synopsis = "SPEC [KEY=VALUE ...]",
    .summary = "run one trial, with live progress, and record it",
    .about =
        "Runs one trial of SPEC, with progress on stderr and its metrics on stdout; [sweep.space] is ignored. A "
        "trial that\n"
        "was interrupted continues from its checkpoint; one that was finished runs once more, as another attempt.",
    .example = "ubp run rings.toml optimizer.lr=1e-2",
    .declare = declare,
    .run = run};

}  // namespace ubp
