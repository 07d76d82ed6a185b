// SPDX-License-Identifier: MIT
// Where the time of a step goes, op by op.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "engine/engine.hpp"

namespace ubp {

namespace ops {
struct Op;
}

/// Nanoseconds of a clock that only goes on.
i64 clock_ns();

/// Time by op. An op's derivative counts as its own, whatever it is made of.
class Profile {
 public:
  void add(const ops::Op* op, bool derivative, i64 ns);

  /// By time, the largest first.
  std::vector<OpTime> times() const;

 private:
  std::unordered_map<const ops::Op*, OpTime> times_;
};

}  // namespace ubp
