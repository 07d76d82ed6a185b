// SPDX-License-Identifier: MIT
#include "search/sampler.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ubp::search {
namespace {

/// The value at `u`: discrete values have equal shares of the interval, under a log by their logarithm.
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

}  // namespace

Random Question::stream(const std::string& name) const {
  return {seed, fmt::format("sweep/{}/{}/{}", name, number, attempt)};
}

Point point_at(const Space& space, const std::vector<double>& u) {
  Point point(space.size(), kInactive);
  for (std::size_t i = 0; i < space.size(); ++i)
    if (space.is_active_at(i, point)) point[i] = value_at(space.dimensions[i], u[i]);
  return point;
}

Point uniform_point(const Question& question) {
  Random random = question.stream("random");
  std::vector<double> u(question.space.size());
  for (double& each : u) each = random.next_uniform();
  return point_at(question.space, u);
}

}  // namespace ubp::search
