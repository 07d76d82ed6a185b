// SPDX-License-Identifier: MIT
// A trial on another machine: what stands between it and its coordinator. This is the document of that line.
//
// `ubp __relay FILE` is started where the trial is to run. FILE is the job as JSON, in the trial's directory, which
// both machines see. The relay runs the trial as a coordinator there would (LocalRunner), so that limits and classes of
// failure are exact, and
//   writes to 1  the trial's messages (run/protocol.hpp), then its last one, `end`, if it had one, and a line
//                `ending\tJSON`: what only this machine could see. Other lines are none of ours: a site's prolog may
//                speak. A line without its end was cut off, and does not count.
//   reads from 0 a word a line: stop, cut or kill, as Runner has them. The end of the stream is kill: nobody listens.
// SIGTERM and SIGUSR1 are stop: a job's end is near.
#pragma once

#include <filesystem>
#include <string>

#include "run/coordinator.hpp"

namespace ubp {

/// Of a job that is about to run: what FILE contains.
std::string relayed_job(const Job&);

/// The line of an ending, and back; nothing if it is none.
std::string ending_line(const Ending&);
std::optional<Ending> ending_of_line(std::string_view line);

/// The body of the relay. Returns the exit code: 0 once the ending is out. Throws Error (internal) if the trial cannot
/// be started.
int relay(const std::filesystem::path& job_file);

}  // namespace ubp
