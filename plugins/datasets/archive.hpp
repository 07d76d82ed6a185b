// SPDX-License-Identifier: MIT
// The members of a ZIP archive, what numpy.savez writes, read by libzip.
#pragma once

#include <zip.h>

#include <map>
#include <string>
#include <vector>

#include "limit.hpp"

namespace datasets {

/// Throws Error (UBP_E_IO) naming the archive, and the member where there is one.
class Archive {
 public:
  explicit Archive(const std::string& path) : path_(path) {
    int code = 0;
    zip_ = zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!zip_) fail("is no ZIP archive that can be read: " + text_of(code));
    try {
      read_names();
    } catch (...) {
      zip_discard(zip_);
      throw;
    }
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive() { zip_discard(zip_); }

  const std::map<std::string, zip_uint64_t>& members() const { return members_; }

  /// The content of a member, which must be there.
  std::string read(const std::string& name) const {
    const zip_uint64_t index = members_.at(name);
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(zip_, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE)) fail(name + " has no size");
    require_room(path_ + ": " + name, static_cast<double>(stat.size));
    zip_file_t* member = zip_fopen_index(zip_, index, 0);
    if (!member) fail(name + " cannot be read: " + zip_strerror(zip_));
    std::string bytes;
    const std::string complaint = read_into(bytes, member, stat.size);
    zip_fclose(member);
    if (!complaint.empty()) fail(name + " is damaged: " + complaint);
    return bytes;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw ubp::Error(path_ + ": " + what, UBP_E_IO); }

  static std::string text_of(int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
  }

  void read_names() {
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip_, 0); ++i) {
      const char* name = zip_get_name(zip_, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      if (!name || !members_.emplace(name, i).second)
        fail(std::string("holds ") + (name ? name : "nothing") + " twice");
    }
  }

  /// Memory grows with what is there, whatever size is claimed; what is wrong, or "".
  static std::string read_into(std::string& bytes, zip_file_t* member, zip_uint64_t size) {
    std::vector<char> block(1 << 18);
    for (;;) {
      const zip_int64_t got = zip_fread(member, block.data(), block.size());
      if (got < 0) return zip_error_strerror(zip_file_get_error(member));
      if (got == 0) break;
      bytes.append(block.data(), static_cast<std::size_t>(got));
      if (bytes.size() > size) break;
    }
    return bytes.size() == size ? "" : "its size is not the one that is claimed";
  }

  std::string path_;
  zip_t* zip_ = nullptr;
  std::map<std::string, zip_uint64_t> members_;
};

}  // namespace datasets
