// SPDX-License-Identifier: MIT
#include "train/data/scale.hpp"

#include <algorithm>
#include <limits>

namespace ubp {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

/// 2^-k, where `largest` is at least 2^(k - 1) and below 2^k.
double unit_of(double largest) {
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, -std::max(exponent, std::numeric_limits<double>::min_exponent));
}

using Cells = std::function<void(const std::function<void(double)>&)>;

struct Range {
  double n = 0, least = INFINITY, most = -INFINITY;
};

Range range_of(const Cells& each) {
  Range range;
  each([&](double v) { ++range.n, range.least = std::min(range.least, v), range.most = std::max(range.most, v); });
  return range;
}

/// The rounding of the first sum is taken back by a second.
double mean_of(const Cells& each, double n, double unit) {
  double sum = 0, rest = 0;
  each([&](double v) { sum += v * unit; });
  each([&](double v) { rest += v * unit - sum / n; });
  return sum / n + rest / n;
}

double variance_of(const Cells& each, double n, double unit, double mean) {
  double squares = 0;
  each([&](double v) { squares += std::pow(v * unit - mean, 2); });
  return squares / n;
}

// scikit-learn's _is_constant_feature: what the rounding of a sum of n numbers may leave of a variance of 0.
bool is_rounding(double variance, double mean, double n) {
  return variance <= n * kEpsilon * variance + std::pow(n * mean * kEpsilon, 2);
}

ColumnScale constant(ColumnScale scale, const Range& range) {
  scale.factor = 1 / scale.unit;
  scale.noise = std::max(range.most * scale.unit - scale.shift, scale.shift - range.least * scale.unit);
  return scale;
}

}  // namespace

ColumnScale fit_scale(Scale kind, const Cells& each) {
  const Range range = range_of(each);
  ColumnScale scale;
  if (kind == Scale::none || range.n == 0) return scale;
  scale.unit = unit_of(std::max(std::abs(range.least), std::abs(range.most)));
  scale.shift = range.least * scale.unit;
  const double spread = range.most * scale.unit - scale.shift;
  if (spread == 0) return constant(scale, range);
  if (kind == Scale::minmax) {
    scale.factor = 1 / spread;
    return spread < 10 * kEpsilon ? constant(scale, range) : scale;
  }
  scale.shift = mean_of(each, range.n, scale.unit);
  const double variance = variance_of(each, range.n, scale.unit, scale.shift);
  scale.factor = 1 / std::sqrt(variance);
  return is_rounding(variance, scale.shift, range.n) ? constant(scale, range) : scale;
}

}  // namespace ubp
