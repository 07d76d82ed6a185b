// SPDX-License-Identifier: MIT
// From what a person types to a sweep or a trial.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

struct FoundSweep {
  std::int64_t sweep_id = 0;
  std::string name;
  std::vector<std::int64_t> others;  ///< older sweeps of the same name
};

/// `text`: a sweep's id or its name; of several sweeps with one name, the latest. "": the latest of all.
/// Throws Error (nothing) with the nearest name.
FoundSweep find_sweep(Reader&, const std::string& text);

struct FoundConfig {
  FoundSweep sweep;
  std::optional<std::int64_t> config;  ///< its number; none: the text names a sweep
};

/// `text`: SWEEP/CONFIG, or a sweep as above. Throws Error (nothing) that says what there is.
FoundConfig find_config(Reader&, const std::string& text);

/// `text`: a trial's id, SWEEP/CONFIG.REPLICATE (its last attempt) or SWEEP/CONFIG.REPLICATE.ATTEMPT.
/// Throws Error (nothing) that says what there is.
std::int64_t find_trial(Reader&, const std::string& text);

struct FoundTarget {
  bool is_sweep = false;
  std::int64_t id = 0;  ///< of the sweep or the trial
  std::string name;     ///< "sweep 2 'rings'", "trial 3 'rings/0.0'"
};

/// `text`: a trial as above, or the name of a sweep; with `sweep` a sweep as above. Throws Error (nothing) as those.
FoundTarget find_target(Reader&, const std::string& text, bool sweep = false);

}  // namespace ubp
