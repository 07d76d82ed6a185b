// SPDX-License-Identifier: MIT
// What may be wrong with the claim that a sweep supports, as a colleague would ask.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "query/reader.hpp"
#include "query/sweeps.hpp"

namespace ubp {

struct HealthCheck {
  enum class Verdict { pass, warning, fail, unknown };  ///< unknown: it cannot be asked of this sweep
  std::string name;                                     ///< "range"
  std::string question;                                 ///< "Is the winner at the edge of its range?"
  Verdict verdict = Verdict::pass;
  std::string found;   ///< a sentence, without its full stop
  std::string advice;  ///< what to do; "" where nothing is
};
const char* name_of(HealthCheck::Verdict);

/// A swept parameter and the largest share of the results' variance that it may have: the upper end of its interval.
using MostShare = std::pair<std::string, double>;

/// All there are, in one order, whatever comes out. `shares`: of every swept parameter; nothing: not known. REQUIRES:
/// the sweep optimises a metric, and a config has results.
std::vector<HealthCheck> health_checks(Reader&, const SweepFacts&,
                                       const std::optional<std::vector<MostShare>>& shares = {});

}  // namespace ubp
