// SPDX-License-Identifier: MIT
// ubp worker: a trial process. Nobody types this; run/protocol.hpp says what it inherits.
#include "run/worker.hpp"

#include "base/error.hpp"
#include "cli/options.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (o.words().size() < 2 || o.words().size() > 3)
    fail(Exit::usage, "worker: a trial process, started by `ubp run`, `ubp sweep` and `ubp resume` only");
  std::optional<std::int64_t> until_step;
  if (o.words().size() == 3) until_step = std::stoll(o.word(2));
  run_trial_process(std::stoll(o.word(0)), std::stoll(o.word(1)), until_step);
}

}  // namespace

extern const Verb worker_verb = {.name = "worker", .run = run, .hidden = true};

}  // namespace ubp
