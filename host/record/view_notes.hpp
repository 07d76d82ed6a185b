// SPDX-License-Identifier: MIT
// What views.sql says of its views, as values: its comments are the one place where that is written.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace ubp {

struct ViewNote {
  std::string name;
  std::string about;                                         ///< what a row is
  std::vector<std::pair<std::string, std::string>> columns;  ///< those that need words, in order, with these
};

/// In the order of views.sql.
std::vector<ViewNote> view_notes();

}  // namespace ubp
