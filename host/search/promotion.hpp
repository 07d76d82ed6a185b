// SPDX-License-Identifier: MIT
// Successive halving by promotion: trials pause at rungs, and the best of a rung are resumed.
//
// ASHA, Algorithm 2 (Li et al., MLSys 2020, arXiv:1810.05934), in each of Hyperband's brackets: for k = K - 1 .. 0, of
// the floor(|rung k| / eta) best of rung k, the first that was not promoted yet goes on to rung k + 1. There is none at
// any rung: a new config begins at rung 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ubp::search {

/// The steps of the rungs: r eta^(s + k) for k = 0 .. K, as many as are not above R; the last is at R itself, so that
/// what reaches it is complete. REQUIRES: 1 <= r <= R, eta >= 2, s >= 0.
std::vector<std::int64_t> rung_steps(std::int64_t r, std::int64_t R, std::int64_t eta, std::int64_t s);

/// One race among the configs that began in it.
struct Bracket {
  std::vector<std::int64_t> rungs;  ///< steps, rising
  std::int64_t share = 1;           ///< of the configs, compared to the other brackets' (brackets.hpp)
};

/// ASHA: one bracket.
std::vector<Bracket> asha_brackets(std::int64_t r, std::int64_t R, std::int64_t eta, std::int64_t s);
/// Hyperband: brackets with s = 0, 1, ... as long as r eta^s is not above R.
std::vector<Bracket> hyperband_brackets(std::int64_t r, std::int64_t R, std::int64_t eta);

/// What is known of one config.
struct Climber {
  std::int64_t number = 0;
  std::size_t bracket = 0;
  std::size_t rung = 0;  ///< to which it was sent
  /// At the rungs that it has reached: of 0 .. rung it waits at `rung`, of 0 .. rung - 1 it is on its way there. To be
  /// minimised; NaN is the worst and never promoted.
  std::vector<double> values;
  bool failed = false;  ///< on its way: it counts at `rung` as NaN
};

/// What to do with a worker that is free.
struct Move {
  enum class Kind { resume, start, wait };
  Kind kind = Kind::wait;
  std::int64_t number = 0;  ///< of the config to resume
  std::size_t bracket = 0;  ///< to begin in, or in which it is
  std::size_t rung = 0;     ///< to which it runs
};

/// The next move of ASHA, in the first bracket with something to promote; equal values: the lower number first. Without
/// one it starts a config in the bracket whose turn it is, as long as `may_start`, and then waits: for ever, if no
/// config is on its way. Pure; a Hyperband whose brackets never wait.
/// REQUIRES: climbers name brackets and rungs that there are.
Move next_move(const std::vector<Bracket>&, std::int64_t eta, const std::vector<Climber>&, bool may_start);

}  // namespace ubp::search
