// SPDX-License-Identifier: MIT
#include "base/statistics/estimates.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "base/statistics/distributions.hpp"

namespace ubp::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double sum(std::span<const double> values) {
  double total = 0;
  for (const double v : values) total += v;
  return total;
}

/// Between two order statistics; infinite ones must not become NaN where both are the same, or one does not count.
double between(double low, double high, double share) {
  return share == 0 || low == high ? low : std::lerp(low, high, share);
}

/// `quantile` of values that may be reordered, none of them NaN.
double quantile_of(std::vector<double>& values, double p) {
  const double at = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), middle, values.end());
  if (below + 1 == values.size()) return *middle;
  return between(*middle, *std::min_element(middle + 1, values.end()), at - static_cast<double>(below));
}

}  // namespace

double mean(std::span<const double> values) {
  if (values.empty()) return kNaN;
  const auto n = static_cast<double>(values.size());
  const double first = sum(values) / n;
  if (!std::isfinite(first)) return first;
  double rest = 0;  // what rounding left out of the sum
  for (const double v : values) rest += v - first;
  return first + rest / n;
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return kNaN;
  const double m = mean(values);
  double squares = 0;
  for (const double v : values) squares += (v - m) * (v - m);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double standard_error(std::span<const double> values) {
  return standard_deviation(values) / std::sqrt(static_cast<double>(values.size()));
}

double pooled_standard_deviation(const std::vector<std::vector<double>>& samples) {
  double squares = 0, freedom = 0;
  for (const std::vector<double>& sample : samples) {
    if (sample.size() < 2) continue;
    const double sd = standard_deviation(sample), n = static_cast<double>(sample.size());
    squares += (n - 1) * sd * sd;
    freedom += n - 1;
  }
  return std::sqrt(squares / freedom);
}

double median(std::span<const double> values) { return quantile(values, 0.5); }

double quantile(std::span<const double> values, double p) {
  const bool known = std::none_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
  if (values.empty() || !known || !(p >= 0 && p <= 1)) return kNaN;
  std::vector<double> copy(values.begin(), values.end());
  return quantile_of(copy, p);
}

Estimate estimate(std::span<const double> values, double level) {
  Estimate e{values.size(), mean(values), standard_deviation(values), kNaN};
  if (e.n >= 2 && level > 0 && level < 1)
    e.half_width = student_t_quantile((1 + level) / 2, static_cast<double>(e.n - 1)) * standard_error(values);
  return e;
}

Estimate paired_difference(std::span<const double> a, std::span<const double> b, double level) {
  assert(a.size() == b.size());
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), [](double x, double y) { return x - y; });
  return estimate(differences, level);
}

double interquartile_mean(std::span<const double> values) {
  if (std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); })) return kNaN;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return mean(std::span(sorted).subspan(sorted.size() / 4, sorted.size() - 2 * (sorted.size() / 4)));
}

Bounds wilson(std::size_t successes, std::size_t n, double level) {
  if (n == 0 || successes > n || !(level > 0 && level < 1)) return {kNaN, kNaN};
  const double z = normal_quantile((1 + level) / 2), count = static_cast<double>(n);
  const double p = static_cast<double>(successes) / count, shrink = 1 + z * z / count;
  const double middle = (p + z * z / (2 * count)) / shrink;
  const double half = z / shrink * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count));
  return {successes == 0 ? 0 : middle - half, successes == n ? 1 : middle + half};
}

}  // namespace ubp::statistics
