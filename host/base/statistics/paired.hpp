// SPDX-License-Identifier: MIT
// Two configs on the same seeds: tests of their differences, and how large those are.
//
// `d` is one difference for each seed that both have. All tests are two-sided.
#pragma once

#include <span>

#include "base/statistics/estimates.hpp"

namespace ubp::statistics {

struct TestResult {
  double statistic = 0;
  double p = 0;
};

/// Is the mean 0? Student's t with n - 1 degrees of freedom; from n = 2. Infinite, p = 0, where all differences are
/// one number other than 0; NaN where all are 0.
TestResult t_test(std::span<const double> d);

/// Are the values normal? W and p by Royston 1995 (AS R94); n from 3 to 5000. Of equal values W = p = 1, as in SciPy.
TestResult shapiro_wilk(std::span<const double> values);

/// Is the distribution symmetric about 0? The smaller sum of the signed ranks (Wilcoxon 1945); zeros are ranked, and
/// their ranks split between both signs (SciPy's zsplit). Up to n = 25 p is exact over all signs of the differences
/// there are, also where they are tied, which SciPy's is not; beyond, by the normal distribution with the variance of
/// the ties. NaN where all are 0.
TestResult wilcoxon(std::span<const double> d);

/// Are values above 0 as frequent as values below? How many are above, and p by the binomial distribution of those
/// other than 0 (Demsar 2006), up to 10,000; beyond, by the normal one, corrected for continuity. NaN where all are 0.
TestResult sign_test(std::span<const double> d);

double cohens_d(std::span<const double> d);       ///< mean / standard deviation of the differences; from n = 2
double rank_biserial(std::span<const double> d);  ///< (R+ - R-) / (R+ + R-), from -1 to 1 (Kerby 2014); from n = 1

/// The interval of the pseudo-median that Wilcoxon's test inverts: between two of the n (n + 1) / 2 means of pairs
/// (Hodges & Lehmann 1963; Hollander & Wolfe 1999, 3.3). It covers at least `level`; where n is too small for that, the
/// outermost means. From n = 1.
Bounds walsh_bounds(std::span<const double> d, double level = 0.95);

struct WelchTest {
  double difference = 0;  ///< mean of a - mean of b
  double half_width = 0;  ///< of its 95 % interval
  double t = 0, df = 0;   ///< degrees of freedom by Welch & Satterthwaite
  double p = 0;
};

/// Do two samples without common seeds have one mean? Their variances may differ (Welch 1947). From n = 2 of both.
WelchTest welch(std::span<const double> a, std::span<const double> b);

}  // namespace ubp::statistics
