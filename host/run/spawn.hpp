// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ubp {

/// Starts `executable`, looked for in PATH if it has no slash, in a process group of its own, with `fds` as its
/// descriptors 0, 1, ..., and with one thread for BLAS. Throws Error (internal).
pid_t spawn(const std::filesystem::path& executable, std::vector<std::string> argv, std::span<const int> fds);

}  // namespace ubp
