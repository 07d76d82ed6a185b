// SPDX-License-Identifier: MIT
// Files of a data set: where they are looked for, and their bytes, plain or gzipped.
#pragma once

#include <zlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include <ubp/core.hpp>

namespace datasets {

/// A file that zlib reads whether or not it is gzipped. Throws Error (UBP_E_IO) naming the file.
class ByteFile {
 public:
  explicit ByteFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (!file_) fail("cannot be opened");
    gzbuffer(file_, 1 << 18);
  }
  ByteFile(const ByteFile&) = delete;
  ByteFile& operator=(const ByteFile&) = delete;
  ~ByteFile() { gzclose(file_); }

  void read(void* to, std::int64_t n) {
    if (read_some(to, n) != n) fail("ends too early");
  }
  std::string read_all() {
    std::string text;
    std::vector<char> block(1 << 18);
    for (std::int64_t got; (got = read_some(block.data(), static_cast<std::int64_t>(block.size()))) > 0;)
      text.append(block.data(), static_cast<std::size_t>(got));
    return text;
  }
  [[noreturn]] void fail(const std::string& what) const { throw ubp::Error(path_ + ": " + what, UBP_E_IO); }

 private:
  std::int64_t read_some(void* to, std::int64_t n) {
    std::int64_t done = 0;
    while (done < n) {
      const auto part = static_cast<unsigned>(std::min<std::int64_t>(n - done, 1 << 30));
      const int got = gzread(file_, static_cast<char*>(to) + done, part);
      if (got < 0) fail("is damaged: its gzip data cannot be read");
      if (got == 0) break;
      done += got;
    }
    int code = Z_OK;  // a truncated stream ends like a short file, except for this
    if (done < n && (gzerror(file_, &code), code == Z_BUF_ERROR)) fail("is damaged: its gzip data ends too early");
    return done;
  }

  std::string path_;
  gzFile file_;
};

inline bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

inline std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : (std::filesystem::path(folder) / name).string();
}

/// The path of a user's file: as given if absolute, else in the data folder, else in the working folder.
inline std::string locate(const std::string& who, const std::string& file, const std::string& data_dir) {
  if (file.empty()) throw ubp::Error(who + ": no file is named");
  const bool absolute = std::filesystem::path(file).is_absolute();
  if (!absolute && !data_dir.empty() && is_file(join(data_dir, file))) return join(data_dir, file);
  if (is_file(file)) return file;
  throw ubp::Error(who + ": " + file + " is missing" +
                       (absolute           ? ""
                        : data_dir.empty() ? ": looked in the working folder (UBP_DATA is not set)"
                                           : ": looked in " + data_dir + " and in the working folder"),
                   UBP_E_IO);
}

/// "a, b,c" -> {"a", "b", "c"}
inline std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::size_t first = text.find_first_not_of(" \t", at);
    if (first < end) parts.push_back(text.substr(first, text.find_last_not_of(" \t", end - 1) + 1 - first));
    at = end + 1;
  }
  return parts;
}

}  // namespace datasets
