// SPDX-License-Identifier: MIT
#include "search/unit.hpp"

#include <algorithm>
#include <cmath>

namespace ubp::search {

double value_at(const Dimension& d, double u) {
  if (!d.discrete()) {
    const double v =
        d.log ? std::exp(std::log(d.low) + u * (std::log(d.high) - std::log(d.low))) : d.low + u * (d.high - d.low);
    return std::clamp(v, d.low, d.high);
  }
  const double step = d.step > 0 ? d.step : 1;
  if (d.log) {
    const double low = std::log(d.low - step / 2), high = std::log(d.high + step / 2);
    const double v = std::exp(low + u * (high - low));
    return std::clamp(d.low + std::round((v - d.low) / step) * step, d.low, d.high);
  }
  const auto n = static_cast<double>(d.count());
  return d.low + std::min(std::floor(u * n), n - 1) * step;
}

double unit_of(const Dimension& d, double value) {
  const double half = d.discrete() ? (d.step > 0 ? d.step : 1) / 2 : 0;
  const double low = d.low - half, high = d.high + half;
  if (high <= low) return 0.5;
  return d.log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

}  // namespace ubp::search
