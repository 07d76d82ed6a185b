// SPDX-License-Identifier: MIT
// A short-lived child of ubp itself, for what must not happen in this process: plugin code, or a verb that another
// program asked for.
#pragma once

#include <chrono>
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

struct ChildLimits {
  std::chrono::milliseconds time;
  std::size_t bytes;  ///< of stdout and of stderr, each
};

struct LimitedEnd {
  int wait_status = 0;
  std::string out, err;                           ///< of a child that was ended early, what had come by then
  bool took_too_long = false, too_large = false;  ///< it was killed
};

/// As run_child, with nothing to read, its stderr caught, and killed as soon as it is over a limit.
LimitedEnd run_limited_child(const std::filesystem::path& executable, std::vector<std::string> words,
                             const ChildLimits&);

/// The running executable.
std::filesystem::path this_executable();

}  // namespace ubp
