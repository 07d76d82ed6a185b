// SPDX-License-Identifier: MIT
// One space, what was seen in it, and log l - log g at some points.
#pragma once

#include <string>
#include <vector>

#include "search/parzen.hpp"

using ubp::search::Dimension;
using ubp::search::Parzen;
using ubp::search::ParzenRule;

struct ParzenCase {
  std::string name;
  ParzenRule rule;
  std::vector<Dimension> dimensions;
  Parzen::Columns below, above, points;
  std::vector<double> log_ratio;
};
