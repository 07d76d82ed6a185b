#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How good is what samplers find, and how long do they think? tests/bench/samplers.py SAMPLER_BENCH [option ...]

Minimises five test functions and three tables of results (tables/, made by tables.py) with each sampler and prints one
table a problem: the median regret over seeds (smallest value found less the minimum) with its quartiles, and
milliseconds of processor time a proposal. --peer PYTHON, once for each interpreter that can import Optuna or Rustuna,
adds their samplers. Beside each stand the difference of the medians, ours of that name less theirs, with its 95 %
interval (percentiles of 2,000 bootstrap samples of seeds), and, where nobody found the minimum itself, the mean
difference of log regret with its 95 % interval: below zero ours found better values. Seeds are paired, but that is only
a name: under one seed two programs draw different points. At the end: where the median of ours is at most theirs.

Optuna's gp is told that values have no noise, which is so here; ours is not told. --keep FOLDER keeps what peers found
there, seed by seed, and runs them only for what it lacks. --smoke: few seeds of ours; checks that every row is there,
that tpe beats random, and that both programs read the same tables.

  ninja -C build/release tests/bench/sampler_bench
  tests/bench/samplers.py build/release/tests/bench/sampler_bench --seeds 100 --peer python3

needs: nothing; for Optuna 5's gp PyTorch, SciPy and greenlet
"""
import argparse
import csv
import math
import os
import pathlib
import random
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
TABLES = ["digits", "olives", "blobs"]
SAMPLERS = ["random", "sobol", "tpe", "tpe-independent", "cmaes", "gp", "nsga2"]


def table(name):
    return pathlib.Path(__file__).parent / "tables" / f"{name}.csv"


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


class Problem:
    """A function or a table, as a library's trial sees it."""

    def __init__(self, name):
        self.name = name
        if name in FUNCTIONS:
            self.axes, self.minimum = FUNCTIONS[name], MINIMA.get(name, 0)
            return
        with table(name).open(newline="") as file:
            rows = list(csv.reader(file))[1:]
        self.axes = [list(dict.fromkeys(column)) for column in list(zip(*rows))[:-1]]
        self.losses = {tuple(row[:-1]): float(row[-1]) for row in rows}
        self.minimum = min(self.losses.values())

    def suggest(self, trial):
        """A point: of tables, a number is searched as its place among the column's values."""
        if self.name in FUNCTIONS:
            return [trial.suggest_float(f"x{i}", low, high) for i, (low, high) in enumerate(self.axes)]
        is_number = [not values[0].strip("0123456789.e-") for values in self.axes]
        return [values[trial.suggest_int(f"x{i}", 0, len(values) - 1)] if number
                else trial.suggest_categorical(f"x{i}", values)
                for i, (number, values) in enumerate(zip(is_number, self.axes))]

    def value(self, point):
        return value(self.name, point) if self.name in FUNCTIONS else self.losses[tuple(point)]


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
    problem = Problem(function)
    for seed in range(first, first + count):
        made = (optuna_sampler if library == "optuna" else rustuna_sampler)(sampler, seed)
        if made is None:
            return
        study = module.create_study(sampler=made)
        spent, best = 0.0, math.inf
        for _ in range(budget):
            start = time.process_time()
            trial = study.ask()
            point = problem.suggest(trial)
            spent += time.process_time() - start
            y = problem.value(point)
            best = min(best, y)
            study.tell(trial.number, y)
        print(best - problem.minimum, f"{spent / budget * 1e6:.3f}", flush=True)


def peers_of(python):
    """[(library, "Name version")] that an interpreter can import."""
    found = []
    for library in ("optuna", "rustuna"):
        code = f"import {library}, importlib.metadata as m; print(m.version('{library}'))"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True)
        if done.returncode == 0:
            found.append((library, f"{library} {done.stdout.strip()}"))
    return found


def ask(command, sampler, function, budget, first, count):
    """Lines "regret microseconds", one a seed, as they come."""
    arguments = map(str, [sampler, function, budget, first, count])
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True, env=one_thread) as process:
        yield from process.stdout
    if process.returncode:
        sys.exit(f"{' '.join(command)} {sampler} {function}: exit code {process.returncode}")


def measure_ours(options, sampler, function):
    """([regret], mean ms a proposal), one a seed."""
    name = function if function in FUNCTIONS else str(table(function))
    lines = ask([options.bench], sampler, name, options.budget, options.first, options.seeds)
    rows = [list(map(float, line.split())) for line in lines]
    return [row[0] for row in rows], statistics.fmean(row[1] for row in rows) / 1000


def measure_peer(options, who, command, sampler, function):
    """The same; ([], 0): there is no such sampler."""
    kept, rows = None, {}
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        kept = options.keep / f"{who} {sampler} {function} {options.budget}".replace(" ", "_")
        if kept.exists():
            for line in kept.read_text().splitlines():
                seed, regret, spent = line.split()
                rows[int(seed)] = float(regret), float(spent)
    seeds = range(options.first, options.first + options.seeds)
    missing = [seed for seed in seeds if seed not in rows]
    while missing:
        count = next((i for i, seed in enumerate(missing) if seed != missing[0] + i), len(missing))
        found = 0
        for line in ask(command, sampler, function, options.budget, missing[0], count):
            regret, spent = line.split()
            rows[missing[found]] = float(regret), float(spent)
            if kept:
                with kept.open("a") as file:
                    file.write(f"{missing[found]} {regret} {spent}\n")
            found += 1
        if not found:
            return [], 0
        missing = missing[count:]
    return [rows[seed][0] for seed in seeds], statistics.fmean(rows[seed][1] for seed in seeds) / 1000


def difference_of_medians(ours, theirs):
    """Median of ours - median of theirs, and the ends of its 95 % interval; seeds paired."""
    draw = random.Random(1)
    found = []
    for _ in range(2000):
        seeds = draw.choices(range(len(ours)), k=len(ours))
        found.append(statistics.median(ours[i] for i in seeds) - statistics.median(theirs[i] for i in seeds))
    found.sort()
    return statistics.median(ours) - statistics.median(theirs), found[49], found[1950]


def difference_of_logs(ours, theirs):
    """Mean and half width of the 95 % interval of log ours - log theirs; seeds paired."""
    log = [math.log(a) - math.log(b) for a, b in zip(ours, theirs)]
    # From 30 seeds on Student's quantile is the normal one's to 5 %; below, an interval would promise too much.
    return statistics.fmean(log), 1.96 * statistics.stdev(log) / math.sqrt(len(log)) if len(log) >= 30 else math.nan


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--samplers", nargs="+", default=SAMPLERS)
    parser.add_argument("--functions", nargs="+", default=[*FUNCTIONS, *TABLES], choices=[*FUNCTIONS, *TABLES])
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
    above = {}  # (sampler, peer): where the median of ours is above theirs
    for function in options.functions:
        print(f"{function}, {options.budget} configs, {options.seeds} seeds from {options.first}")
        print(f"  {'sampler':<32}{'median':>11}{'quartiles':>24}{'ms':>9}   {'ours - theirs: medians':<36}log regret")
        regrets = {}
        for sampler in options.samplers:
            ours, ms = measure_ours(options, sampler, function)
            found = [("", ours, ms)]
            for python, library, name in peers:
                command = [python, __file__, "--as-peer", library]
                found.append((name, *measure_peer(options, name, command, sampler, function)))
            regrets[sampler] = ours
            for who, regret, ms in found:
                if not regret:
                    continue
                low, middle, high = statistics.quantiles(regret, n=4, method="inclusive")
                line = f"  {sampler + (who and ', ' + who):<32}{middle:>11.4g}"
                line += f"{f'{low:.4g} .. {high:.4g}':>24}{ms:>9.3f}"
                if who:
                    apart, low, high = difference_of_medians(ours, regret)
                    line += f"   {f'{apart:+.4g} [{low:+.4g}, {high:+.4g}]':<36}"
                    if min(ours) > 0 and min(regret) > 0:
                        mean, half = difference_of_logs(ours, regret)
                        line += f"{mean:+.3f} +- {half:.3f}"
                    above.setdefault((sampler, who), []).extend([function] if apart > 0 else [])
                print(line.rstrip(), flush=True)
                rows += 1
        if options.smoke and function in TABLES:  # both readers of a table see the same
            problem = Problem(function)
            there = {round(loss - problem.minimum, 9) for loss in problem.losses.values()}
            if not there.issuperset(round(regret, 9) for each in regrets.values() for regret in each):
                sys.exit(f"{function}: a regret that no point has")
        if options.smoke and statistics.median(regrets["tpe"]) >= statistics.median(regrets["random"]):
            sys.exit(f"{function}: tpe is no better than random")
    for (sampler, who), where in above.items():
        print(f"{sampler}: the median is at most that of {who}" + (f", but for {', '.join(where)}" if where else ""))
    if options.smoke and rows != len(options.functions) * len(options.samplers):
        sys.exit("a row is missing")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-peer"]:
        as_peer(*sys.argv[2:5], *map(int, sys.argv[5:]))
    else:
        main()
