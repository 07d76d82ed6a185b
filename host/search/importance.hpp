// SPDX-License-Identifier: MIT
// Which parameters the results depend on.
#pragma once

#include <cstdint>
#include <vector>

#include "search/space.hpp"

namespace ubp::search {

/// What importances are computed from: points of a space, and the value of each, to be minimised and finite.
/// REQUIRES: as many values as points.
struct Results {
  const Space& space;
  std::vector<Point> points;
  std::vector<double> values;
};

/// A share of what explains the values, and the interval from the 2.5th to the 97.5th percentile of its replicates.
struct Importance {
  double share = 0, low = 0, high = 0;
};

/// The values' mean as one dimension varies and all others are averaged over: a line through `mean`, or for a
/// categorical dimension one of them a class. `low` and `high` as of an Importance.
struct Effect {
  std::vector<double> at, mean, low, high;
};

struct Interaction {
  std::size_t first = 0, second = 0;
  Importance importance;
};

/// Functional analysis of variance.
struct Anova {
  std::vector<Importance> importances;    ///< by dimension; they and the interactions of all orders sum to 1
  std::vector<Effect> effects;            ///< by dimension
  std::vector<Interaction> interactions;  ///< of all pairs; empty unless asked for
};

/// By a forest of regression trees (F. Hutter, H. Hoos, K. Leyton-Brown, ICML 2014). A tree's leaves are boxes, and all
/// variances of its function over the space are exact; a replicate is a tree. A dimension that is not active everywhere
/// is judged on the points where it is, together with those that are active at all of these points. No variance, or
/// fewer than two points: all shares are 0.
Anova analyse_variance(const Results&, std::uint64_t seed, bool interactions = false);

/// How differently each dimension is distributed among the best tenth and among all points, as shares of their sum:
/// what mattered for becoming good (S. Watanabe, A. Bansal, F. Hutter, IJCAI 2023, arXiv:2304.10255; of conditional
/// dimensions as in arXiv:2601.20800). A replicate draws the points with replacement. Fast: linear in points.
std::vector<Importance> importance_for_the_best(const Results&, std::uint64_t seed);

}  // namespace ubp::search
