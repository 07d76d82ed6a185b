// SPDX-License-Identifier: MIT
// ubp worker: a trial process. Nobody types this; run/protocol.hpp says what it inherits.
#include "run/worker.hpp"

#include "base/error.hpp"
#include "cli/verbs.hpp"

namespace ubp {

int verb_worker(const Words& words) {
  if (words.size() < 2 || words.size() > 3)
    fail(Exit::usage, "worker: a trial process, started by `ubp run`, `ubp sweep` and `ubp resume` only");
  std::optional<std::int64_t> until_step;
  if (words.size() == 3) until_step = std::stoll(words[2]);
  run_trial_process(std::stoll(words[0]), std::stoll(words[1]), until_step);
}

}  // namespace ubp
