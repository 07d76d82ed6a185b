#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints pareto.hpp: random points, and what Optuna says of their ranks, hypervolume and greedy subsets.

  python3 tests/search/data/pareto.py > tests/search/data/pareto.hpp

needs: Optuna; made with 5.0.0
"""
import numpy as np
from optuna._hypervolume import compute_hypervolume
from optuna._hypervolume.hssp import _solve_hssp
from optuna.study._multi_objective import _fast_non_domination_rank

print("""\
// SPDX-License-Identifier: MIT
// Made by pareto.py: what Optuna 5.0.0 says of random points.
#pragma once

#include <vector>

struct ParetoCase {
  std::vector<std::vector<double>> points;
  std::vector<double> reference;
  std::vector<std::size_t> ranks;
  double hypervolume;
  std::vector<std::size_t> subset;  ///< half of those of rank 0, by the greedy choice
};

const std::vector<ParetoCase> kParetoCases = {""")


def braces(values):
    return "{" + ", ".join(repr(value) for value in values) + "}"


rng = np.random.RandomState(1)
for objectives in (2, 3, 4):
    points = rng.rand(20, objectives)
    points = np.round(1 - 0.9 * points * (1 - 0.3 * rng.rand(20, 1)) / np.linalg.norm(points, axis=1)[:, None], 3)
    reference = np.full(objectives, 1.1)
    ranks = _fast_non_domination_rank(points)
    front = np.flatnonzero(ranks == 0)
    subset = _solve_hssp(points[front], front, len(front) // 2, reference)
    print("    {{" + ",\n      ".join(braces(p) for p in points.tolist()) + "},")
    print(f"     {braces(reference.tolist())},\n     {braces(ranks.tolist())},")
    print(f"     {float(compute_hypervolume(points, reference))!r},\n     {braces(subset.tolist())}}},")
print("};")
