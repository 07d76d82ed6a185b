#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints nsga2.hpp: hypervolumes of what Optuna's NSGA-II finds in 1000 configs of ZDT1 and ZDT2 in ten dimensions.

  python3 tests/search/data/nsga2.py > tests/search/data/nsga2.hpp

needs: Optuna; made with 3.1.0
"""
import math

import numpy as np
import optuna
from optuna._hypervolume import WFG

SEEDS = 10


def zdt(which):
    def values(trial):
        x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(10)]
        g = 1 + sum(x[1:])
        return x[0], g * (1 - (math.sqrt(x[0] / g) if which == 1 else (x[0] / g) ** 2))
    return values


optuna.logging.set_verbosity(optuna.logging.ERROR)
print(f"""\
// SPDX-License-Identifier: MIT
// Made by nsga2.py with Optuna {optuna.__version__}: hypervolumes below (1, 6) after 1000 configs, {SEEDS} seeds.
#pragma once
""")
for which in (1, 2):
    found = []
    for seed in range(SEEDS):
        study = optuna.create_study(directions=["minimize"] * 2, sampler=optuna.samplers.NSGAIISampler(seed=seed))
        study.optimize(zdt(which), n_trials=1000)
        found.append(WFG().compute(np.array([t.values for t in study.best_trials]), np.array([1.0, 6.0])))
    print(f"constexpr double kOptunaZdt{which}[] = {{{', '.join(f'{v:.4f}' for v in found)}}};")
