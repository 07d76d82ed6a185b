// SPDX-License-Identifier: MIT
// Runs a shell command with `ubp` in its path, and keeps what a person would see.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include <sys/wait.h>

namespace ubp {

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Seen {
  std::string out, err;
  int code = 0;
};

/// In `folder`, with its database ubp.db and a cache of its own.
inline Seen run(const std::filesystem::path& folder, const std::string& command) {
  const std::string bin = std::filesystem::path(UBP_EXECUTABLE).parent_path().string();
  const std::string line = "cd " + folder.string() +
                           " && unset UBP_DB UBP_PLUGIN_PATH && export UBP_CACHE=" + (folder / "cache").string() +
                           " PATH=" + bin + ":$PATH && { " + command + "\n} >" + (folder / "out").string() + " 2>" +
                           (folder / "err").string();
  const int status = std::system(line.c_str());
  return {content_of(folder / "out"), content_of(folder / "err"), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

/// Times replaced by TIME.
inline std::string timeless(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ)"), "TIME");
}

}  // namespace ubp
