// SPDX-License-Identifier: MIT
// ubp worker: a trial process. Nobody types this; run/protocol.hpp says what it inherits.
#include "run/worker.hpp"

#include "base/error.hpp"
#include "cli/verbs.hpp"

namespace ubp {

int verb_worker(const Words& words) {
  if (words.size() != 2)
    fail(Exit::usage, "worker: a trial process, started by `ubp run`, `ubp sweep` and `ubp resume` only");
  run_trial_process(std::stoll(words[0]), std::stoll(words[1]));
}

}  // namespace ubp
