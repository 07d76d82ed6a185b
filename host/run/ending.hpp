// SPDX-License-Identifier: MIT
// How a trial process ended, and what that means: the one place that tells the classes of failure apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/vocabulary.hpp"

namespace ubp {

/// What the coordinator saw.
struct Ending {
  std::optional<TrialEnd> told;        ///< its own last word
  int wait_status = 0;                 ///< as waitpid() gives it
  bool timed_out = false;              ///< it was over its wall limit, and we ended it
  bool stalled = false;                ///< it made no step within its stall limit, and we ended it
  bool stopped = false;                ///< we asked it to stop (and perhaps killed it because it did not)
  std::optional<std::string> garbled;  ///< the first line out of its stream that was no message; then we ended it
  double wall_limit_seconds = 0, stall_limit_seconds = 0;
  std::int64_t memory_limit_bytes = 0;
  std::string breadcrumb;  ///< "reconstruction.loss, stage 0, step 812"; "" if it never came that far
  std::string log_tail;
  std::int64_t cpu_ms = 0, max_rss_kb = 0, wall_ms = 0;
};

/// What to do with the trial.
struct Verdict {
  enum class Then {
    finish,   ///< record `outcome`
    pause,    ///< it came to its budget: its checkpoint continues it
    refuse,   ///< queued as it was, and no trial starts any more: outcome.error says what has changed
    requeue,  ///< it stopped when asked to: run it again, from its checkpoint
    replace   ///< it died from outside: LOST, and another attempt
  } then = Then::finish;
  Outcome outcome;
};

/// A trial's own last word decides the class of its failure, where there is one. Else: over the wall limit is a
/// timeout, over that of a step stalled; an abort right after memory ran out (std::bad_alloc that nobody caught) is
/// memory; SIGKILL that we did not send is LOST, not FAILED.
Verdict judge(const Ending&);

}  // namespace ubp
