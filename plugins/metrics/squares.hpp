// SPDX-License-Identifier: MIT
// A sum of squares of numbers of any size.
#pragma once

#include <algorithm>
#include <cmath>

namespace metrics {

/// Squares are counted in a power of two that follows the largest number, so that 1e300 does not overflow and 1e-300
/// counts.
class Squares {
 public:
  void add(double value) {
    if (value == 0) return;
    int exponent = 0;
    std::frexp(value, &exponent);
    if (exponent > exponent_) {
      sum_ = std::ldexp(sum_, 2 * std::max(exponent_ - exponent, -1100));
      exponent_ = exponent;
    }
    const double size = std::ldexp(value, -exponent_);
    sum_ += size * size;
  }
  /// sum (value / unit)^2
  double over(double unit) const {
    const double size = std::ldexp(unit, -exponent_);
    return sum_ == 0 ? 0 : sum_ / (size * size);
  }

 private:
  double sum_ = 0;
  int exponent_ = -100000;  // below that of every number
};

}  // namespace metrics
