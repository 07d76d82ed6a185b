// SPDX-License-Identifier: MIT
// Where a Gaussian process expects the largest improvement.
//
// Expected improvement: Jones, Schonlau, Welch, J. Global Optim. 13, 1998; its logarithm, which has slopes everywhere:
// Ament et al. 2023, arXiv:2310.20708; running configs as kriging believers: Ginsbourger, Le Riche, Carraro 2010.
#pragma once

#include "search/gaussian_process.hpp"
#include "search/sampler.hpp"

namespace ubp::search {

/// The first kStartup results are of uniformly random points. Looks at the first value only. A failed config counts as
/// the worst that completed, a pruned one by its last value, but as no better than the median and no worse than the
/// worst. Inactive dimensions lie in the middle of their interval; an inactive category differs from all others.
///
/// The kernel's parameters are fitted to the first results that were told, at the numbers of them where
/// is_fitted_at() says so, from scratch: so they are the same whoever computes them again, and between two fits a
/// proposal costs little.
class GaussianProcessSampler final : public Sampler {
 public:
  static constexpr std::size_t kStartup = 10;
  static bool is_fitted_at(std::size_t results);

  Point propose(const Question&) override;

 private:
  const KernelParameters& parameters_of(Observations);

  Observations fitted_;  ///< what parameters_ were fitted to
  KernelParameters parameters_;
};

}  // namespace ubp::search
