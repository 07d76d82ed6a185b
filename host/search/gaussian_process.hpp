// SPDX-License-Identifier: MIT
// Regression by a Gaussian process, and what it expects of a point that was not tried.
//
// Kernel: scale * (1 + s + s^2/3) exp(-s), s^2 = 5 sum_j l_j (x_j - x'_j)^2 (Matern 5/2 with a length-scale 1/sqrt(l_j)
// for each coordinate; of a category the difference is 0 or 1); Rasmussen & Williams, Gaussian Processes for Machine
// Learning, 2006, 4.2 and 5.4. Values are to be maximised, of mean 0 and standard deviation 1.
#pragma once

#include <vector>

#include "search/linear_algebra.hpp"

namespace ubp::search {

struct KernelParameters {
  std::vector<double> inverse_squares;  ///< l_j
  double scale = 1;
  double noise = 1;  ///< variance, at least kLeastNoise
};

constexpr double kLeastNoise = 1e-6;

/// What a process is fitted to.
struct Observations {
  std::vector<bool> is_category;            ///< by coordinate
  std::vector<std::vector<double>> inputs;  ///< each a point: coordinates of unit range, or the index of a category
  std::vector<double> targets;
};

/// log p(targets | parameters) without its constant -n/2 log(2 pi); its derivatives by the logarithms of l_j, of the
/// scale and of noise - kLeastNoise, in this order. -inf if the covariance is not positive definite.
double log_likelihood(const Observations&, const KernelParameters&, std::vector<double>* gradient = nullptr);

/// Of parameters, as in Optuna's GPSampler but for two numbers: -(0.1/l + short_scales l), Gamma(2, 1) of the scale,
/// Gamma(1.1, noise_rate) of the noise.
///
/// With Optuna's numbers a function with many minima is likelier noise around a bowl than a function with short
/// length-scales while no two results are near each other, and only the ground of the bowl is searched. A trial is a
/// function of its spec, so ours take it for shape; where results that are near each other differ, it is still noise.
struct KernelPrior {
  double short_scales = 0.02;
  double noise_rate = 300;
  static KernelPrior optuna5() { return {0.1, 30}; }
};

/// log p(parameters) but for a constant; its derivatives as those of log_likelihood.
double log_prior(const KernelParameters&, const KernelPrior& = {}, std::vector<double>* gradient = nullptr);

/// The most probable parameters: of two local maxima, one found from noise and one from next to none, the higher one.
KernelParameters fit(const Observations&, const KernelPrior& = {});

/// The process given what was observed. Threads: one at a time.
class GaussianProcess {
 public:
  GaussianProcess(Observations, KernelParameters);

  /// Counts each point as observed, with the value that is expected there (kriging believer: Ginsbourger, Le Riche,
  /// Carraro 2010): what is running is not tried again next to itself.
  void believe(const std::vector<std::vector<double>>& points);

  /// At each of `points`: mean and variance of the function, without noise; with `slopes` also their derivatives by the
  /// coordinates, 0 by categories.
  struct Posterior {
    double mean = 0, variance = 0;
    std::vector<double> mean_slope, variance_slope;
  };
  std::vector<Posterior> posterior(const std::vector<std::vector<double>>& points, bool slopes) const;

  const Observations& observations() const { return seen_; }
  const KernelParameters& parameters() const { return parameters_; }

 private:
  void factorise();

  Observations seen_;
  KernelParameters parameters_;
  Square factor_;                ///< Cholesky's, of covariance + noise
  std::vector<double> weights_;  ///< (covariance + noise)^-1 targets
};

/// log E[max(0, y - best)] of y ~ N(mean, deviation^2), to 1e-11 also where it is far below the smallest double's
/// logarithm (Ament et al. 2023, arXiv:2310.20708); and its derivatives by mean and deviation.
struct LogImprovement {
  double value = 0, by_mean = 0, by_deviation = 0;
};
LogImprovement log_improvement(double mean, double deviation, double best);

}  // namespace ubp::search
