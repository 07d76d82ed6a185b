// SPDX-License-Identifier: MIT
#include "base/statistics/paired.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/statistics/distributions.hpp"
#include "base/statistics/ranks.hpp"

namespace ubp::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostExact = 25;

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {  // the constant first
  double value = 0;
  for (std::size_t i = N; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

/// The weights of the lower half of n order statistics, negative ones; the upper half mirrors them.
std::vector<double> shapiro_weights(std::size_t n) {
  if (n == 3) return {-std::numbers::sqrt2 / 2};
  std::vector<double> m(n / 2);
  double squares = 0;
  for (std::size_t i = 0; i < m.size(); ++i) {
    m[i] = normal_quantile((static_cast<double>(i + 1) - 0.375) / (static_cast<double>(n) + 0.25));
    squares += 2 * m[i] * m[i];
  }
  const double length = std::sqrt(squares), x = 1 / std::sqrt(static_cast<double>(n));
  constexpr std::array kFirst = {0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056};
  constexpr std::array kSecond = {0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633};
  const double first = m[0] / length - polynomial(kFirst, x);
  std::size_t given = 1;
  double rest = squares - 2 * m[0] * m[0], share = 1 - 2 * first * first, second = 0;
  if (n > 5) {
    given = 2;
    second = m[1] / length - polynomial(kSecond, x);
    rest -= 2 * m[1] * m[1];
    share -= 2 * second * second;
  }
  const double scale = std::sqrt(rest / share);
  for (std::size_t i = given; i < m.size(); ++i) m[i] /= scale;
  m[0] = first;
  if (given == 2) m[1] = second;
  return m;
}

/// P(W or smaller) from 1 - W.
double shapiro_p(double gap, std::size_t count) {
  const auto n = static_cast<double>(count);
  if (count == 3) {
    const double p = 6 / std::numbers::pi * (std::asin(std::sqrt(1 - gap)) - std::asin(std::sqrt(0.75)));
    return std::clamp(p, 0.0, 1.0);
  }
  double y = std::log(gap), mean = 0, sd = 0;
  if (count <= 11) {
    constexpr std::array kGamma = {-2.273, 0.459};
    constexpr std::array kMean = {0.544, -0.39978, 0.025054, -6.714e-4};
    constexpr std::array kSd = {1.3822, -0.77857, 0.062767, -0.0020322};
    const double gamma = polynomial(kGamma, n);
    if (y >= gamma) return 1e-99;
    y = -std::log(gamma - y);
    mean = polynomial(kMean, n);
    sd = std::exp(polynomial(kSd, n));
  } else {
    constexpr std::array kMean = {-1.5861, -0.31082, -0.083751, 0.0038915};
    constexpr std::array kSd = {-0.4803, -0.082676, 0.0030302};
    mean = polynomial(kMean, std::log(n));
    sd = std::exp(polynomial(kSd, std::log(n)));
  }
  return normal_cdf((mean - y) / sd);
}

/// How many of the 2^n choices among ranks sum to each number of halves: ways[s] to s / 2.
std::vector<double> rank_sums(std::span<const double> ranks) {
  std::vector<double> ways = {1};
  for (const double rank : ranks) {
    const auto halves = static_cast<std::size_t>(std::lround(2 * rank));
    ways.resize(ways.size() + halves, 0);
    for (std::size_t s = ways.size(); s-- > halves;) ways[s] += ways[s - halves];
  }
  return ways;
}

/// Of |d|, and the sums of those with either sign; the ranks of zeros are split.
struct SignedRanks {
  std::vector<double> all, of_signs;  ///< of_signs: without those of zeros
  double plus = 0, minus = 0, zeros = 0;

  explicit SignedRanks(std::span<const double> d) {
    std::vector<double> sizes(d.begin(), d.end());
    for (double& v : sizes) v = std::abs(v);
    all = ranks(sizes);
    for (std::size_t i = 0; i < d.size(); ++i) {
      (d[i] > 0 ? plus : d[i] < 0 ? minus : zeros) += all[i];
      if (d[i] != 0) of_signs.push_back(all[i]);
    }
    plus += zeros / 2;
    minus += zeros / 2;
  }
};

double exact_p(const SignedRanks& r) {
  const std::vector<double> ways = rank_sums(r.of_signs);
  const auto reached = static_cast<std::size_t>(std::lround(2 * (std::min(r.plus, r.minus) - r.zeros / 2)));
  double fewer = 0;
  for (std::size_t s = 0; s <= reached; ++s) fewer += ways[s];
  return std::min(1.0, 2 * std::ldexp(fewer, -static_cast<int>(r.of_signs.size())));
}

double normal_p(const SignedRanks& r) {
  const auto n = static_cast<double>(r.all.size());
  double variance = n * (n + 1) * (2 * n + 1);
  std::vector<double> sorted = r.all;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t first = 0, end = 0; first < sorted.size(); first = end) {
    while (end < sorted.size() && sorted[end] == sorted[first]) ++end;
    const auto ties = static_cast<double>(end - first);
    variance -= ties * (ties * ties - 1) / 2;
  }
  return 2 * normal_cdf(-std::abs((r.plus - n * (n + 1) / 4) / std::sqrt(variance / 24)));
}

}  // namespace

TestResult t_test(std::span<const double> d) {
  if (d.size() < 2 || !all_finite(d)) return {kNaN, kNaN};
  const double m = mean(d), error = standard_error(d);
  if (error == 0) return m == 0 ? TestResult{kNaN, kNaN} : TestResult{std::copysign(kInf, m), 0};
  return {m / error, student_t_tails(m / error, static_cast<double>(d.size() - 1))};
}

TestResult shapiro_wilk(std::span<const double> values) {
  const std::size_t n = values.size();
  if (n < 3 || n > 5000 || !all_finite(values)) return {kNaN, kNaN};
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double range = sorted.back() - sorted.front();
  if (range == 0) return {1, 1};
  for (double& v : sorted) v = (v - values[n / 2]) / range;
  const std::vector<double> weights = shapiro_weights(n);
  const double m = mean(sorted);
  double along = 0, lengths = 0, squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t mirrored = std::min(i, n - 1 - i);
    const double weight = mirrored == weights.size() ? 0 : i < n / 2 ? weights[mirrored] : -weights[mirrored];
    along += weight * (sorted[i] - m);
    lengths += weight * weight;
    squares += (sorted[i] - m) * (sorted[i] - m);
  }
  const double whole = std::sqrt(lengths * squares);
  const double gap =
      std::max(0.0, (whole - along) * (whole + along) / (lengths * squares));  // 1 - W, where W is near 1
  return {1 - gap, gap == 0 ? 1 : shapiro_p(gap, n)};
}

TestResult wilcoxon(std::span<const double> d) {
  if (d.empty() || !std::none_of(d.begin(), d.end(), [](double v) { return std::isnan(v); })) return {kNaN, kNaN};
  const SignedRanks r(d);
  if (r.of_signs.empty()) return {kNaN, kNaN};
  return {std::min(r.plus, r.minus), d.size() <= kMostExact ? exact_p(r) : normal_p(r)};
}

TestResult sign_test(std::span<const double> d) {
  constexpr double kMostCounted = 10'000;
  if (std::any_of(d.begin(), d.end(), [](double v) { return std::isnan(v); })) return {kNaN, kNaN};
  const auto above = static_cast<double>(std::count_if(d.begin(), d.end(), [](double v) { return v > 0; })),
             below = static_cast<double>(std::count_if(d.begin(), d.end(), [](double v) { return v < 0; }));
  const double n = above + below, rarer = std::min(above, below);
  if (n == 0) return {kNaN, kNaN};
  if (n > kMostCounted) return {above, std::min(1.0, 2 * normal_cdf((2 * rarer + 1 - n) / std::sqrt(n)))};
  long double term = std::ldexp(1.0L, -static_cast<int>(n)), tail = 0;  // binomial coefficients over 2^n
  for (double k = 0; k <= rarer; term *= (n - k) / (k + 1), ++k) tail += term;
  return {above, std::min(1.0, static_cast<double>(2 * tail))};
}

double cohens_d(std::span<const double> d) { return mean(d) / standard_deviation(d); }

double rank_biserial(std::span<const double> d) {
  if (d.empty() || !std::none_of(d.begin(), d.end(), [](double v) { return std::isnan(v); })) return kNaN;
  const SignedRanks r(d);
  return (r.plus - r.minus) / (r.plus + r.minus);
}

Bounds walsh_bounds(std::span<const double> d, double level) {
  if (d.empty() || !all_finite(d) || !(level > 0 && level < 1)) return {kNaN, kNaN};
  std::vector<double> means;
  for (std::size_t i = 0; i < d.size(); ++i)
    for (std::size_t j = i; j < d.size(); ++j) means.push_back((d[i] + d[j]) / 2);
  std::sort(means.begin(), means.end());
  const auto n = static_cast<double>(d.size());
  std::size_t outside = 0;  // means on each side that the interval leaves out: so many signed ranks are too few
  if (d.size() <= kMostExact) {
    std::vector<double> untied(d.size());
    std::iota(untied.begin(), untied.end(), 1.0);
    const std::vector<double> ways = rank_sums(untied);
    double tail = 0;
    for (std::size_t s = 0; (tail += std::ldexp(ways[2 * s], -static_cast<int>(d.size()))) <= (1 - level) / 2; ++s)
      outside = s;
  } else {
    const double middle = n * (n + 1) / 4, sd = std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
    outside = static_cast<std::size_t>(std::floor(middle - normal_quantile((1 + level) / 2) * sd)) - 1;
  }
  return {means[outside], means[means.size() - 1 - outside]};
}

WelchTest welch(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 2 || b.size() < 2 || !all_finite(a) || !all_finite(b)) return {kNaN, kNaN, kNaN, kNaN, kNaN};
  const double va = std::pow(standard_error(a), 2), vb = std::pow(standard_error(b), 2);
  WelchTest test;
  test.difference = mean(a) - mean(b);
  test.df = (va + vb) * (va + vb) /
            (va * va / static_cast<double>(a.size() - 1) + vb * vb / static_cast<double>(b.size() - 1));
  test.t = test.difference / std::sqrt(va + vb);
  test.p = student_t_tails(test.t, test.df);
  test.half_width = student_t_quantile(0.975, test.df) * std::sqrt(va + vb);
  return test;
}

}  // namespace ubp::statistics
