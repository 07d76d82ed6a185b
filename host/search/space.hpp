// SPDX-License-Identifier: MIT
// A search space as samplers see it: numbers and classes, without names of components.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace ubp::search {

/// One parameter. Its value in a Point is a double: the number itself, or the index of a class.
struct Dimension {
  enum class Kind { real, integer, categorical };
  std::string name;
  Kind kind = Kind::real;
  double low = 0, high = 1;  ///< both ends belong to it; of a categorical 0 and n - 1
  bool log = false;          ///< searched by its logarithm; low > 0
  double step = 0;           ///< values are low, low + step, ...; 0: a continuum (real only); 1 of other integers

  bool discrete() const { return kind != Kind::real || step > 0; }
  /// How many values there are; 0: a continuum.
  std::int64_t count() const {
    return discrete() ? static_cast<std::int64_t>(std::floor((high - low) / (step > 0 ? step : 1) + 1e-9)) + 1 : 0;
  }
};

/// By dimension; NaN: not active at this point.
using Point = std::vector<double>;

constexpr double kInactive = std::numeric_limits<double>::quiet_NaN();
inline bool is_active(double value) { return !std::isnan(value); }

struct Space {
  std::vector<Dimension> dimensions;  ///< each behind those that decide whether it is active
  /// Is dimension `i` active, given the values of those before it? Empty: all are, always.
  std::function<bool(std::size_t i, const Point&)> active;
  /// May this point be proposed? Empty: every one.
  std::function<bool(const Point&)> allowed;

  std::size_t size() const { return dimensions.size(); }
  bool is_active_at(std::size_t i, const Point& point) const { return !active || active(i, point); }
};

}  // namespace ubp::search
