// SPDX-License-Identifier: MIT
#include "base/statistics/bayes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "base/statistics/distributions.hpp"
#include "base/statistics/estimates.hpp"

namespace ubp::statistics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kSamples = 1 << 20;

bool usable(std::span<const double> d, double rope) {
  return rope >= 0 && std::all_of(d.begin(), d.end(), [](double v) { return std::isfinite(v); });
}

/// Of sorted values with weights that sum to 1: the weight of pairs (j, k) whose sum exceeds a bound; those that meet
/// it count half.
class PairWeight {
 public:
  PairWeight(const std::vector<double>& sorted, double bound) : meets_(sorted.size()), exceeds_(sorted.size()) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      const auto first = [&](auto enough) {
        return static_cast<std::size_t>(
            std::partition_point(sorted.begin(), sorted.end(), [&](double v) { return !enough(sorted[j] + v); }) -
            sorted.begin());
      };
      meets_[j] = first([&](double sum) { return sum >= bound; });
      exceeds_[j] = first([&](double sum) { return sum > bound; });
    }
  }

  /// `from[k]`: the sum of all weights from k on; from[n] = 0.
  double operator()(const std::vector<double>& weights, const std::vector<double>& from) const {
    double total = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) total += weights[j] * (from[meets_[j]] + from[exceeds_[j]]) / 2;
    return total;
  }

 private:
  std::vector<std::size_t> meets_, exceeds_;  // by j: the first k
};

}  // namespace

RopeShares correlated_t(std::span<const double> d, double rope, double correlation) {
  if (d.size() < 2 || !usable(d, rope) || !(correlation >= 0 && correlation < 1)) return {kNaN, kNaN, kNaN};
  const auto n = static_cast<double>(d.size());
  const double m = mean(d), scale = standard_deviation(d) * std::sqrt(1 / n + correlation / (1 - correlation));
  if (scale == 0) {
    if (std::abs(m) <= rope) return rope > 0 ? RopeShares{0, 1, 0} : RopeShares{0.5, 0, 0.5};
    return m < 0 ? RopeShares{1, 0, 0} : RopeShares{0, 0, 1};
  }
  const double left = student_t_cdf((-rope - m) / scale, n - 1), right = student_t_cdf((m - rope) / scale, n - 1);
  return {left, rope > 0 ? 1 - left - right : 0, right};
}

RopeShares signed_rank(std::span<const double> d, double rope, const RandomWords& words) {
  if (d.empty() || !usable(d, rope)) return {kNaN, kNaN, kNaN};
  std::vector<double> sorted(d.begin(), d.end());
  sorted.push_back(0);
  std::sort(sorted.begin(), sorted.end());
  const auto prior = static_cast<std::size_t>(std::find(sorted.begin(), sorted.end(), 0.0) - sorted.begin());
  std::vector<double> mirrored(sorted.rbegin(), sorted.rend());
  for (double& v : mirrored) v = -v;
  const PairWeight above(sorted, 2 * rope), below(mirrored, 2 * rope);

  const std::size_t n = sorted.size();
  std::vector<std::uint64_t> drawn(n + 1);
  std::vector<double> weights(n), backwards(n), from(n + 1), from_back(n + 1);
  const auto uniform = [](std::uint64_t word) { return (static_cast<double>(word >> 11) + 0.5) * 0x1p-53; };
  double left = 0, right = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    words(drawn);
    double total = 0;
    for (std::size_t k = 0; k < n; ++k) {
      weights[k] = -std::log(uniform(drawn[k]));  // a gamma of shape 1 ...
      if (k == prior) weights[k] *= std::pow(std::cos(2 * std::numbers::pi * uniform(drawn[n])), 2);  // ... and of 1/2
      total += weights[k];
    }
    for (std::size_t k = 0; k < n; ++k) backwards[n - 1 - k] = weights[k] /= total;
    for (std::size_t k = n; k-- > 0;) {
      from[k] = from[k + 1] + weights[k];
      from_back[k] = from_back[k + 1] + backwards[k];
    }
    const double over = above(weights, from), under = below(backwards, from_back), inside = 1 - over - under;
    if (rope > 0 && inside > under && inside >= over) continue;
    ++(under >= over ? left : right);
  }
  left /= kSamples;
  right /= kSamples;
  return {left, rope > 0 ? 1 - left - right : 0, right};
}

}  // namespace ubp::statistics
