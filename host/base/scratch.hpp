// SPDX-License-Identifier: MIT
// A folder for files that nobody wants afterwards.
#pragma once

#include <filesystem>
#include <string>

namespace ubp {

/// In TMPDIR, or where this machine has such; it goes with all that is in it.
class ScratchFolder {
 public:
  /// `purpose` is a part of its name. Throws Error (usage) if it cannot be made.
  explicit ScratchFolder(const std::string& purpose);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ubp
