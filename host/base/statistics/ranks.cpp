// SPDX-License-Identifier: MIT
#include "base/statistics/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/statistics/distributions.hpp"

namespace ubp::statistics {

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> all(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) all[order[i]] = static_cast<double>(first + 1 + end) / 2;
  }
  return all;
}

double spearman(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> of_a = ranks(a), of_b = ranks(b);
  const double middle = (static_cast<double>(a.size()) + 1) / 2;
  double both = 0, squares_a = 0, squares_b = 0;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    const double x = of_a[i] - middle, y = of_b[i] - middle;
    both += x * y, squares_a += x * x, squares_b += y * y;
  }
  if (!(squares_a > 0 && squares_b > 0)) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(both / std::sqrt(squares_a * squares_b), -1.0, 1.0);
}

double rank_sum_p(std::span<const double> a, std::span<const double> b) {
  std::vector<double> all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  const std::vector<double> ranks = statistics::ranks(all);
  const double m = static_cast<double>(a.size()), n = static_cast<double>(b.size()), total = m + n;
  double sum = 0, ties = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += ranks[i];
  std::map<double, double> equal;
  for (const double rank : ranks) ++equal[rank];
  for (const auto& [rank, count] : equal) ties += count * count * count - count;
  const double variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) return 1;
  return 2 * normal_cdf(-std::abs(sum - m * (total + 1) / 2) / std::sqrt(variance));
}

FriedmanTest friedman(const std::vector<std::vector<double>>& blocks) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  FriedmanTest test{{}, kNaN, kNaN, kNaN, kNaN};
  const std::size_t width = blocks.empty() ? 0 : blocks.front().size();
  const auto n = static_cast<double>(blocks.size()), k = static_cast<double>(width);
  test.mean_ranks.assign(width, 0);
  double squares = 0;  // of all ranks; less where values are tied
  for (const std::vector<double>& block : blocks) {
    const std::vector<double> r = ranks(block);
    for (std::size_t c = 0; c < width; ++c) {
      test.mean_ranks[c] += r[c] / n;
      squares += r[c] * r[c];
    }
  }
  double between = 0;
  for (const double r : test.mean_ranks) between += (r - (k + 1) / 2) * (r - (k + 1) / 2);
  const double within = (squares - n * k * (k + 1) * (k + 1) / 4) / (n * (k - 1));
  if (blocks.size() < 2 || width < 2 || !(within > 0)) return test;
  test.chi_squared = n * between / within;
  test.p_chi_squared = chi_squared_upper(test.chi_squared, k - 1);
  const double rest = n * (k - 1) - test.chi_squared;
  test.f = rest > 1e-9 * test.chi_squared ? (n - 1) * test.chi_squared / rest : std::numeric_limits<double>::infinity();
  test.p = f_upper(test.f, k - 1, (k - 1) * (n - 1));
  return test;
}

double nemenyi_critical_difference(std::size_t k, std::size_t n, double alpha) {
  const auto configs = static_cast<double>(k), blocks = static_cast<double>(n);
  return normal_range_quantile(1 - alpha, static_cast<int>(k)) * std::sqrt(configs * (configs + 1) / (12 * blocks));
}

}  // namespace ubp::statistics
