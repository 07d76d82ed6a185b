// SPDX-License-Identifier: MIT
// One entry per op and way of using it; every check of derivatives runs over the same list.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/ops.hpp"

namespace ubp::test {

/// How an input is drawn. Kinks are avoided here, not by a tolerance.
enum class Draw {
  plain,     ///< uniform in [lo, hi]
  off_zero,  ///< either sign, size in [lo, hi]
  distinct   ///< a shuffled grid over [lo, hi]: no two are closer than (hi - lo) / n
};

struct Input {
  Shape shape;
  Draw draw = Draw::plain;
  double lo = -1, hi = 1;
};

struct Case {
  std::string name;
  std::vector<Input> inputs;
  std::function<Tensor(Engine&, std::span<const Tensor>)> f;
};

const std::vector<Case>& cases();

/// The numbers of every input of a case; equal seeds give equal numbers.
std::vector<std::vector<double>> draw(const Case&, unsigned seed);

}  // namespace ubp::test
