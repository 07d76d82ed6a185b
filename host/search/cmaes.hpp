// SPDX-License-Identifier: MIT
// A normal distribution that moves, grows and turns towards what was better.
//
// CMA-ES with active covariance update: N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772 (numbers
// of equations are its); discrete dimensions with margin: R. Hamano, S. Saito, M. Nomura, S. Shirakawa, GECCO 2022,
// arXiv:2205.13482; restarts with doubled population: A. Auger, N. Hansen, CEC 2005.
#pragma once

#include <optional>
#include <vector>

#include "engine/random.hpp"
#include "search/linear_algebra.hpp"
#include "search/sampler.hpp"

namespace ubp::search {

/// One run, in coordinates of [0, 1]. Continuous ones stay within; of a discrete one any number is a sample, which
/// stands for the value whose share it lies in.
class Evolution {
 public:
  /// REQUIRES: at least one dimension; no categorical one, each of two values or more; population >= 4.
  Evolution(std::vector<Dimension>, std::vector<double> mean, double sigma, std::size_t population);

  static std::size_t usual_population(std::size_t dimensions);  ///< 4 + floor(3 ln d), (48)

  /// Samples until the continuous coordinates are within their bounds, at most 10 d times; then it is clipped.
  std::vector<double> sample(Random&) const;
  /// The coordinates at which a sample is evaluated: discrete ones stretched by the margin's matrix and rounded.
  std::vector<double> rounded(const std::vector<double>& sample) const;

  /// One generation: its samples, best first, and the values of its best and of its worst.
  /// REQUIRES: as many as the population.
  void learn(const std::vector<std::vector<double>>& samples, double best, double worst);

  /// Nothing more is to be found by it: its values no longer differ, it has shrunk to a point or a needle, or has blown
  /// up (Hansen B.3: TolFun, TolX, NoEffectAxis, NoEffectCoord, ConditionCov, TolXUp).
  bool is_spent() const;

  std::size_t population() const { return weights_.size(); }
  const std::vector<double>& mean() const { return mean_; }
  double sigma() const { return sigma_; }
  const Square& covariance() const { return covariance_; }
  const std::vector<double>& margins() const { return stretch_; }  ///< diagonal of Hamano's A

 private:
  std::vector<double> times_inverse_root(const std::vector<double>&) const;
  void decompose();
  void keep_margin();

  std::vector<Dimension> dimensions_;
  std::vector<double> weights_;                          ///< (53), best first
  double mass_, c1_, cmu_, cc_, csigma_, dsigma_, chi_;  ///< mu_eff, (55), (56), ...
  std::vector<double> mean_, path_, sigma_path_, stretch_;
  double sigma_, first_sigma_;
  Square covariance_, axes_;     ///< axes: an eigenvector in each row
  std::vector<double> lengths_;  ///< of the axes: roots of the eigenvalues
  std::size_t generation_ = 0;
  std::vector<double> recent_;  ///< best and worst values of the last generations, newest last
};

/// All numeric dimensions by one distribution, categories uniformly. Looks at the first value only.
///
/// A config belongs to the generation that was open when it was proposed; a generation closes when as many of its
/// results are in as its population, in the order in which they were told, and what comes later is not looked at. So
/// slots that run besides sample the same distribution. A pruned config is worse than all that completed, a failed one
/// worse than those. A dimension that is not active at a point was sampled all the same, and drifts.
class CmaEsSampler final : public Sampler {
 public:
  Point propose(const Question&) override;

 private:
  /// What follows from the results that were known to a config; the next one's is computed from it.
  struct Course {
    std::uint64_t seed = 0;
    std::vector<Dimension> dimensions;
    History configs;  ///< whose samples are known; running: its result is not yet in
    std::vector<std::vector<double>> samples;
    std::vector<std::size_t> generations;  ///< by config
    std::size_t generation = 0;            ///< the one that is open
    std::vector<std::size_t> results;      ///< of it: numbers of configs
    std::optional<Evolution> run;          ///< nothing: no dimension is numeric
  };
  bool leads_to(const Question&) const;
  void begin(const Question&);
  void close(const Question&, std::int64_t number);

  Course course_;
};

}  // namespace ubp::search
