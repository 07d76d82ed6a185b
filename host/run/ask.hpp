// SPDX-License-Identifier: MIT
// Between a sweep and a program of the user's: which trial it is to run next, and what that came to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/session.hpp"

namespace ubp {

/// A trial that the program has from now on.
struct Asked {
  TrialRow row;
  std::int64_t sweep_id = 0;
  std::uint64_t seed = 0;
  nlohmann::json params;  ///< the program's parameters by name, swept or not
};

struct AskAnswer {
  std::optional<Asked> trial;
  std::string why;  ///< where there is none: one sentence
};

/// Declares the sweep, or finds it, and gives its next trial: of `point`, an object of values by key, where the caller
/// has one, else that which a scheduler would start. Trials that were given and not told are left alone.
/// Throws Error as Turn does, and usage of a point that is not in the space. REQUIRES: a plan by_program, not sealed.
AskAnswer ask(Plan&, const SessionOptions&, const std::optional<nlohmann::json>& point);

/// The sweep grows by the config `point`, if it does not have it, for carry_out() to run. Returns its number. Throws as
/// ask(). REQUIRES: a prepared plan whose sampler is external.
std::int64_t bring(const Plan&, const SessionOptions&, const nlohmann::json& point);

/// What a program says of its trial.
struct TrialTold {
  std::vector<MetricPoint> points;  ///< of series by name; "" is what the sweep compares
  double seconds = 0;               ///< that it took; 0: since it was asked for
  std::optional<std::string> failed;
  bool given_back = false;  ///< the program will not run it: it waits for the next who asks
};

/// Records it. Returns what was recorded. Throws Error as Turn does, and usage: the trial is none that was asked for.
Recorded tell(const SessionOptions&, std::int64_t trial_id, TrialTold);

}  // namespace ubp
