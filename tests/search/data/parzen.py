#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints parzen_optuna5.hpp or, with Optuna 3.1, parzen_optuna31.hpp: log l - log g of Optuna's own estimators.

NumPy's argsort is made stable first: otherwise, which of equal observations gets which width is its processor's choice.

  python3 tests/search/data/parzen.py > tests/search/data/parzen_optuna5.hpp

needs: Optuna; made with 5.0.0 and with 3.1.0
"""
import functools

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

np.argsort = functools.partial(np.argsort, kind="stable")
OLD = optuna.__version__.startswith("3.1")
NAME = "31" if OLD else "5"
SPACES = {
    "real": {"x": FloatDistribution(-3, 7)},
    "log": {"x": FloatDistribution(1e-5, 1e-1, log=True)},
    "integer": {"x": IntDistribution(1, 40)},
    "integer log": {"x": IntDistribution(1, 500, log=True)},
    "steps": {"x": FloatDistribution(0, 1, step=0.125)},
    "integer steps": {"x": IntDistribution(2, 32, step=3)},
    "class": {"x": CategoricalDistribution((0, 1, 2, 3))},
    "all": {"a": FloatDistribution(-3, 7), "b": FloatDistribution(1e-5, 1e-1, log=True), "c": IntDistribution(1, 40),
            "d": IntDistribution(1, 500, log=True), "e": FloatDistribution(0, 1, step=0.125),
            "f": CategoricalDistribution((0, 1, 2, 3))},
}


def draw(rng, distribution, count):
    if isinstance(distribution, CategoricalDistribution):
        return rng.randint(0, len(distribution.choices), count).astype(float)
    low, high = distribution.low, distribution.high
    if distribution.log:
        values = np.exp(rng.uniform(np.log(low), np.log(high), count))
    else:
        values = rng.uniform(low, high, count)
    step = distribution.step
    if step:
        values = low + np.round((values - low) / step) * step
    return np.array([float(f"{value:.6g}") for value in values])


def dimension(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return f'{{"", Dimension::Kind::categorical, 0, {len(distribution.choices) - 1}, false, 1}}'
    kind = "integer" if isinstance(distribution, IntDistribution) else "real"
    return (f'{{"", Dimension::Kind::{kind}, {float(distribution.low)!r}, {float(distribution.high)!r}, '
            f'{str(distribution.log).lower()}, {float(distribution.step or 0)!r}}}')


def log_density(space, observations, points, multivariate):
    parameters = dict(prior_weight=1.0, consider_magic_clip=True, consider_endpoints=False, weights=default_weights,
                      multivariate=multivariate)
    if OLD:
        parameters["consider_prior"] = True
    whole = {k: v.astype(int) if isinstance(space[k], CategoricalDistribution) else v for k, v in points.items()}
    return _ParzenEstimator(observations, space, _ParzenEstimatorParameters(**parameters)).log_pdf(whole)


def braces(values):
    return "{" + ", ".join(repr(float(value)) for value in values) + "}"


print(f"""\
// SPDX-License-Identifier: MIT
// Made by parzen.py with Optuna {optuna.__version__}.
#pragma once

#include "data/parzen_case.hpp"

const std::vector<ParzenCase> kParzenOptuna{NAME} = {{""")
for name, space in SPACES.items():
    for rule in ("optuna31_independent", "optuna31_multivariate") if OLD else ("neighbours",):
        if rule == "optuna31_independent" and len(space) > 1:
            continue
        rng = np.random.RandomState(len(space) + len(name))
        below, above, points = [{k: draw(rng, d, n) for k, d in space.items()} for n in (4, 29, 9)]
        multivariate = rule != "optuna31_independent"
        ratio = log_density(space, below, points, multivariate) - log_density(space, above, points, multivariate)
        print(f'    {{"{name}", ParzenRule::{rule},')
        print("     {" + ",\n      ".join(dimension(d) for d in space.values()) + "},")
        for columns in (below, above, points):
            print("     {" + ",\n      ".join(braces(c) for c in columns.values()) + "},")
        print(f"     {braces(ratio)}}},")
print("};")
