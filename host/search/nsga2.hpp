// SPDX-License-Identifier: MIT
// NSGA-II: a population of configs whose children replace the worse of them, generation by generation.
//
// K. Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans. Evol. Comput. 6(2), 2002.
// Numbers are crossed and mutated as their bounded SBX and polynomial mutation do (K. Deb and R. B. Agrawal, Complex
// Systems 9, 1995; K. Deb and S. Agrawal, KanGAL 99002, 1999), on the scale on which they are searched; a class comes
// from either parent, and a mutation draws it anew.
#pragma once

#include "search/sampler.hpp"

namespace ubp::search {

struct Nsga2Options {
  std::size_t population = 50;
  double crossover = 0.9;       ///< how often a child has two parents
  double crossover_index = 20;  ///< of SBX: the larger, the closer to the parents
  double mutation_index = 20;   ///< of the polynomial mutation, likewise; each value mutates with one over their number
};

/// With every `population` results that become known, in the order of their told_at, the parents are chosen anew, as
/// many again: the best of these results and of the parents before. (So a late result of an early child is not lost,
/// as it would be if generations were told apart by who was proposed in which.) Until the first such choice points are
/// uniform. Configs that failed or were stopped early are nobody's parents.
class Nsga2Sampler final : public Sampler {
 public:
  explicit Nsga2Sampler(Nsga2Options options = {}) : options_(options) {}
  Point propose(const Question&) override;

 private:
  Nsga2Options options_;
};

}  // namespace ubp::search
