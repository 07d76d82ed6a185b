// SPDX-License-Identifier: MIT
// What a sampler is told.
#pragma once

#include <cstdint>
#include <vector>

#include "search/space.hpp"

namespace ubp::search {

/// One config that was proposed before. Values are to be minimised: a maximised metric arrives with its sign changed.
struct Told {
  enum class State { running, complete, pruned, failed };
  Point point;
  State state = State::running;
  std::vector<double> values;  ///< complete: one for each objective, finite
  std::int64_t last_step = 0;  ///< pruned: where it was stopped ...
  double last_value = 0;       ///< ... and the first objective there; NaN: it never had one
  /// The first config whose proposal knew this result: config k knew that of j exactly if told_at of j <= k. Running:
  /// not looked at.
  std::int64_t told_at = 0;
};

/// By config number: all configs before the one that is asked for, in the state in which they are known.
using History = std::vector<Told>;

}  // namespace ubp::search
