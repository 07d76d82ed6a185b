// SPDX-License-Identifier: MIT
// Location, spread and intervals of a handful of numbers.
//
// Everywhere in base/statistics/: a NaN among the values makes the result NaN, and so do too few values ("from n = 2":
// NaN below) and arguments outside their range; an infinite value has a mean and a rank, but no spread: NaN. Nothing is
// kept; every function may be called from any thread, and throws nothing but std::bad_alloc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ubp::statistics {

double mean(std::span<const double>);                ///< from n = 1
double standard_deviation(std::span<const double>);  ///< with n - 1; from n = 2
double standard_error(std::span<const double>);      ///< of the mean: standard deviation / sqrt(n); from n = 2

/// Within samples whose means may differ: the root of the mean of their variances, each counted n - 1 times. A sample
/// of one value says nothing; NaN where all do.
double pooled_standard_deviation(const std::vector<std::vector<double>>& samples);

double median(std::span<const double>);  ///< of an even number of values: the mean of the middle two; from n = 1

/// The value below which a share `p` in [0, 1] of the values lies: linear between the order statistics, of which the
/// first is at p = 0 and the last at p = 1 (type 7 of Hyndman & Fan 1996, as in NumPy and R). From n = 1.
double quantile(std::span<const double>, double p);

/// A mean, and how well it is known if the values are independent and roughly normal.
struct Estimate {
  std::size_t n = 0;
  double mean = 0;        ///< from n = 1
  double sd = 0;          ///< standard deviation of the values, with n - 1; from n = 2
  double half_width = 0;  ///< of the interval around the mean (Student's t, n - 1 degrees of freedom); from n = 2

  double low() const { return mean - half_width; }
  double high() const { return mean + half_width; }
};

/// `level` in (0, 1): how often such an interval covers the true mean.
Estimate estimate(std::span<const double>, double level = 0.95);

/// Of the differences a[i] - b[i]: for two results of the same seeds, whose common part cancels.
/// REQUIRES: a and b are equally long.
Estimate paired_difference(std::span<const double> a, std::span<const double> b, double level = 0.95);

/// Of the values between the quartiles: what scores come to without their tails (Agarwal et al. 2021, rliable). As
/// SciPy's trim_mean(x, 0.25): a quarter of n, rounded down, is left out at either end. From n = 1.
double interquartile_mean(std::span<const double>);

struct Bounds {
  double low = 0, high = 0;
};

/// Of a share of which `successes` among `n` trials tell (Wilson 1927); within [0, 1], also at both ends. From n = 1.
Bounds wilson(std::size_t successes, std::size_t n, double level = 0.95);

}  // namespace ubp::statistics
