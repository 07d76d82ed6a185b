// SPDX-License-Identifier: MIT
// What a trial process tells its coordinator: lines of text over a stream. This is the protocol's one document.
//
// A trial process (`ubp worker PARENT MEMORY [UNTIL_STEP]`, or forked by a run/fork_server.hpp) inherits
//   0  its TrialSpec as JSON, up to the end of the file
//   1, 2  the trial's log: whatever a plugin prints lands there
//   3  this stream, written by the trial only
//   4  256 bytes of shared memory: the breadcrumb (train/breadcrumb.hpp)
// and hears from its coordinator by signals alone: SIGTERM asks it to checkpoint and to end as `interrupted`; SIGKILL
// ends it, also when the coordinator dies. PARENT is the coordinator's pid, MEMORY a limit in bytes (0: none).
//
// One message a line, fields separated by tabs; in a field \\, \t, \n and \r stand for backslash, tab and line ends.
// Numbers are decimal; reals are the shortest text that reads back as the same double, or inf, -inf, nan.
//
//   started     STEP                         composition done; points up to STEP follow again
//   point       METRIC STEP VALUE MS         MS: since the process began
//   artifact    KIND FILE MIME STEP          FILE: in the trial's directory, complete; recorded as its last part
//   note        LEVEL WHO TEXT               LEVEL: UBP_LOG_*
//   progress    STEP FRACTION RATE
//   checkpoint  STEP
//   end         HOW FAILURE ERROR            HOW: complete | failed | interrupted | paused | refused; the last message
//
// Example: "point\ttest.mse\t812\t0.0625\t1503\n"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/vocabulary.hpp"

namespace ubp {

struct Started {
  std::int64_t step = 0;
};
struct Made {  ///< an artifact
  std::string kind, file, mime;
  std::int64_t step = 0;
};
struct Note {
  int level = 0;
  std::string who, text;
};
struct Progress {
  std::int64_t step = 0;
  double fraction = 0, rate = 0;
};
struct Checkpointed {
  std::int64_t step = 0;
};
using Message = std::variant<Started, MetricPoint, Made, Note, Progress, Checkpointed, TrialEnd>;

/// Appends one line.
void encode(const Message&, std::string& out);

/// Reads one line, without its end. Nothing if it is no message: somebody else has written into the stream.
std::optional<Message> decode(std::string_view line);

}  // namespace ubp
