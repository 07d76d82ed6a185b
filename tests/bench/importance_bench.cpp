// SPDX-License-Identifier: MIT
// importance_bench [CONFIGS]: the processor time of the importances of so many configs (default: 1000), by dimensions.
#include <cmath>
#include <ctime>
#include <string>

#include <fmt/core.h>

#include "engine/random.hpp"
#include "search/importance.hpp"

using namespace ubp;
using namespace ubp::search;

namespace {

template <class Work>
double seconds(Work&& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t configs = argc > 1 ? std::stoul(argv[1]) : 1000;
  for (const std::size_t dimensions : {2, 5, 10, 20}) {
    Space space;
    space.dimensions.resize(dimensions);
    for (std::size_t i = 3; i < dimensions; i += 4) space.dimensions[i] = {"", Dimension::Kind::categorical, 0, 3};
    Results results{space, {}, {}};
    Random random(1, "bench");
    for (std::size_t k = 0; k < configs; ++k) {
      Point point;
      for (const Dimension& d : space.dimensions)
        point.push_back(d.discrete() ? static_cast<double>(random.below(4)) : random.next_uniform());
      results.values.push_back(4 * point[0] + point[1] * point[1] + 0.3 * random.next_uniform());
      results.points.push_back(std::move(point));
    }
    const double variance = seconds([&] { analyse_variance(results, 1); });
    const double best = seconds([&] { importance_for_the_best(results, 1); });
    fmt::print("{} configs, {:2} dimensions: fANOVA {:.3f} s, PED-ANOVA {:.3f} s\n", configs, dimensions, variance,
               best);
  }
}
