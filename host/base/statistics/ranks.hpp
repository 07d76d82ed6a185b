// SPDX-License-Identifier: MIT
// Numbers for which only the order of values counts: of pairs; of two samples; of configs over blocks, which are seeds
// or data sets (Demsar 2006).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ubp::statistics {

/// From 1 for the smallest value; equal values share the mean of their ranks. REQUIRES: no NaN.
std::vector<double> ranks(std::span<const double>);

/// The correlation of the ranks of pairs (Spearman 1904), ties sharing theirs: from -1 to 1. NaN where a or b are all
/// equal; from n = 2. REQUIRES: equally long, no NaN.
double spearman(std::span<const double> a, std::span<const double> b);

/// Two-sided, of two samples of one distribution: the rank-sum test (Mann & Whitney 1947) with normal tails, corrected
/// for ties, not for continuity. 1 where all values are equal or a sample is empty. REQUIRES: no NaN.
double rank_sum_p(std::span<const double> a, std::span<const double> b);

struct FriedmanTest {
  std::vector<double> mean_ranks;  ///< of each config; 1: always the smallest value
  double chi_squared = 0;          ///< corrected for ties, k - 1 degrees of freedom (Friedman 1937)
  double p_chi_squared = 0;
  double f = 0;  ///< of it, less conservative: k - 1 and (k - 1)(n - 1) degrees of freedom (Iman & Davenport 1980)
  double p = 0;  ///< of f
};

/// Are k configs alike, over n blocks? `blocks`: n x k. REQUIRES: all rows equally long, no NaN. From n = 2 and k = 2;
/// all numbers are NaN otherwise, and where no block tells any two configs apart.
FriedmanTest friedman(const std::vector<std::vector<double>>& blocks);

/// By how much the mean ranks of two of k configs over n blocks must differ: Nemenyi's test of all pairs at once.
double nemenyi_critical_difference(std::size_t k, std::size_t n, double alpha = 0.05);

}  // namespace ubp::statistics
