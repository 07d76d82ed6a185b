// SPDX-License-Identifier: MIT
// From the words of a command line to a verb, and from whatever it throws to one line and an exit code.
#pragma once

#include "cli/verb.hpp"

namespace ubp {

/// All that main() does. Never throws: what goes wrong is one line on stderr, and the code.
int run_command(const Words& words);

/// What `ubp help` prints.
std::string usage_text();

}  // namespace ubp
