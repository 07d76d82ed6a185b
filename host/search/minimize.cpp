// SPDX-License-Identifier: MIT
#include "search/minimize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ubp::search {
namespace {

constexpr std::size_t kPairs = 10;
constexpr double kPays = 1e-4;             // Armijo's share of the decrease that the gradient promises
constexpr double kLeastDecrease = 2.2e-9;  // relative, as SciPy's L-BFGS-B
constexpr double kShortest = 1e-10;        // of a step's length, relative to the direction

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

BoxMinimizer::BoxMinimizer(std::vector<double> start, std::vector<double> low, std::vector<double> high,
                           double tolerance, int evaluations)
    : low_(std::move(low)),
      high_(std::move(high)),
      x_(start),
      trial_(std::move(start)),
      tolerance_(tolerance),
      value_(std::numeric_limits<double>::infinity()),
      left_(evaluations) {}

bool BoxMinimizer::is_held(std::size_t i) const {
  return (x_[i] <= low_[i] && gradient_[i] > 0) || (x_[i] >= high_[i] && gradient_[i] < 0);
}

void BoxMinimizer::tell(double value, const std::vector<double>& gradient) {
  --left_;
  if (!begun_) {
    begun_ = true;
    if (std::isfinite(value)) return take(value, gradient);
    done_ = true;
    return;
  }
  double promised = 0;
  for (std::size_t i = 0; i < x_.size(); ++i) promised += gradient_[i] * (trial_[i] - x_[i]);
  if (std::isfinite(value) && value <= value_ + kPays * promised) return take(value, gradient);
  // the parabola through both values and the slope, within reason
  const double shorter = std::isfinite(value) ? -promised / (2 * (value - value_ - promised)) : 0;
  length_ *= std::clamp(shorter, 0.1, 0.5);
  if (length_ < kShortest || left_ <= 0) {
    done_ = true;
    return;
  }
  choose_trial();
}

void BoxMinimizer::take(double value, const std::vector<double>& gradient) {
  const double decrease = value_ - value;
  if (std::isfinite(value_)) {
    Pair pair{trial_, gradient, 0};
    for (std::size_t i = 0; i < x_.size(); ++i) pair.step[i] -= x_[i], pair.change[i] -= gradient_[i];
    pair.product = dot(pair.step, pair.change);
    if (pair.product > 1e-10 * dot(pair.change, pair.change)) pairs_.push_back(std::move(pair));
    if (pairs_.size() > kPairs) pairs_.pop_front();
  }
  x_ = trial_;
  gradient_ = gradient;
  value_ = value;
  double steepest = 0;
  for (std::size_t i = 0; i < x_.size(); ++i)
    if (!is_held(i)) steepest = std::max(steepest, std::abs(gradient_[i]));
  done_ = left_ <= 0 || steepest <= tolerance_ || decrease <= kLeastDecrease * std::max(1.0, std::abs(value_));
  if (done_) return;
  choose_direction();
  choose_trial();
}

void BoxMinimizer::choose_direction() {
  std::vector<double> free = gradient_;
  for (std::size_t i = 0; i < free.size(); ++i)
    if (is_held(i)) free[i] = 0;
  direction_ = free;
  std::vector<double> share(pairs_.size());
  for (std::size_t k = pairs_.size(); k-- > 0;) {
    share[k] = dot(pairs_[k].step, direction_) / pairs_[k].product;
    for (std::size_t i = 0; i < free.size(); ++i) direction_[i] -= share[k] * pairs_[k].change[i];
  }
  // before there is a curvature, a first step of at most 1
  const double scale = pairs_.empty() ? std::min(1.0, 1 / std::sqrt(dot(free, free)))
                                      : pairs_.back().product / dot(pairs_.back().change, pairs_.back().change);
  for (double& each : direction_) each *= scale;
  for (std::size_t k = 0; k < pairs_.size(); ++k) {
    const double other = share[k] - dot(pairs_[k].change, direction_) / pairs_[k].product;
    for (std::size_t i = 0; i < free.size(); ++i) direction_[i] += other * pairs_[k].step[i];
  }
  for (std::size_t i = 0; i < free.size(); ++i) direction_[i] = is_held(i) ? 0 : -direction_[i];
  if (dot(direction_, free) >= 0) {  // what is held has changed since the pairs were taken
    pairs_.clear();
    return choose_direction();
  }
  length_ = 1;
}

void BoxMinimizer::choose_trial() {
  for (std::size_t i = 0; i < x_.size(); ++i)
    trial_[i] = std::clamp(x_[i] + length_ * direction_[i], low_[i], high_[i]);
}

}  // namespace ubp::search
