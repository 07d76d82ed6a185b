// SPDX-License-Identifier: MIT
// Runs a shell command with `ubp` in its path, and keeps what a person would see.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
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

/// Times replaced by TIME. Without <regex>, inside which GCC 12 warns when sanitizers are on.
inline std::string timeless(const std::string& text) {
  static const std::string kShape = "20dd-dd-dd dd:dd:dd.ddd";
  const auto is_time = [&](std::size_t at) {
    for (std::size_t i = 0; i < kShape.size(); ++i) {
      const char c = at + i < text.size() ? text[at + i] : '\0';
      if (kShape[i] == 'd' ? c < '0' || c > '9' : c != kShape[i]) return false;
    }
    return true;
  };
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (is_time(at)) {
      result += "TIME";
      at += kShape.size();
    } else {
      result += text[at++];
    }
  }
  return result;
}

}  // namespace ubp
