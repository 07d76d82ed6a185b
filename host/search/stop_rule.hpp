// SPDX-License-Identifier: MIT
// When to end a trial before its end, because of what others did.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ubp::search {

/// A trial's series of the metric that a rule looks at. Values are to be minimised; NaN is allowed.
struct Trace {
  enum class State { running, complete, pruned };
  std::int64_t trial = 0;
  State state = State::running;
  std::map<std::int64_t, double> values;  ///< by step
};

/// A pure function of the traces. Threads: any.
class StopRule {
 public:
  virtual ~StopRule() = default;
  /// Asked after every report of `own`, whose last value is the new one; `others` as they are known now, without it.
  /// Returns why it is to be stopped, one sentence that names the rung or step and against what it lost; nothing: it
  /// goes on.
  virtual std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const = 0;
};

}  // namespace ubp::search
