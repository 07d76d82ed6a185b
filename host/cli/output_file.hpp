// SPDX-License-Identifier: MIT
// Files that a person asked for by -o.
#pragma once

#include <filesystem>
#include <string>

namespace ubp {

/// Whole or not at all: what was there stays until all is written. Throws Error (usage).
void write_file(const std::filesystem::path& file, const std::string& bytes);

}  // namespace ubp
