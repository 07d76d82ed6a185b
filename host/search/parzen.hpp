// SPDX-License-Identifier: MIT
// A density over a few dimensions, made of one kernel around each observation and a wide one, the prior.
//
// J. Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 24, 2011, and ICML 2013; the kernels' product
// over dimensions: S. Falkner et al., "BOHB", ICML 2018; what each rule is worth: S. Watanabe, arXiv:2304.11127.
//
//   p(x) = sum_k w_k prod_d p_kd(x_d)      k: observations, then the prior (weight 1 before normalisation)
//
// A number's kernel is a normal distribution cut at the bounds - of the logarithm, where that is searched; of values on
// steps its mass between the middles of neighbouring steps. A class has the kernel "1/K everywhere, 1 more at the
// observed one", normalised, for K kernels. The prior is centred, as wide as the range; for classes uniform.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/random.hpp"
#include "search/space.hpp"

namespace ubp::search {

/// How wide a number's kernels are, before they are cut to [narrowest, range].
enum class ParzenRule {
  neighbours,             ///< the larger gap to the two neighbours; of the first and the last the inner one (Optuna 5)
  optuna31_independent,   ///< the same with the prior's centre as a neighbour
  optuna31_multivariate,  ///< 0.2 n^(-1/(d+4)) range
};
// Optuna 3.1's density misses the factor 1/width where values are a continuum, and has integers under a log as one:
// those two rules do as it did, for comparisons with it.

struct ParzenOptions {
  ParzenRule rule = ParzenRule::neighbours;
  double narrowest = 0.3;  ///< in units of range / min(100, K + 1), which is Optuna's
};

class Parzen {
 public:
  /// [dimension][observation or candidate]: the values of points, all active
  using Columns = std::vector<std::vector<double>>;

  /// `observations`: oldest first; `weights`: one for each.
  Parzen(std::vector<const Dimension*> dimensions, const Columns& observations, std::vector<double> weights,
         ParzenOptions options = {});

  /// Independent draws of points.
  Columns sample(Random&, std::size_t count) const;

  /// For each point the logarithm of p; of numbers under a log the density of the logarithm.
  std::vector<double> log_density(const Columns& points) const;

 private:
  /// One dimension of all kernels, by kernel.
  struct Axis {
    const Dimension* dimension = nullptr;
    bool cells = false;          ///< masses of steps, not a density
    double low = 0, high = 0;    ///< of numbers, as they are searched: with half a step more, or a log
    std::vector<double> centre;  ///< of classes: the observed one; of the prior: -1
    std::vector<double> width;   ///< of numbers
    std::vector<std::pair<double, double>> distinct;  ///< of steps: (centre, width), each once ...
    std::vector<std::size_t> which;                   ///< ... and which of them a kernel has
    double log_hit = 0, log_miss = 0, log_prior = 0;  ///< of classes

    void place(const std::vector<double>& values, const ParzenOptions& options, std::size_t dimensions);
    void classify(const std::vector<double>& values);
    double draw(std::size_t kernel, double u) const;
    void add_cells(const std::vector<double>& points, std::vector<std::vector<double>>& log_p) const;
  };

  std::vector<Axis> axes_;
  std::vector<double> share_;     ///< by kernel: the sum of the weights up to it
  std::vector<double> constant_;  ///< by kernel: all of its log p that no point changes
};

}  // namespace ubp::search
