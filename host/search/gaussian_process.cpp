// SPDX-License-Identifier: MIT
#include "search/gaussian_process.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "search/minimize.hpp"

namespace ubp::search {
namespace {

/// The kernel of unit scale at a squared distance, and its derivative by that.
struct Matern {
  double value, slope;
  explicit Matern(double squared) {
    const double s = std::sqrt(5 * squared), e = std::exp(-s);
    value = (1 + s + s * s / 3) * e;
    slope = -5.0 / 6 * (1 + s) * e;
  }
};

/// A category differs, or does not.
double difference(bool is_category, double a, double b) { return is_category ? (a == b ? 0.0 : 1.0) : a - b; }

double squared_distance(const Observations& seen, const KernelParameters& p, const std::vector<double>& a,
                        const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double d = difference(seen.is_category[k], a[k], b[k]);
    sum += p.inverse_squares[k] * d * d;
  }
  return sum;
}

}  // namespace

double log_likelihood(const Observations& seen, const KernelParameters& p, std::vector<double>* gradient) {
  const auto n = static_cast<int>(seen.inputs.size());
  const std::size_t d = p.inverse_squares.size();
  Square factor(n), slopes(gradient ? n : 0);
  for (int i = 0; i < n; ++i) {
    factor(i, i) = p.scale + p.noise;
    for (int j = 0; j < i; ++j) {
      const Matern at(squared_distance(seen, p, seen.inputs[i], seen.inputs[j]));
      factor(i, j) = p.scale * at.value;
      if (gradient) slopes(i, j) = p.scale * at.slope;
    }
  }
  const Square covariance = gradient ? factor : Square();
  if (!cholesky(factor)) {
    if (gradient) gradient->assign(d + 2, 0);
    return -std::numeric_limits<double>::infinity();
  }
  std::vector<double> weights = seen.targets;
  solve_lower(factor, weights, false);
  double value = 0;
  for (int i = 0; i < n; ++i) value -= 0.5 * weights[i] * weights[i] + std::log(factor(i, i));
  if (!gradient) return value;

  solve_lower(factor, weights, true);
  const Square inverse = inverse_of_cholesky(std::move(factor));
  gradient->assign(d + 2, 0);
  double& by_scale = (*gradient)[d];
  double& by_noise = (*gradient)[d + 1];
  // Rasmussen & Williams (5.9): 1/2 tr((w w' - K^-1) dK); off the diagonal every pair counts twice
  for (int i = 0; i < n; ++i) {
    const double own = 0.5 * (weights[i] * weights[i] - inverse(i, i));
    by_scale += own * p.scale;
    by_noise += own * (p.noise - kLeastNoise);
    for (int j = 0; j < i; ++j) {
      const double pair = weights[i] * weights[j] - inverse(i, j);
      by_scale += pair * covariance(i, j);
      const double by_square = pair * slopes(i, j);
      for (std::size_t k = 0; k < d; ++k) {
        const double apart = difference(seen.is_category[k], seen.inputs[i][k], seen.inputs[j][k]);
        (*gradient)[k] += by_square * p.inverse_squares[k] * apart * apart;
      }
    }
  }
  return value;
}

double log_prior(const KernelParameters& p, const KernelPrior& prior, std::vector<double>* gradient) {
  double value = std::log(p.scale) - p.scale + 0.1 * std::log(p.noise) - prior.noise_rate * p.noise;
  for (const double l : p.inverse_squares) value -= 0.1 / l + prior.short_scales * l;
  if (gradient) {
    gradient->clear();
    for (const double l : p.inverse_squares) gradient->push_back(0.1 / l - prior.short_scales * l);
    gradient->push_back(1 - p.scale);
    gradient->push_back((0.1 / p.noise - prior.noise_rate) * (p.noise - kLeastNoise));
  }
  return value;
}

KernelParameters fit(const Observations& seen, const KernelPrior& prior) {
  const std::size_t d = seen.is_category.size();
  const auto parameters_at = [d](const std::vector<double>& logarithms) {
    KernelParameters p;
    for (std::size_t k = 0; k < d; ++k) p.inverse_squares.push_back(std::exp(logarithms[k]));
    p.scale = std::exp(logarithms[d]);
    p.noise = std::exp(logarithms[d + 1]) + kLeastNoise;
    return p;
  };
  constexpr double kFar = 25;  // beyond, nothing changes but the exponent
  const auto climb = [&](double length_start, double noise_start) {
    std::vector<double> start(d + 2, length_start);
    start[d] = 0, start[d + 1] = noise_start;
    BoxMinimizer search(start, std::vector<double>(d + 2, -kFar), std::vector<double>(d + 2, kFar), 1e-2, 200);
    std::vector<double> likelihood_slope, prior_slope;
    while (!search.is_done()) {
      const KernelParameters p = parameters_at(search.point());
      const double value = log_likelihood(seen, p, &likelihood_slope) + log_prior(p, prior, &prior_slope);
      for (std::size_t k = 0; k < prior_slope.size(); ++k) prior_slope[k] = -prior_slope[k] - likelihood_slope[k];
      search.tell(-value, prior_slope);
    }
    return search;
  };
  // all is noise, or nothing is: often both are a maximum
  const BoxMinimizer noisy = climb(0, 0), exact = climb(std::log(4), std::log(1e-3));
  return parameters_at(exact.value() < noisy.value() ? exact.best() : noisy.best());
}

GaussianProcess::GaussianProcess(Observations seen, KernelParameters parameters)
    : seen_(std::move(seen)), parameters_(std::move(parameters)) {
  factorise();
}

void GaussianProcess::factorise() {
  const auto n = static_cast<int>(seen_.inputs.size());
  const auto covariance = [&](double noise) {
    Square out(n);
    for (int i = 0; i < n; ++i) {
      out(i, i) = parameters_.scale + noise;
      for (int j = 0; j < i; ++j)
        out(i, j) =
            parameters_.scale * Matern(squared_distance(seen_, parameters_, seen_.inputs[i], seen_.inputs[j])).value;
    }
    return out;
  };
  // points on top of each other, and a noise too small for them: more of it, until it is enough
  for (double noise = parameters_.noise;; noise *= 10) {
    factor_ = covariance(noise);
    if (cholesky(factor_)) break;
  }
  weights_ = seen_.targets;
  solve_lower(factor_, weights_, false);
  solve_lower(factor_, weights_, true);
}

void GaussianProcess::believe(const std::vector<std::vector<double>>& points) {
  for (const Posterior& expected : posterior(points, false)) seen_.targets.push_back(expected.mean);
  seen_.inputs.insert(seen_.inputs.end(), points.begin(), points.end());
  factorise();
}

std::vector<GaussianProcess::Posterior> GaussianProcess::posterior(const std::vector<std::vector<double>>& points,
                                                                   bool slopes) const {
  const std::size_t n = seen_.inputs.size(), d = seen_.is_category.size();
  std::vector<double> solved, by_square;  // each [points, n]
  for (const auto& point : points)
    for (const auto& input : seen_.inputs) {
      const Matern at(squared_distance(seen_, parameters_, point, input));
      solved.push_back(parameters_.scale * at.value);
      if (slopes) by_square.push_back(parameters_.scale * at.slope);
    }
  std::vector<Posterior> out(points.size());
  for (std::size_t m = 0; m < points.size(); ++m)
    for (std::size_t i = 0; i < n; ++i) out[m].mean += solved[m * n + i] * weights_[i];
  solve_lower(factor_, solved, false);
  for (std::size_t m = 0; m < points.size(); ++m) {
    double explained = 0;
    for (std::size_t i = 0; i < n; ++i) explained += solved[m * n + i] * solved[m * n + i];
    out[m].variance = std::max(0.0, parameters_.scale - explained);
  }
  if (!slopes) return out;
  solve_lower(factor_, solved, true);
  for (std::size_t m = 0; m < points.size(); ++m) {
    Posterior& at = out[m];
    at.mean_slope.assign(d, 0);
    at.variance_slope.assign(d, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const double mean = 2 * by_square[m * n + i] * weights_[i],
                   variance = -4 * by_square[m * n + i] * solved[m * n + i];
      for (std::size_t k = 0; k < d; ++k) {
        if (seen_.is_category[k]) continue;
        const double apart = parameters_.inverse_squares[k] * (points[m][k] - seen_.inputs[i][k]);
        at.mean_slope[k] += mean * apart;
        at.variance_slope[k] += variance * apart;
      }
    }
  }
  return out;
}

LogImprovement log_improvement(double mean, double deviation, double best) {
  // value = log(deviation h(z)), h(z) = z Phi(z) + phi(z), h' = Phi
  const double z = (mean - best) / deviation;
  const double log_density = -0.5 * z * z - 0.5 * std::log(2 * std::numbers::pi);
  if (z >= -25) {
    const double density = std::exp(log_density), below = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    const double h = z * below + density;
    return {std::log(h) + std::log(deviation), below / h / deviation, density / h / deviation};
  }
  // h / phi = 1/z^2 - 3/z^4 + 15/z^6 - ..., of which so far out eight terms are exact to the last digits
  double term = 1 / (z * z), ratio = 0;
  for (int k = 1; k <= 8; ++k) {
    ratio += term;
    term *= -(2 * k + 1) / (z * z);
  }
  return {log_density + std::log(ratio) + std::log(deviation), (ratio - 1) / z / ratio / deviation,
          1 / ratio / deviation};
}

}  // namespace ubp::search
