// SPDX-License-Identifier: MIT
#include "search/cmaes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/statistics.hpp"
#include "search/unit.hpp"

namespace ubp::search {
namespace {

using Vector = std::vector<double>;

constexpr double kFirstSigma = 1.0 / 6;
constexpr double kTiny = 1e-8;
constexpr double kTolerance = 1e-12;    // of sigma (relative to the first), and of values
constexpr double kLargestGrowth = 1e4;  // of sigma times the longest axis
constexpr double kLargestCondition = 1e14;
constexpr std::int64_t kAttempts = 16;  // of a proposal, that are compared with what was run

double norm(const Vector& v) { return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0)); }

/// The indices of dimensions that the distribution has.
std::vector<std::size_t> evolved(const std::vector<Dimension>& dimensions) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    const Dimension& d = dimensions[i];
    if (d.kind != Dimension::Kind::categorical && d.low < d.high) out.push_back(i);
  }
  return out;
}

bool equal(const Dimension& a, const Dimension& b) {
  return std::tie(a.name, a.kind, a.low, a.high, a.log, a.step) ==
         std::tie(b.name, b.kind, b.low, b.high, b.log, b.step);
}

bool equal(const Point& a, const Point& b, double tolerance = 0) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](double x, double y) {
    return is_active(x) ? std::abs(x - y) <= tolerance * (std::abs(x) + std::abs(y)) : !is_active(y);
  });
}

bool equal(const Told& a, const Told& b) {
  return a.state == b.state && a.values == b.values && a.told_at == b.told_at &&
         (a.last_value == b.last_value || std::isnan(a.last_value) == std::isnan(b.last_value));
}

/// Less is better.
std::pair<int, double> rank_of(const Told& told) {
  if (told.state == Told::State::complete) return {0, told.values[0]};
  if (told.state == Told::State::pruned && !std::isnan(told.last_value)) return {1, told.last_value};
  return {2, 0};
}

}  // namespace

std::size_t Evolution::usual_population(std::size_t dimensions) {
  return 4 + static_cast<std::size_t>(3 * std::log(static_cast<double>(dimensions)));
}

Evolution::Evolution(std::vector<Dimension> dimensions, std::vector<double> mean, double sigma, std::size_t population)
    : dimensions_(std::move(dimensions)),
      weights_(population),
      mean_(std::move(mean)),
      path_(mean_.size()),
      sigma_path_(mean_.size()),
      stretch_(mean_.size(), 1),
      sigma_(sigma),
      first_sigma_(sigma),
      covariance_(static_cast<int>(mean_.size())) {
  const auto d = static_cast<double>(mean_.size());
  const std::size_t half = population / 2;
  for (std::size_t i = 0; i < population; ++i)  // (49)
    weights_[i] = std::log((static_cast<double>(population) + 1) / 2) - std::log(static_cast<double>(i + 1));
  const auto effective = [&](auto begin, auto end) {
    const double sum = std::accumulate(begin, end, 0.0);
    return sum * sum / std::inner_product(begin, end, begin, 0.0);
  };
  const auto middle = weights_.begin() + static_cast<std::ptrdiff_t>(half);
  mass_ = effective(weights_.begin(), middle);
  const double other_mass = effective(middle, weights_.end());
  c1_ = 2 / ((d + 1.3) * (d + 1.3) + mass_);
  cmu_ = std::min(1 - c1_ - kTiny, 2 * (mass_ - 2 + 1 / mass_) / ((d + 2) * (d + 2) + mass_));
  const double least = std::min({1 + c1_ / cmu_, 1 + 2 * other_mass / (mass_ + 2), (1 - c1_ - cmu_) / (d * cmu_)});
  double above = 0, below = 0;
  for (const double w : weights_) (w > 0 ? above : below) += std::abs(w);
  for (double& w : weights_) w *= w > 0 ? 1 / above : least / below;
  csigma_ = (mass_ + 2) / (d + mass_ + 5);
  dsigma_ = 1 + 2 * std::max(0.0, std::sqrt((mass_ - 1) / (d + 1)) - 1) + csigma_;
  cc_ = (4 + mass_ / d) / (d + 4 + 2 * mass_ / d);
  chi_ = std::sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d));
  for (int i = 0; i < covariance_.n; ++i) covariance_(i, i) = 1;
  decompose();
}

void Evolution::decompose() {
  Eigen eigen = eigen_of_symmetric(covariance_);
  axes_ = std::move(eigen.vectors);
  lengths_.clear();
  for (const double value : eigen.values) lengths_.push_back(std::sqrt(value < 0 ? kTiny : value));
}

Vector Evolution::sample(Random& random) const {
  const std::size_t n = mean_.size();
  Vector z(n), x;
  const auto is_within = [&] {
    for (std::size_t i = 0; i < n; ++i)
      if (!dimensions_[i].discrete() && (x[i] < 0 || x[i] > 1)) return false;
    return true;
  };
  for (std::size_t tries = 0; tries <= 10 * n; ++tries) {
    random.normal(std::span<double>(z), 0, 1);
    x = mean_;
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t i = 0; i < n; ++i) x[i] += sigma_ * lengths_[k] * z[k] * axes_.row(static_cast<int>(k))[i];
    if (is_within()) return x;
  }
  for (std::size_t i = 0; i < n; ++i)
    if (!dimensions_[i].discrete()) x[i] = std::clamp(x[i], 0.0, 1.0);
  return x;
}

Vector Evolution::rounded(const Vector& sample) const {
  Vector out = sample;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!dimensions_[i].discrete()) continue;
    const double at = (sample[i] - mean_[i]) * stretch_[i] + mean_[i];
    out[i] = unit_of(dimensions_[i], value_at(dimensions_[i], std::clamp(at, 0.0, 1.0)));
  }
  return out;
}

/// C^-1/2 v.
Vector Evolution::times_inverse_root(const Vector& v) const {
  Vector out(v.size());
  for (std::size_t k = 0; k < v.size(); ++k) {
    const double* axis = axes_.row(static_cast<int>(k));
    const double along = std::inner_product(v.begin(), v.end(), axis, 0.0) / lengths_[k];
    for (std::size_t i = 0; i < v.size(); ++i) out[i] += along * axis[i];
  }
  return out;
}

void Evolution::learn(const std::vector<Vector>& samples, double best, double worst) {
  const std::size_t n = mean_.size(), half = weights_.size() / 2;
  const auto d = static_cast<double>(n);
  ++generation_;
  recent_.insert(recent_.end(), {best, worst});
  const std::size_t kept =
      2 * (10 + static_cast<std::size_t>(std::ceil(30 * d / static_cast<double>(weights_.size()))));
  if (recent_.size() > kept) recent_.erase(recent_.begin(), recent_.begin() + 2);

  std::vector<Vector> steps = samples;  // y_k, ~ N(0, C)
  for (Vector& y : steps)
    for (std::size_t i = 0; i < n; ++i) y[i] = (y[i] - mean_[i]) / sigma_;
  Vector step(n);  // (41)
  for (std::size_t k = 0; k < half; ++k)
    for (std::size_t i = 0; i < n; ++i) step[i] += weights_[k] * steps[k][i];
  for (std::size_t i = 0; i < n; ++i) mean_[i] += sigma_ * step[i];

  const Vector white = times_inverse_root(step);  // (43), (44)
  for (std::size_t i = 0; i < n; ++i)
    sigma_path_[i] = (1 - csigma_) * sigma_path_[i] + std::sqrt(csigma_ * (2 - csigma_) * mass_) * white[i];
  const double length = norm(sigma_path_);
  sigma_ = std::min(sigma_ * std::exp(csigma_ / dsigma_ * (length / chi_ - 1)), 1e32);

  const double usual = std::sqrt(1 - std::pow(1 - csigma_, 2 * (static_cast<double>(generation_) + 1)));
  const bool is_stalled = length / usual >= (1.4 + 2 / (d + 1)) * chi_;  // 1 - h_sigma
  for (std::size_t i = 0; i < n; ++i)                                    // (45)
    path_[i] = (1 - cc_) * path_[i] + (is_stalled ? 0 : std::sqrt(cc_ * (2 - cc_) * mass_)) * step[i];

  Vector weights = weights_;  // (46)
  for (std::size_t k = 0; k < weights.size(); ++k)
    if (weights[k] < 0) weights[k] *= d / (std::pow(norm(times_inverse_root(steps[k])), 2) + kTiny);
  const double keep = 1 + c1_ * (is_stalled ? cc_ * (2 - cc_) : 0) - c1_ -
                      cmu_ * std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (std::size_t i = 0; i < n; ++i)  // (47)
    for (std::size_t j = 0; j <= i; ++j) {
      double cell = keep * covariance_.row(static_cast<int>(i))[j] + c1_ * path_[i] * path_[j];
      for (std::size_t k = 0; k < weights.size(); ++k) cell += cmu_ * weights[k] * steps[k][i] * steps[k][j];
      covariance_.row(static_cast<int>(i))[j] = covariance_.row(static_cast<int>(j))[i] = cell;
    }
  decompose();
  keep_margin();
}

/// Each discrete coordinate leaves its value with a probability of at least the margin (Hamano et al., 4.2).
void Evolution::keep_margin() {
  const double margin = 1 / static_cast<double>(mean_.size() * weights_.size());
  // half the width of the interval that holds all of a standard normal but `p` on each side
  const auto reach = [](double p) { return -statistics::normal_quantile(std::clamp(p, 1e-10, 0.5 - 1e-10)); };
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const Dimension& d = dimensions_[i];
    if (!d.discrete()) continue;
    const double step = d.step > 0 ? d.step : 1;
    // the limits of the share that the mean lies in; at an end, those of the value beside it
    const double value = std::clamp(value_at(d, std::clamp(mean_[i], 0.0, 1.0)), d.low, d.high);
    const double lower = unit_of(d, std::max(value, d.low + step) - step / 2),
                 upper = unit_of(d, std::min(value, d.high - step) + step / 2);
    const double deviation = sigma_ * std::sqrt(covariance_.row(static_cast<int>(i))[i]);
    const double spread = deviation * stretch_[i];
    double below = statistics::normal_cdf((lower - mean_[i]) / spread),
           above = statistics::normal_cdf(-(upper - mean_[i]) / spread);
    if (std::max(below, above) > 0.5) {
      if (std::min(below, above) < margin) mean_[i] = upper + (mean_[i] > upper ? 1 : -1) * spread * reach(margin);
      continue;
    }
    const double middle = 1 - below - above;
    below = std::max(below, margin / 2), above = std::max(above, margin / 2);
    const double excess = (1 - below - above - middle) / (below + middle + above - 1.5 * margin);
    const double left = reach(below + excess * (below - margin / 2)),
                 right = reach(above + excess * (above - margin / 2));
    stretch_[i] = (upper - lower) / ((left + right) * deviation);
    mean_[i] = (lower * right + upper * left) / (left + right);
  }
}

bool Evolution::is_spent() const {
  const auto [low, high] = std::minmax_element(recent_.begin(), recent_.end());
  const std::size_t n = mean_.size();
  const double kept = 10 + std::ceil(30 * static_cast<double>(n) / static_cast<double>(weights_.size()));
  if (static_cast<double>(generation_) > kept && *high - *low < kTolerance) return true;
  const auto [shortest, longest] = std::minmax_element(lengths_.begin(), lengths_.end());
  if (sigma_ * *longest > kLargestGrowth || std::pow(*longest / *shortest, 2) > kLargestCondition) return true;
  bool is_point = true, has_axis = false;
  const std::size_t turn = generation_ % n;
  for (std::size_t i = 0; i < n; ++i) {
    const double deviation = sigma_ * std::sqrt(covariance_.row(static_cast<int>(i))[i]);
    if (mean_[i] == mean_[i] + 0.2 * deviation) return true;
    is_point &= std::max(deviation, sigma_ * std::abs(path_[i])) < kTolerance * first_sigma_;
    has_axis |= mean_[i] != mean_[i] + 0.1 * sigma_ * lengths_[turn] * axes_.row(static_cast<int>(turn))[i];
  }
  return is_point || !has_axis;
}

namespace {

/// The point of a sample: the evolved dimensions by it, the others uniformly.
Point point_of(const Question& question, const Vector& rounded) {
  Random random = question.stream("cmaes/others");
  Vector u(question.space.size());
  for (double& each : u) each = random.next_uniform();
  const std::vector<std::size_t> own = evolved(question.space.dimensions);
  for (std::size_t i = 0; i < own.size(); ++i) u[own[i]] = rounded[i];
  return point_at(question.space, u);
}

/// The sample of which `point` came to be; if none of the question's attempts did: where it lies.
Vector sample_of(const Question& question, const Evolution& run, const Point& point) {
  for (std::int64_t attempt = 0; attempt < kAttempts; ++attempt) {
    const Question asked{question.space, question.history, question.seed, question.number, attempt};
    Random random = asked.stream("cmaes");
    Vector sample = run.sample(random);
    if (equal(point_of(asked, run.rounded(sample)), point, 1e-9)) return sample;
  }
  Vector out = run.mean();
  const std::vector<std::size_t> own = evolved(question.space.dimensions);
  for (std::size_t i = 0; i < own.size(); ++i)
    if (is_active(point[own[i]])) out[i] = unit_of(question.space.dimensions[own[i]], point[own[i]]);
  return out;
}

}  // namespace

/// Is what the course knows what the question tells?
bool CmaEsSampler::leads_to(const Question& question) const {
  const auto& dimensions = question.space.dimensions;
  if (question.seed != course_.seed || question.history.size() < course_.configs.size() ||
      !std::equal(dimensions.begin(), dimensions.end(), course_.dimensions.begin(), course_.dimensions.end(),
                  [](const Dimension& a, const Dimension& b) { return equal(a, b); }))
    return false;
  const auto known = static_cast<std::int64_t>(course_.configs.size());
  for (std::size_t i = 0; i < course_.configs.size(); ++i) {
    const Told &then = course_.configs[i], &now = question.history[i];
    if (!equal(then.point, now.point)) return false;
    const bool was_known = now.state != Told::State::running && now.told_at <= known;
    if (then.state == Told::State::running ? was_known : !equal(then, now)) return false;
  }
  return true;
}

void CmaEsSampler::begin(const Question& question) {
  course_ = {question.seed, question.space.dimensions, {}, {}, {}, 0, {}, {}};
  std::vector<Dimension> own;
  for (const std::size_t i : evolved(question.space.dimensions)) own.push_back(question.space.dimensions[i]);
  if (own.empty()) return;
  Vector middle(own.size(), 0.5);
  const std::size_t population = Evolution::usual_population(own.size());
  course_.run.emplace(std::move(own), std::move(middle), kFirstSigma, population);
}

/// The open generation's results are in.
void CmaEsSampler::close(const Question& question, std::int64_t number) {
  auto& results = course_.results;
  std::stable_sort(results.begin(), results.end(), [&](std::size_t a, std::size_t b) {
    return rank_of(course_.configs[a]) < rank_of(course_.configs[b]);
  });
  std::vector<Vector> samples;
  for (const std::size_t i : results) samples.push_back(course_.samples[i]);
  const auto value = [&](std::size_t i) {
    const auto [kind, rank] = rank_of(course_.configs[i]);
    return kind == 0 ? rank : std::numeric_limits<double>::infinity();
  };
  course_.run->learn(samples, value(results.front()), value(results.back()));
  ++course_.generation;
  results.clear();
  if (!course_.run->is_spent()) return;
  const Question here{question.space, question.history, question.seed, number, 0};
  Random random = here.stream("cmaes/restart");
  std::vector<Dimension> own;
  for (const std::size_t i : evolved(question.space.dimensions)) own.push_back(question.space.dimensions[i]);
  Vector mean(own.size());
  for (double& each : mean) each = random.next_uniform();
  const std::size_t population = 2 * course_.run->population();
  course_.run.emplace(std::move(own), std::move(mean), kFirstSigma, population);
}

Point CmaEsSampler::propose(const Question& question) {
  if (!leads_to(question)) begin(question);
  if (!course_.run) return uniform_point(question);
  std::vector<std::size_t> news;  // results that are not yet in, in the order in which they were told
  for (std::size_t i = 0; i < question.history.size(); ++i)
    if (question.history[i].state != Told::State::running &&
        (i >= course_.configs.size() || course_.configs[i].state == Told::State::running))
      news.push_back(i);
  std::stable_sort(news.begin(), news.end(), [&](std::size_t a, std::size_t b) {
    return question.history[a].told_at < question.history[b].told_at;
  });
  auto next = news.begin();
  for (auto number = static_cast<std::int64_t>(course_.configs.size());; ++number) {
    for (; next != news.end() && question.history[*next].told_at <= number; ++next) {
      course_.configs[*next] = question.history[*next];
      if (course_.generations[*next] != course_.generation) continue;
      course_.results.push_back(*next);
      if (course_.results.size() == course_.run->population()) close(question, number);
    }
    if (number == question.number) break;
    const Question asked{question.space, question.history, question.seed, number, 0};
    const Point& point = question.history[static_cast<std::size_t>(number)].point;
    course_.samples.push_back(sample_of(asked, *course_.run, point));
    course_.generations.push_back(course_.generation);
    course_.configs.push_back({point});
  }
  Random random = question.stream("cmaes");
  return point_of(question, course_.run->rounded(course_.run->sample(random)));
}

}  // namespace ubp::search
