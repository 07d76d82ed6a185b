// SPDX-License-Identifier: MIT
#include "base/contents.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/kept.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kGrainSeconds = 2;        // two writes within a file system's clock tick have one stamp
constexpr std::int64_t kWorthMemo = 64 * 1024;  // bytes: less is hashed as fast as it is remembered

bool is_settled(const struct stat& s) { return std::time(nullptr) - s.st_ctim.tv_sec > kGrainSeconds; }

std::string text_of(const struct stat& s) {
  return fmt::format("{}:{}:{}:{}.{:09}:{}.{:09}", s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec,
                     s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

}  // namespace

std::string stamp_of(const fs::path& file) {
  struct stat s {};
  return stat(file.c_str(), &s) == 0 ? text_of(s) : "";
}

std::string rested_stamp_of(const fs::path& file) {
  struct stat s {};
  return stat(file.c_str(), &s) == 0 && is_settled(s) ? text_of(s) : "";
}

std::string sha256_of_contents(const fs::path& file, const fs::path& folder) {
  struct stat s {};
  if (stat(file.c_str(), &s) != 0) fail(Exit::usage, "{}: {}", file.string(), std::strerror(errno));
  if (!S_ISREG(s.st_mode)) fail(Exit::usage, "{}: is no regular file", file.string());
  const std::string stamp = text_of(s);
  const fs::path memo = folder / sha256(stamp).substr(0, 32);
  const bool worth = s.st_size >= kWorthMemo && is_settled(s);
  if (worth)
    if (std::optional<std::string> sum = kept(memo, stamp)) return *std::move(sum);
  std::string sum = sha256_of_file(file);
  if (stamp_of(file) != stamp) fail(Exit::usage, "{}: changed while it was read", file.string());
  if (worth) keep(memo, stamp, sum);
  return sum;
}

std::string digest_of(const std::vector<SourceFile>& files) {
  std::string all;
  for (const SourceFile& file : files) all += file.sha256 + "\n";
  return all.empty() ? "" : sha256(all);
}

}  // namespace ubp
