// SPDX-License-Identifier: MIT
// The tree-structured Parzen estimator: a density of the better configs, one of the others, and the proposal is where
// their ratio is largest.
//
// J. Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 24, 2011; several objectives: Y. Ozaki et
// al., "Multiobjective tree-structured Parzen estimator", JAIR 73, 2022. Dimensions that are always active together
// have one joint density, those of several objectives one each, and a config that still runs counts among the worse
// ones, so that nobody repeats it: all of that as in Optuna 5.0.0 (optuna/samplers/_tpe).
//
// Three rules are not Optuna's, all among those that S. Watanabe compares in arXiv:2304.11127: kernels may be narrower,
// the better configs weigh in proportion to how much better they are than the best of the worse ones (there: weighting
// by expected improvement), and there are more candidates. TpeOptions::optuna5() has none of them.
// tests/bench/samplers.py shows what they are worth.
//
// A config that failed is among the worse ones, too, and counts in no other way: where one fails, others do. One that
// was stopped early is worse than all that ended, and the better the further it came.
#pragma once

#include <cstdint>
#include <vector>

#include "search/parzen.hpp"
#include "search/sampler.hpp"

namespace ubp::search {

struct TpeOptions {
  std::size_t startup = 10;     ///< so many configs have to have ended, or been stopped: until then points are uniform
  std::size_t candidates = 48;  ///< drawn from the density of the better ones
  bool independent = false;     ///< a density for each dimension, also with one objective
  bool by_improvement = true;   ///< the better ones' weights; false: by age, as the others'
  ParzenOptions parzen = {};

  static TpeOptions optuna5() { return {.candidates = 24, .by_improvement = false, .parzen = {.narrowest = 1}}; }
};

/// How many of `n` configs are the better ones.
std::size_t tpe_below(std::size_t n, bool several_objectives);

/// Weights of `n` observations by age, oldest first: beyond 25, the older ones count less.
std::vector<double> tpe_weights(std::size_t n);

/// Weights of `values`, smaller ones being better: how far each is below `bound`, 1 on average; all 1 where none is.
/// REQUIRES: no value is above the bound.
std::vector<double> tpe_weights_by_improvement(const std::vector<double>& values, double bound);

/// Config numbers of the better ones and of the others, ascending.
struct TpeSplit {
  std::vector<std::size_t> below, above;
};
TpeSplit tpe_split(const History&);

/// Every further attempt has half of the candidates of the one before, and one from the ninth on is uniform: so a
/// proposal that could not be used is not made again and again.
class TpeSampler final : public Sampler {
 public:
  explicit TpeSampler(TpeOptions options = {}) : options_(options) {}
  Point propose(const Question&) override;

 private:
  TpeOptions options_;
};

}  // namespace ubp::search
