#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How good is what samplers find, and how long do they think? tests/bench/samplers.py SAMPLER_BENCH [option ...]

Minimises five test functions with each sampler and prints one table a function: the median regret over seeds (smallest
value found less the minimum) with its quartiles, and milliseconds of processor time a proposal. --peer PYTHON, once for
each interpreter that can import Optuna or Rustuna, adds their samplers; beside each the mean difference of log regret,
ours of that name less theirs, seeds paired, with its 95 % interval: below zero ours found better values. --keep FOLDER
keeps what peers found there and runs them only where it lacks something.
--smoke: few seeds of ours; checks that every row is there and that tpe beats random.

  ninja -C build/release tests/bench/sampler_bench
  tests/bench/samplers.py build/release/tests/bench/sampler_bench --seeds 100 --peer python3

needs: nothing; Optuna 3.1 for Debian's python3-optuna, 5 and Rustuna from PyPI
"""
import argparse
import math
import pathlib
import statistics
import subprocess
import sys
import time

FUNCTIONS = {  # dimensions: bounds of each
    "branin": [(-5, 10), (0, 15)],
    "hartmann6": [(0, 1)] * 6,
    "rastrigin5": [(-5.12, 5.12)] * 5,
    "ackley5": [(-32.768, 32.768)] * 5,
    "rosenbrock4": [(-5, 10)] * 4,
}
MINIMA = {"branin": 0.397887357729739, "hartmann6": -3.32236801141551}
SAMPLERS = ["random", "sobol", "tpe", "tpe-independent", "nsga2"]


def value(function, x):
    pi, cos, exp = math.pi, math.cos, math.exp
    if function == "branin":
        a = x[1] - 5.1 / (4 * pi * pi) * x[0] * x[0] + 5 / pi * x[0] - 6
        return a * a + 10 * (1 - 1 / (8 * pi)) * cos(x[0]) + 10
    if function == "hartmann6":
        rows = [
            (1, [10, 3, 17, 3.5, 1.7, 8], [.1312, .1696, .5569, .0124, .8283, .5886]),
            (1.2, [.05, 10, 17, .1, 8, 14], [.2329, .4135, .8307, .3736, .1004, .9991]),
            (3, [3, 3.5, 1.7, 10, 17, 8], [.2348, .1451, .3522, .2883, .3047, .6650]),
            (3.2, [17, 8, .05, 10, .1, 14], [.4047, .8828, .8732, .5743, .1091, .0381]),
        ]
        return -sum(w * exp(-sum(a * (v - p) ** 2 for a, v, p in zip(scales, x, at))) for w, scales, at in rows)
    if function == "rastrigin5":
        return 10 * len(x) + sum(v * v - 10 * cos(2 * pi * v) for v in x)
    if function == "ackley5":
        n = len(x)
        return (-20 * exp(-0.2 * math.sqrt(sum(v * v for v in x) / n)) - exp(sum(cos(2 * pi * v) for v in x) / n)
                + 20 + math.e)
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def optuna_sampler(name, seed):
    """Optuna's sampler of a name; None: it has none."""
    import optuna
    make = {
        "random": lambda: optuna.samplers.RandomSampler(seed=seed),
        "sobol": lambda: optuna.samplers.QMCSampler(qmc_type="sobol", scramble=True, seed=seed),
        "tpe": lambda: optuna.samplers.TPESampler(multivariate=True, seed=seed),
        "tpe-independent": lambda: optuna.samplers.TPESampler(multivariate=False, seed=seed),
        "nsga2": lambda: optuna.samplers.NSGAIISampler(seed=seed),
        "cmaes": lambda: optuna.samplers.CmaEsSampler(seed=seed),
        "gp": lambda: optuna.samplers.GPSampler(seed=seed, deterministic_objective=True),
    }
    return make[name]() if name in make and (name != "gp" or hasattr(optuna.samplers, "GPSampler")) else None


def rustuna_sampler(name, seed):
    import rustuna
    make = {
        "random": lambda: rustuna.samplers.RandomSampler(seed=seed),
        "tpe": lambda: rustuna.samplers.TPESampler(multivariate=True, seed=seed),
        "tpe-independent": lambda: rustuna.samplers.TPESampler(multivariate=False, seed=seed),
    }
    return make[name]() if name in make else None


def as_peer(library, sampler, function, budget, first, count):
    """What sampler_bench prints, by a library that this interpreter imports."""
    import importlib
    import warnings
    warnings.simplefilter("ignore")
    module = importlib.import_module(library)
    if library == "optuna":
        module.logging.set_verbosity(module.logging.ERROR)
    bounds = FUNCTIONS[function]
    for seed in range(first, first + count):
        made = (optuna_sampler if library == "optuna" else rustuna_sampler)(sampler, seed)
        if made is None:
            return
        study = module.create_study(sampler=made)
        spent, best = 0.0, math.inf
        for _ in range(budget):
            start = time.process_time()
            trial = study.ask()
            x = [trial.suggest_float(f"x{i}", low, high) for i, (low, high) in enumerate(bounds)]
            spent += time.process_time() - start
            y = value(function, x)
            best = min(best, y)
            study.tell(trial.number, y)
        print(best - MINIMA.get(function, 0), f"{spent / budget * 1e6:.3f}", flush=True)


def peers_of(python):
    """[(library, "Name version")] that an interpreter can import."""
    found = []
    for library in ("optuna", "rustuna"):
        code = f"import {library}, importlib.metadata as m; print(m.version('{library}'))"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True)
        if done.returncode == 0:
            found.append((library, f"{library} {done.stdout.strip()}"))
    return found


def measure(options, who, command, sampler, function):
    """([regret], mean ms a proposal), one a seed; ([], 0): there is no such sampler."""
    name = f"{who} {sampler} {function} {options.budget} {options.first} {options.seeds}".replace(" ", "_")
    kept = options.keep / name if options.keep and who != "ours" else None
    if kept and kept.exists():
        text = kept.read_text()
    else:
        arguments = [sampler, function, options.budget, options.first, options.seeds]
        done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        text = done.stdout
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(text)
    rows = [list(map(float, line.split())) for line in text.splitlines()]
    return [row[0] for row in rows], statistics.fmean(row[1] for row in rows) / 1000 if rows else 0


def difference(ours, theirs):
    """Mean and half width of the 95 % interval of log ours - log theirs; seeds paired."""
    log = [math.log(max(a, 1e-12)) - math.log(max(b, 1e-12)) for a, b in zip(ours, theirs)]
    # From 30 seeds on Student's quantile is the normal one's to 5 %; below, an interval would promise too much.
    return statistics.fmean(log), 1.96 * statistics.stdev(log) / math.sqrt(len(log)) if len(log) >= 30 else math.nan


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--samplers", nargs="+", default=SAMPLERS)
    parser.add_argument("--functions", nargs="+", default=list(FUNCTIONS), choices=FUNCTIONS)
    parser.add_argument("--budget", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--peer", action="append", default=[], metavar="PYTHON")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        options.seeds, options.budget = 8, 60
    peers = [(python, library, name) for python in options.peer for library, name in peers_of(python)]
    rows = 0
    for function in options.functions:
        print(f"{function}, {options.budget} configs, {options.seeds} seeds from {options.first}")
        print(f"  {'sampler':<32}{'median':>11}{'quartiles':>24}{'ms':>9}   ours - theirs, log regret")
        regrets = {}
        for sampler in options.samplers:
            found = [("ours", *measure(options, "ours", [options.bench], sampler, function))]
            for python, library, name in peers:
                command = [python, __file__, "--as-peer", library]
                found.append((name, *measure(options, name, command, sampler, function)))
            regrets[sampler] = found[0][1]
            for who, regret, ms in found:
                if not regret:
                    continue
                low, middle, high = statistics.quantiles(regret, n=4, method="inclusive")
                line = f"  {sampler + ('' if who == 'ours' else ', ' + who):<32}{middle:>11.4g}"
                line += f"{f'{low:.4g} .. {high:.4g}':>24}{ms:>9.3f}"
                if who != "ours":
                    mean, half = difference(regrets[sampler], regret)
                    line += f"   {mean:+.3f} +- {half:.3f}"
                print(line, flush=True)
                rows += 1
        if options.smoke and statistics.median(regrets["tpe"]) >= statistics.median(regrets["random"]):
            sys.exit(f"{function}: tpe is no better than random")
    if options.smoke and rows != len(options.functions) * len(options.samplers):
        sys.exit("a row is missing")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-peer"]:
        as_peer(*sys.argv[2:5], *map(int, sys.argv[5:]))
    else:
        main()
