// SPDX-License-Identifier: MIT
#include "base/scratch.hpp"

#include <cstdlib>

#include "base/error.hpp"

namespace ubp {

ScratchFolder::ScratchFolder(const std::string& purpose) {
  std::string name = (std::filesystem::temp_directory_path() / ("ubp-" + purpose + "-XXXXXX")).string();
  if (!mkdtemp(name.data())) fail(Exit::usage, "{}: cannot be made: TMPDIR names another folder", name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ubp
