// SPDX-License-Identifier: MIT
// Keep a change or discard it: whether a candidate is better than a baseline, by their results over common seeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/compare.hpp"

namespace ubp {

struct GateDecision {
  bool keep = false;
  SeedTest test = SeedTest::none;
  std::int64_t n = 0;                        ///< seeds that both have
  double difference = 0, low = 0, high = 0;  ///< the candidate's mean less the baseline's, and its 95 % interval
  double p = 0;                              ///< two-sided, adjusted for the choice of the candidate
  std::int64_t more_seeds = 0;               ///< that would decide; 0: decided, or no number of seeds would
  std::string sentence;                      ///< the decision, and why

  /// What p has to be at the most. Less than a comparison's: which test it is, the same differences have decided, which
  /// costs up to half a percent.
  static constexpr double kAlpha = 0.04;
};

/// Keeps the candidate where compare_seeds() calls the baseline worse than it and p is at most kAlpha, which takes two
/// common seeds, or as many as the test needs to call anything worse. Of differences that are all equal, whose spread
/// nobody knows, the signs decide. `chosen_among`: of so many configs, compared on the same seeds, the candidate is the
/// best; each counts.
/// Of equal configs, the candidate is kept in at most 2.5 % of decisions, if each is made once: who adds seeds until it
/// is kept, keeps more.
/// Throws Error (nothing) where they have fewer than two seeds in common. REQUIRES: both have results.
GateDecision gate(const SeededResults& baseline, const SeededResults& candidate, bool minimize,
                  std::int64_t chosen_among = 1);

/// The trials that a config's results are from: of each replicate the last complete attempt.
std::vector<std::int64_t> counted_trials(Reader&, const SeededResults&);

}  // namespace ubp
