// SPDX-License-Identifier: MIT
// ubp run: one trial, recorded like any other.
#include "cli/session_report.hpp"

namespace ubp {

int verb_run(const Words& words) {
  Options o("run", "SPEC [KEY=VALUE ...]",
            "Runs one trial of SPEC, with progress on stderr and its metrics on stdout; [sweep.space] is ignored. A "
            "trial that\n"
            "was interrupted continues from its checkpoint; one that was finished runs once more, as another attempt.");
  o.words({"SPEC", "KEY=VALUE"}, 1, true);
  add_session_options(o, false);
  if (!o.parse(words)) return 0;
  Registry registry = registry_of(o);
  Plan plan = make_plan(o.word(0), {o.words().begin() + 1, o.words().end()}, registry, true);
  SessionOptions options = session_options(o);
  options.single = options.again = true;
  options.slots = 1;
  const SessionResult result = carry_out(plan, options);
  return report(plan, options, result,
                fmt::format("ubp resume {} --db {}", result.sweep_id, options.database.string()));
}

}  // namespace ubp
