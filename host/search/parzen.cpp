// SPDX-License-Identifier: MIT
#include "search/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/statistics.hpp"

namespace ubp::search {
namespace {

/// log(p - q), for log p >= log q.
double log_difference(double log_p, double log_q) { return log_p + std::log1p(-std::exp(log_q - log_p)); }

/// log Phi(x) for x <= 0. Beyond erfc's range the asymptotic series, whose next term is below 1e-12 there.
double log_phi(double x) {
  if (x > -30) return std::log(0.5 * std::erfc(-x / std::numbers::sqrt2));
  const double s = 1 / (x * x);
  return -0.5 * x * x - std::log(-x) - 0.5 * std::log(2 * std::numbers::pi) +
         std::log1p(-s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s))));
}

/// log(Phi(b) - Phi(a)), a < b, wherever they are.
double log_mass(double a, double b) {
  if (a > 0) return log_mass(-b, -a);
  if (b <= 0) return log_difference(log_phi(b), log_phi(a));
  return std::log(0.5 * (std::erf(b / std::numbers::sqrt2) - std::erf(a / std::numbers::sqrt2)));
}

/// erf, at once where it is 1.
double erf_of(double x) { return x > 6 ? 1 : std::erf(x); }

double searched(const Dimension& d, double value) { return d.log ? std::log(value) : value; }

double step_of(const Dimension& d) { return d.discrete() && d.step == 0 ? 1 : d.step; }

/// Half a step, under a log never so much that nothing is left.
double half_step(const Dimension& d, double value) { return (d.log ? std::min(step_of(d), value) : step_of(d)) / 2; }

/// The highest value: `high`, if that is on a step.
double last(const Dimension& d) {
  return d.discrete() ? d.low + static_cast<double>(d.count() - 1) * step_of(d) : d.high;
}

/// Indices of values in ascending order, equal ones as they stand.
std::vector<std::size_t> ascending(const std::vector<double>& values) {
  std::vector<std::pair<double, std::size_t>> sorted(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) sorted[i] = {values[i], i};
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::size_t> order(values.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = sorted[k].second;
  return order;
}

/// For each value the larger gap to its neighbours in `low`, values in `order`, `high`.
std::vector<double> gaps(const std::vector<double>& values, const std::vector<std::size_t>& order, double low,
                         double high) {
  const std::size_t n = values.size();
  std::vector<double> gap(n);
  for (std::size_t k = 0; k < n; ++k) {
    const double value = values[order[k]];
    const double left = value - (k > 0 ? values[order[k - 1]] : low);
    const double right = (k + 1 < n ? values[order[k + 1]] : high) - value;
    const bool first = k == 0, last = k + 1 == n;  // of two and more, the ends look inwards only
    gap[order[k]] = first == last ? std::max(left, right) : first ? right : left;
  }
  return gap;
}

double log_sum_exp(const std::vector<double>& x) {
  const double most = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (const double each : x)
    if (each > most - 45) sum += std::exp(each - most);  // less is not to be seen in the sum
  return most + std::log(sum);
}

}  // namespace

void Parzen::Axis::place(const std::vector<double>& values, const ParzenOptions& options, std::size_t dimensions) {
  const Dimension& d = *dimension;
  const ParzenRule rule = options.rule;
  cells = d.discrete() && !(d.log && rule != ParzenRule::neighbours);
  low = searched(d, d.low - half_step(d, d.low));
  high = searched(d, last(d) + half_step(d, last(d)));
  const double range = high - low, middle = 0.5 * (low + high);
  for (const double value : values) centre.push_back(searched(d, value));
  if (rule == ParzenRule::optuna31_independent) centre.push_back(middle);
  std::vector<std::size_t> order = ascending(centre);
  width = gaps(centre, order, low, high);
  if (rule != ParzenRule::optuna31_independent) {
    order.push_back(centre.size());
    centre.push_back(middle);
  }
  const double n = static_cast<double>(std::max<std::size_t>(values.size(), 1));
  if (rule == ParzenRule::optuna31_multivariate)
    width.assign(values.size(), 0.2 * std::pow(n, -1 / (static_cast<double>(dimensions) + 4)) * range);
  width.resize(centre.size());
  const double least = options.narrowest * range / std::min(100.0, static_cast<double>(centre.size()) + 1);
  for (double& each : width) each = std::clamp(each, least, range);
  width.back() = range;
  if (!cells) return;
  which.resize(centre.size());
  for (const std::size_t k : order) {  // equal centres with equal widths are neighbours there
    const std::pair<double, double> own{centre[k], width[k]};
    if (distinct.empty() || distinct.back() != own) distinct.push_back(own);
    which[k] = distinct.size() - 1;
  }
}

void Parzen::Axis::classify(const std::vector<double>& values) {
  const double classes = static_cast<double>(dimension->count()), share = 1 / static_cast<double>(values.size() + 1);
  log_hit = std::log((1 + share) / (1 + classes * share));
  log_miss = std::log(share / (1 + classes * share));
  log_prior = -std::log(classes);
  centre = values;
  centre.push_back(-1);
}

Parzen::Parzen(std::vector<const Dimension*> dimensions, const Columns& observations, std::vector<double> weights,
               ParzenOptions options)
    : share_(std::move(weights)) {
  share_.push_back(1);
  const double total = std::accumulate(share_.begin(), share_.end(), 0.0);
  for (const double w : share_) constant_.push_back(std::log(w / total));
  std::partial_sum(share_.begin(), share_.end(), share_.begin());

  const double to_density = 0.5 * std::log(2 * std::numbers::pi);
  std::vector<double> norm(constant_.size(), 1);  // a product, as logarithms take their time
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    Axis& axis = axes_.emplace_back();
    axis.dimension = dimensions[d];
    if (dimensions[d]->kind == Dimension::Kind::categorical) {
      axis.classify(observations[d]);
      continue;
    }
    axis.place(observations[d], options, dimensions.size());
    const double range = axis.high - axis.low;
    for (std::size_t k = 0; k < constant_.size(); ++k) {
      // The centre lies within the bounds and the width is at most the range: a third of the mass at least is inside.
      const double scale = 1 / (axis.width[k] * std::numbers::sqrt2);
      norm[k] *= 0.5 * (erf_of((axis.high - axis.centre[k]) * scale) + erf_of((axis.centre[k] - axis.low) * scale));
      if (!axis.cells && options.rule == ParzenRule::neighbours) norm[k] *= axis.width[k] / range;
      if (norm[k] < 1e-200) constant_[k] -= std::log(std::exchange(norm[k], 1));
      if (!axis.cells) constant_[k] -= to_density + (options.rule == ParzenRule::neighbours ? std::log(range) : 0);
    }
  }
  for (std::size_t k = 0; k < constant_.size(); ++k) constant_[k] -= std::log(norm[k]);
}

double Parzen::Axis::draw(std::size_t kernel, double u) const {
  const Dimension& d = *dimension;
  if (d.kind == Dimension::Kind::categorical) {
    const double classes = static_cast<double>(d.count());
    const double hit = centre[kernel] < 0 ? 0 : std::exp(log_hit) - std::exp(log_miss);  // beyond the uniform part
    if (u < hit) return centre[kernel];
    return std::min(std::floor((u - hit) / (1 - hit) * classes), classes - 1);
  }
  const double from = statistics::normal_cdf((low - centre[kernel]) / width[kernel]);
  const double to = statistics::normal_cdf((high - centre[kernel]) / width[kernel]);
  const double z = statistics::normal_quantile(from + u * (to - from));
  const double x = std::clamp(centre[kernel] + width[kernel] * z, low, high), value = d.log ? std::exp(x) : x;
  if (!d.discrete()) return std::clamp(value, d.low, d.high);
  const double steps = std::round((value - d.low) / step_of(d));
  return d.low + std::clamp(steps, 0.0, static_cast<double>(d.count() - 1)) * step_of(d);
}

Parzen::Columns Parzen::sample(Random& random, std::size_t count) const {
  Columns points(axes_.size(), std::vector<double>(count));
  std::vector<double> u(count * (axes_.size() + 1));
  random.uniform(u, 0, 1);
  for (std::size_t c = 0; c < count; ++c) {
    const double* const own = &u[c * (axes_.size() + 1)];
    const auto upper = std::upper_bound(share_.begin(), share_.end() - 1, own[0] * share_.back());
    for (std::size_t d = 0; d < axes_.size(); ++d)
      points[d][c] = axes_[d].draw(static_cast<std::size_t>(upper - share_.begin()), own[d + 1]);
  }
  return points;
}

/// Steps repeat: the mass of each value is found once for each kernel of its own.
void Parzen::Axis::add_cells(const std::vector<double>& points, std::vector<std::vector<double>>& log_p) const {
  std::vector<double> mass(distinct.size());
  const std::vector<std::size_t> order = ascending(points);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double value = points[order[i]], half = half_step(*dimension, value);
    if (i == 0 || value != points[order[i - 1]])
      for (std::size_t j = 0; j < distinct.size(); ++j)
        mass[j] = log_mass((searched(*dimension, value - half) - distinct[j].first) / distinct[j].second,
                           (searched(*dimension, value + half) - distinct[j].first) / distinct[j].second);
    for (std::size_t k = 0; k < which.size(); ++k) log_p[order[i]][k] += mass[which[k]];
  }
}

std::vector<double> Parzen::log_density(const Columns& points) const {
  const std::size_t count = points.empty() ? 0 : points[0].size(), kernels = constant_.size();
  std::vector<std::vector<double>> log_p(count, constant_);
  for (std::size_t d = 0; d < axes_.size(); ++d) {
    const Axis& axis = axes_[d];
    if (axis.dimension->kind == Dimension::Kind::categorical) {
      for (std::size_t c = 0; c < count; ++c) {
        for (std::size_t k = 0; k + 1 < kernels; ++k)
          log_p[c][k] += axis.centre[k] == points[d][c] ? axis.log_hit : axis.log_miss;
        log_p[c].back() += axis.log_prior;
      }
    } else if (axis.cells) {
      axis.add_cells(points[d], log_p);
    } else {
      std::vector<double> scale(kernels);
      for (std::size_t k = 0; k < kernels; ++k) scale[k] = 1 / (axis.width[k] * std::numbers::sqrt2);
      for (std::size_t c = 0; c < count; ++c) {
        const double x = searched(*axis.dimension, points[d][c]);
        for (std::size_t k = 0; k < kernels; ++k) {
          const double z = (x - axis.centre[k]) * scale[k];
          log_p[c][k] -= z * z;
        }
      }
    }
  }
  std::vector<double> result;
  for (const std::vector<double>& each : log_p) result.push_back(log_sum_exp(each));
  return result;
}

}  // namespace ubp::search
