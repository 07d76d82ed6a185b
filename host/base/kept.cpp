// SPDX-License-Identifier: MIT
#include "base/kept.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/hash.hpp"

namespace ubp {

std::optional<std::string> kept(const std::filesystem::path& file, const std::string& key) {
  std::ifstream in(file);
  std::string checksum;
  std::ostringstream text;
  if (!std::getline(in, checksum) || !(text << in.rdbuf()) || checksum != sha256(key + text.str())) return {};
  return text.str();
}

void keep(const std::filesystem::path& file, const std::string& key, const std::string& text) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  const std::filesystem::path temporary = file.string() + "." + std::to_string(getpid());
  std::ofstream(temporary) << sha256(key + text) << "\n" << text;
  std::filesystem::rename(temporary, file, ignored);
}

}  // namespace ubp
