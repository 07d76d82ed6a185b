// SPDX-License-Identifier: MIT
#include "base/statistics/power.hpp"

#include <cmath>
#include <limits>

#include "base/statistics/distributions.hpp"

namespace ubp::statistics {

double power_of_t(std::int64_t n, double effect, double alpha) {
  if (n < 2 || !std::isfinite(effect) || !(alpha > 0 && alpha < 1)) return std::numeric_limits<double>::quiet_NaN();
  const auto df = static_cast<double>(n - 1);
  const double critical = student_t_quantile(1 - alpha / 2, df);
  const double shift = std::abs(effect) * std::sqrt(static_cast<double>(n));
  // Beyond what the series of the noncentral t holds. The mean's own noise is nothing there beside the deviation's.
  constexpr double kFar = 1e4;
  if (shift > critical + 30 || critical > kFar)
    return 1 - chi_squared_upper(df * shift * shift / (critical * critical), df);
  return 1 - noncentral_t_cdf(critical, df, shift) + noncentral_t_cdf(-critical, df, shift);
}

std::int64_t seeds_needed(double effect, double alpha, double power) {
  constexpr std::int64_t kMost = 1'000'000;
  if (!(std::abs(effect) > 0) || !(alpha > 0 && alpha < 1) || !(power > 0 && power < 1)) return 0;
  const double z = normal_quantile(1 - alpha / 2) + normal_quantile(power);
  const double about = std::floor(z * z / (effect * effect));
  if (!(about < static_cast<double>(kMost))) return 0;
  std::int64_t n = std::max<std::int64_t>(2, static_cast<std::int64_t>(about));
  while (n > 2 && power_of_t(n - 1, effect, alpha) >= power) --n;
  while (power_of_t(n, effect, alpha) < power) ++n;
  return n;
}

}  // namespace ubp::statistics
