// SPDX-License-Identifier: MIT
#include "cli/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/error.hpp"

namespace ubp {

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  const std::filesystem::path part = file.string() + ".part";
  std::FILE* const out = std::fopen(part.c_str(), "wb");
  if (!out) fail(Exit::usage, "-o: {}: cannot be written: {}", file.string(), std::strerror(errno));
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  if (std::fclose(out) != 0 || !written || std::rename(part.c_str(), file.c_str()) != 0) {
    const int error = errno;
    std::remove(part.c_str());
    fail(Exit::usage, "-o: {}: cannot be written: {}", file.string(), std::strerror(error));
  }
}

}  // namespace ubp
