#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/reference.json: what cmaes 0.13.1, Optuna 5.0.0 (with PyTorch 2.15.0), scikit-learn 1.9.1 and mpmath
make of small inputs, which it holds, too."""
import json
import math
import pathlib
import warnings

import cmaes
import mpmath
import numpy as np
import optuna
import torch
from optuna._gp import gp
from optuna._gp.prior import default_log_prior
from sklearn.gaussian_process import GaussianProcessRegressor, kernels

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def numbers(array):
    return np.asarray(array, dtype=float).tolist()


def state(cma):
    return {"mean": numbers(cma._mean), "sigma": float(cma._sigma), "covariance": numbers(cma._C)}


def evolution(dimension, generations):
    """A run in the unit box; of each generation the samples, best first, and what was learnt."""
    cma = cmaes.CMA(np.full(dimension, 0.5), 1 / 6, np.array([[0.0, 1.0]] * dimension), seed=3)
    out = []
    for _ in range(generations):
        told = [(x, float(np.sum((np.arange(1, dimension + 1) * (x - 0.3)) ** 2) + x[0] * x[1]))
                for x in (cma.ask() for _ in range(cma.population_size))]
        told.sort(key=lambda pair: pair[1])
        cma.tell(list(told))
        out.append({"samples": [numbers(x) for x, _ in told], "values": [v for _, v in told], **state(cma)})
    return out


def evolution_with_margin(counts, generations):
    """As above; counts[i] values of a discrete coordinate, in the middle of their shares, or 0 for a continuous one."""
    bounds = np.array([[0.5 / n, 1 - 0.5 / n] if n else [0.0, 1.0] for n in counts])
    steps = np.array([1 / n if n else 0.0 for n in counts])
    cma = cmaes.CMAwM(np.full(len(counts), 0.5), 1 / 6, bounds, steps, seed=5)
    out = []
    for _ in range(generations):
        told = []
        for _ in range(cma.population_size):
            rounded, x = cma.ask()
            told.append((x, float(np.sum((rounded - np.linspace(0.1, 0.9, len(counts))) ** 2)), rounded))
        told.sort(key=lambda triple: triple[1])
        cma.tell([(x, v) for x, v, _ in told])
        # the package finds quantiles of the normal by bisection, to about 1e-15
        out.append({"samples": [numbers(x) for x, _, _ in told], "rounded": [numbers(r) for _, _, r in told],
                    "values": [v for _, v, _ in told], "stretch": numbers(cma._A), **state(cma._cma)})
    return out


def regression(rng, category):
    """Of 14 points: likelihood with its slopes, posterior at five points with its slopes; the fit."""
    x, at = rng.random((14, 3)), rng.random((5, 3))
    if category:
        x[:, 2], at[:, 2] = np.floor(3 * x[:, 2]), np.floor(3 * at[:, 2])
    y = np.sin(5 * x[:, 0]) + x[:, 1] ** 2 - 0.3 * x[:, 2]
    y = (y - y.mean()) / y.std()
    inverse_squares, scale, noise = np.array([3.0, 0.7, 0.4]), 1.3, 0.02
    kind = torch.tensor([False, False, category])

    logs = torch.tensor(np.log([*inverse_squares, scale, noise - 1e-6]), requires_grad=True)
    process = gp.GPRegressor(kind, torch.tensor(x), torch.tensor(y), torch.exp(logs[:3]), torch.exp(logs[3]),
                             torch.exp(logs[4]) + 1e-6)
    likelihood = process.marginal_log_likelihood()
    likelihood_slope, = torch.autograd.grad(likelihood, logs, retain_graph=True)
    prior = default_log_prior(process)
    prior_slope, = torch.autograd.grad(prior, logs)

    process._cache_matrix()
    points = torch.tensor(at, requires_grad=True)
    mean, variance = process.posterior(points)
    mean_slope, = torch.autograd.grad(mean.sum(), points, retain_graph=True)
    variance_slope, = torch.autograd.grad(variance.sum(), points)
    fitted = gp.fit_kernel_params(x, y, kind.numpy(), default_log_prior, 1e-6, False, gtol=1e-6)
    out = {
        "is_category": [False, False, category], "x": numbers(x), "y": numbers(y), "at": numbers(at),
        "inverse_squares": numbers(inverse_squares), "scale": scale, "noise": noise,
        "likelihood": float(likelihood), "likelihood_slope": numbers(likelihood_slope),
        "prior": float(prior), "prior_slope": numbers(prior_slope),
        "mean": numbers(mean.detach()), "variance": numbers(variance.detach()), "mean_slope": numbers(mean_slope),
        "variance_slope": numbers(variance_slope),
        "fitted": float(fitted.marginal_log_likelihood() + default_log_prior(fitted)),
    }
    if not category:  # the second witness
        kernel = kernels.ConstantKernel(scale) * kernels.Matern(1 / np.sqrt(inverse_squares), nu=2.5)
        other = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None).fit(x, y)
        m, s = other.predict(at, return_std=True)
        constant = len(x) / 2 * math.log(2 * math.pi)
        np.testing.assert_allclose(other.log_marginal_likelihood_value_ + constant, out["likelihood"], rtol=1e-12)
        np.testing.assert_allclose(m, out["mean"], rtol=1e-9)
        np.testing.assert_allclose(s ** 2, out["variance"], rtol=1e-9)
    return out


def improvement():
    mpmath.mp.dps = 60
    out = []
    for z in [8, 3, 0.5, 0, -1, -5, -12.5, -24.9, -25.1, -30, -100, -1e3, -1e5]:
        deviation = mpmath.mpf("0.25")
        x = mpmath.mpf(z)
        below, density = mpmath.ncdf(x), mpmath.npdf(x)
        h = x * below + density
        out.append([float(z * deviation + 2), 0.25, 2.0, float(mpmath.log(deviation * h)),
                    float(below / h / deviation), float(density / h / deviation)])
    return out


def becoming_good(rng):
    """Trials of a space with every kind of dimension; shares by Optuna's PED-ANOVA."""
    space = {
        "real": optuna.distributions.FloatDistribution(-1, 3),
        "log": optuna.distributions.FloatDistribution(1e-4, 10, log=True),
        "step": optuna.distributions.FloatDistribution(0, 1, step=0.05),
        "integer": optuna.distributions.IntDistribution(1, 200),
        "integer_log": optuna.distributions.IntDistribution(1, 1000, log=True),
        "class": optuna.distributions.CategoricalDistribution(["a", "b", "c"]),
        "conditional": optuna.distributions.FloatDistribution(0, 1),
    }
    study, points, values = optuna.create_study(), [], []
    for _ in range(150):
        p = {
            "real": rng.uniform(-1, 3), "log": float(10 ** rng.uniform(-4, 1)), "step": rng.integers(21) * 0.05,
            "integer": int(rng.integers(1, 201)), "integer_log": int(round(10 ** rng.uniform(0, 3))),
            "class": "abc"[rng.integers(3)], "conditional": rng.random(),
        }
        if p["class"] == "a":
            del p["conditional"]
        value = p["real"] ** 2 + 0.1 * math.log10(p["log"]) ** 2 + p["step"] + 0.002 * p["integer"]
        value += 0.3 * "bca".index(p["class"]) + 0.8 * p.get("conditional", 0.5)
        study.add_trial(optuna.trial.create_trial(params=p, distributions={k: space[k] for k in p}, value=value))
        points.append([p.get(k) if k != "class" else "abc".index(p[k]) for k in space])
        values.append(value)
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {"points": points, "values": values, "shares": [shares[k] for k in space]}


def main():
    rng = np.random.default_rng(7)
    out = {
        "evolution": evolution(5, 8),
        "evolution_with_margin": {"counts": [0, 2, 11, 0, 3], **{"generations": evolution_with_margin(
            [0, 2, 11, 0, 3], 25)}},
        "regression": [regression(rng, False), regression(rng, True)],
        "improvement": improvement(),
        "becoming_good": becoming_good(rng),
    }
    path = pathlib.Path(__file__).parent / "data" / "reference.json"
    path.write_text(json.dumps(out, indent=None, separators=(",", ":")).replace("},{", "},\n{") + "\n")


main()
