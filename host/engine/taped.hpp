// SPDX-License-Identifier: MIT
// The tape, to look at.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace ubp {

/// One recorded op. An operand that was left out is null.
struct TapedOp {
  std::string op;  ///< its name; of a custom op ""
  std::vector<Tensor> in, out;
};

/// What is on the tape, in the order in which it was recorded: ops that depend on something that requires grad. It ends
/// with its scope.
std::vector<TapedOp> taped(Engine&);

}  // namespace ubp
