// SPDX-License-Identifier: MIT
// What to try next.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/random.hpp"
#include "search/history.hpp"

namespace ubp::search {

/// Everything that a proposal may depend on.
struct Question {
  const Space& space;
  const History& history;    ///< of configs 0 .. number - 1
  std::uint64_t seed = 0;    ///< the sweep's
  std::int64_t number = 0;   ///< of the config that is asked for
  std::int64_t attempt = 0;  ///< counts the proposals for this number that could not be used

  /// A stream of random numbers of this question's own.
  Random stream(const std::string& name) const;
};

/// A pure function of the question: equal questions have equal answers, in whatever process, however often and in
/// whatever order they are asked. What a sampler keeps between two calls is only what it can compute again. Threads:
/// one at a time.
class Sampler {
 public:
  virtual ~Sampler() = default;
  /// A point of the space: every active dimension within its bounds and on its steps, every other one kInactive. It may
  /// be forbidden, or equal an earlier one: then it is asked again with the next attempt.
  virtual Point propose(const Question&) = 0;
};

/// The point at `u`, a number in [0, 1) for each dimension: uniform for uniform u, under a log by the logarithm.
Point point_at(const Space&, const std::vector<double>& u);

/// A uniform random point of the question.
Point uniform_point(const Question&);

}  // namespace ubp::search
