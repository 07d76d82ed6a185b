// SPDX-License-Identifier: MIT
// Ranks, crowding and hypervolumes: by hand, by Optuna, and by counting.
#include "search/pareto.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "data/pareto.hpp"
#include "engine/random.hpp"

using namespace ubp::search;

TEST_CASE("hypervolumes that can be counted by hand") {
  CHECK(hypervolume({{1, 2, 3}, {2, 1, 3}, {3, 3, 1}, {2, 2, 2}}, {4, 4, 4}) == 13);
  CHECK(hypervolume({{1, 3}, {2, 2}, {3, 1}}, {4, 4}) == 6);
  CHECK(hypervolume({{1}, {3}}, {4}) == 3);
  CHECK(hypervolume({}, {4, 4}) == 0);
  CHECK(hypervolume({{4, 0}, {5, 1}}, {4, 4}) == 0);
  CHECK(hypervolume({{1, 1}, {1, 1}, {2, 2}, {9, 0}}, {4, 4}) == 9);
}

TEST_CASE("ranks, hypervolumes and subsets of random points are Optuna's") {
  for (const ParetoCase& c : kParetoCases) {
    CHECK(domination_ranks(c.points) == c.ranks);
    CHECK(hypervolume(c.points, c.reference) == Approx(c.hypervolume).epsilon(1e-12));
    Front front;
    std::vector<std::size_t> number;
    for (std::size_t i = 0; i < c.points.size(); ++i)
      if (c.ranks[i] == 0) front.push_back(c.points[i]), number.push_back(i);
    std::vector<std::size_t> subset;
    for (const std::size_t i : largest_subset(front, c.reference, c.subset.size())) subset.push_back(number[i]);
    CHECK(subset == c.subset);
  }
}

TEST_CASE("a hypervolume is the share of random points that are dominated") {
  // 20000 points: sd of the share at most 0.0036; the bound is five of it.
  ubp::Random random(3, "pareto");
  for (const ParetoCase& c : kParetoCases) {
    std::vector<double> x(c.reference.size());
    int inside = 0;
    for (int i = 0; i < 20000; ++i) {
      random.uniform(x, 0, 1.1);
      inside += std::any_of(c.points.begin(), c.points.end(), [&](const auto& p) { return dominates(p, x); });
    }
    const double whole = std::pow(1.1, static_cast<double>(x.size()));
    CHECK(std::abs(inside / 20000.0 - hypervolume(c.points, c.reference) / whole) < 0.018);
  }
}

TEST_CASE("equal points share a rank, and one of them is enough for a volume") {
  const Front points = {{1, 2}, {2, 1}, {1, 2}, {2, 2}, {3, 3}};
  CHECK(domination_ranks(points) == std::vector<std::size_t>{0, 0, 0, 1, 2});
  CHECK(largest_subset(points, {4, 4}, 3) == std::vector<std::size_t>{0, 1, 2});
  CHECK(largest_subset({{1, 1}, {1, 1}, {1, 1}}, {2, 2}, 3) == std::vector<std::size_t>{0, 1, 2});
  CHECK(domination_ranks({}).empty());
}

TEST_CASE("crowding is the neighbours' box, and without bound at the ends") {
  const std::vector<double> distance = crowding_distances({{0, 4}, {3, 1}, {1, 3}, {4, 0}});
  CHECK(std::isinf(distance[0]));
  CHECK(std::isinf(distance[3]));
  CHECK(distance[1] == Approx(0.75 + 0.75));  // between (1, 3) and (4, 0)
  CHECK(distance[2] == Approx(0.75 + 0.75));  // between (0, 4) and (3, 1)
  CHECK(crowding_distances({{2, 2}, {2, 2}}) == std::vector<double>{0, 0});
  CHECK(crowding_distances({}).empty());
}
