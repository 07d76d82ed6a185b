// SPDX-License-Identifier: MIT
// ubp sweep: every trial of a spec that has not been run yet.
#include "cli/session_report.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.words({"SPEC", "KEY=VALUE"}, 1, true);
  add_session_options(o, true);
}

int run(const Options& o) {
  Registry registry = registry_of(o);
  Plan plan = make_plan(o.word(0), {o.words().begin() + 1, o.words().end()}, registry, false);
  const SessionOptions options = session_options(o);
  prepare(plan, options);
  const SessionResult result = carry_out(plan, options);
  return report(plan, options, result,
                fmt::format("the same command, or: ubp resume {} --db {}", result.sweep_id, options.database.string()));
}

}  // namespace

extern const Verb sweep_verb = {
    .name = "sweep",
    .synopsis = "SPEC [KEY=VALUE ...]",
    .summary = "run the declared sweep, or continue it",
    .about =
        "Runs the sweep that SPEC declares, or continues it: the same command twice gives the same result once. "
        "VALUE is a\n"
        "value, a choice (4,16,64), a range (1e-4..1e-2:log) or a list (256+64).\n"
        "Ctrl-C lets the running trials write checkpoints; once more kills them.",
    .example = "ubp sweep rings.toml optimizer.lr=1e-4..1e-1:log sweep.sampler=random sweep.configs=8 -j 4",
    .declare = declare,
    .run = run};

}  // namespace ubp
