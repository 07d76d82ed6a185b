// SPDX-License-Identifier: MIT
// Files of a data set: where they are looked for, and their bytes, plain or gzipped.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "limit.hpp"

namespace datasets {

constexpr unsigned kBlock = 1 << 16;  // bytes that are read at once

/// A file that zlib reads whether or not it is gzipped. Throws Error (UBP_E_IO) naming the file, also if it unpacks to
/// more than may be held.
class ByteFile {
 public:
  explicit ByteFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (!file_) fail("cannot be opened");
    gzbuffer(file_, kBlock);
  }
  ByteFile(const ByteFile&) = delete;
  ByteFile& operator=(const ByteFile&) = delete;
  ~ByteFile() { gzclose(file_); }

  std::string read_all() {
    std::string text;
    std::vector<char> block(kBlock);
    for (std::int64_t got; (got = read_some(block.data(), static_cast<std::int64_t>(block.size()))) > 0;) {
      require_room(path_, static_cast<double>(text.size()) + static_cast<double>(got));
      text.append(block.data(), static_cast<std::size_t>(got));
    }
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

/// 'a, "b, c",d' -> {"a", "b, c", "d"}
inline std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::string part;
  bool in_quotes = false;
  const auto end = [&] {
    const std::size_t first = part.find_first_not_of(" \t");
    if (first != part.npos) parts.push_back(part.substr(first, part.find_last_not_of(" \t") + 1 - first));
    part.clear();
  };
  for (const char ch : text) {
    if (ch == '"') in_quotes = !in_quotes;
    if (ch == ',' && !in_quotes)
      end();
    else if (ch != '"')
      part += ch;
  }
  end();
  return parts;
}

}  // namespace datasets
