// SPDX-License-Identifier: MIT
// Differences with a region of practical equivalence, the rope: three probabilities instead of one p (Benavoli et al.
// 2017). `d`: b - a, one difference for each seed, fold or data set.
#pragma once

#include <span>

#include "base/statistics/bootstrap.hpp"

namespace ubp::statistics {

/// That the difference lies below -rope, within the rope, and above it; they sum to 1. rope = 0: `within` is 0.
struct RopeShares {
  double left = 0, within = 0, right = 0;
};

/// Of the mean difference, which has Student's t as posterior. `correlation` of two differences: 0 of independent
/// seeds; 1 / k of results over k folds of one data set, which share training rows (Nadeau & Bengio 2003; Corani &
/// Benavoli 2015). From n = 2.
RopeShares correlated_t(std::span<const double> d, double rope, double correlation);

/// Of the pseudo-median, under a Dirichlet process with half an observation at 0 (Benavoli et al. 2014), from 2^20
/// samples of it: the standard error of each probability is below 5e-4. From n = 1.
RopeShares signed_rank(std::span<const double> d, double rope, const RandomWords&);

}  // namespace ubp::statistics
