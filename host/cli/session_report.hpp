// SPDX-License-Identifier: MIT
// What `ubp run`, `ubp sweep` and `ubp resume` print when they are done.
#pragma once

#include "cli/options.hpp"
#include "plan/plan.hpp"
#include "run/session.hpp"

namespace ubp {

/// The options of another program in one word, apart at its blanks.
std::vector<std::string> split(const std::string& text);

/// --db, --plugin-path, --quiet, --no-wait and, where there may be several trials, -j and where they run.
void add_session_options(Options&, bool several);
SessionOptions session_options(const Options&);
Registry registry_of(const Options&);

/// stdout: the trial's metrics, or the leaderboard; stderr: one line about the outcome, and where the files are.
/// Returns the exit code.
int report(const Plan&, const SessionOptions&, const SessionResult&, const std::string& how_to_continue);

}  // namespace ubp
