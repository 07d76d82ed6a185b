// SPDX-License-Identifier: MIT
// Texts that can be made again, in files: one that is damaged, or half written, is as if it were not there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ubp {

/// What keep() wrote there under this key; nothing if it did not, or if the file is not whole.
std::optional<std::string> kept(const std::filesystem::path& file, const std::string& key);

/// Makes the folders, too. A reader sees the whole text or the one before. What cannot be kept is not.
void keep(const std::filesystem::path& file, const std::string& key, const std::string& text);

}  // namespace ubp
