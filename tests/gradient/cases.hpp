// SPDX-License-Identifier: MIT
// One entry per op and way of using it, read from the definitions of the ops; checks of derivatives run over them all.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/op.hpp"
#include "engine/ops.hpp"

namespace ubp::test {

/// How an input is drawn. Kinks are avoided here, not by a tolerance.
enum class Draw {
  plain,     ///< uniform in [lo, hi]
  off_zero,  ///< either sign, size in [lo, hi]
  definite,  ///< symmetric and positive definite matrices
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
  const ops::Op* op = nullptr;  ///< null: made of several
};

/// One case of an op, as its definition writes them.
Case case_of(const ops::Op&, const std::string& text);

/// The cases of every differentiable op, and some of several ops.
const std::vector<Case>& cases();

/// The same cases with one extent set to 0 or 1, wherever it stands. An op may refuse them.
struct Edge {
  Case c;
  i64 extent;
};
const std::vector<Edge>& edges();

/// The numbers of every input of a case; equal seeds give equal numbers.
std::vector<std::vector<double>> draw(const Case&, unsigned seed);

}  // namespace ubp::test
