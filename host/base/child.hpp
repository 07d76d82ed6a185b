// SPDX-License-Identifier: MIT
// A short-lived child of ubp itself, for what must not happen in this process: plugin code.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ubp {

struct ChildEnd {
  int wait_status = 0;  ///< as waitpid gives it
  std::string out;      ///< all that it wrote to stdout
};

/// Runs `executable words...`, looked for in PATH if it has no slash, with `input` as its stdin, and waits for its end.
/// stderr is shared. Throws Error (internal) if it cannot be started.
ChildEnd run_child(const std::filesystem::path& executable, std::vector<std::string> words,
                   const std::string& input = "");

/// The running executable.
std::filesystem::path this_executable();

}  // namespace ubp
