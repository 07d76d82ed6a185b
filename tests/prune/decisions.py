#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/optuna.txt (with Optuna 3.1.0, NumPy 1.26.4) or, told `wilcoxon`, data/wilcoxon.txt (with Optuna 5.0.0,
SciPy 1.17.1): after which report Optuna stopped each trial of many small random studies.

A line is a study:  rule option=value ... / seed trials workers reports gap first grain nan vary maximise / stops
A stop is the number of the report, from 0, after which the trial was stopped, or - if it ran to its end. The values are
not in the file: scenario.hpp makes the same ones from the seed. Where Optuna's decision depends on when it was asked
before, the study is made so that it does not: see halving_rule.hpp.
"""
import math
import pathlib
import sys
import warnings

import optuna

DATA = pathlib.Path(__file__).parent / "data"
MASK = 2**64 - 1


class Stream:
    """SplitMix64 (Steele et al., OOPSLA 2014), as in scenario.hpp."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % n


class Shape:
    FIELDS = ("seed", "trials", "workers", "reports", "gap", "first", "grain", "nan", "vary", "maximise")

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def series(self, trial):
        """The reports of a trial: (step, value), minimised. As in scenario.hpp."""
        stream = Stream(self.seed * 1000 + trial)
        level, drop = stream.below(1024), stream.below(2048)
        count = self.reports - (stream.below(self.reports // 2) if self.vary else 0)
        step, found = self.first, []
        for _ in range(count):
            value = level + drop * 8 // (8 + step) + stream.below(256)
            fine = stream.below(2**30)
            number = (value * 2**30 + fine) / 2.0**40 if self.grain == 0 else value // self.grain * self.grain / 1024
            lost = self.nan and (stream.below(12) == 0 or trial % 7 == 3)
            found.append((step, math.nan if lost else number))
            step += self.gap if self.gap > 0 else 1 + stream.below(3)
        return found

    def instances(self, trial):
        """One value per instance, in a rotated order: (instance, value), minimised. As in scenario.hpp."""
        stream = Stream(self.seed * 1000 + trial)
        level, begin = stream.below(256), stream.below(self.reports)
        count = self.reports - (stream.below(self.reports // 2) if self.vary else 0)
        found = []
        for i in range(count):
            instance = (begin + i) % self.reports
            hard = Stream(self.seed * 1000 + 999 - instance).below(1024)
            value, fine = hard + level + stream.below(512), stream.below(2**30)
            number = (value * 2**30 + fine) / 2.0**40 if self.grain == 0 else value // self.grain * self.grain / 1024
            found.append((instance, math.nan if self.nan and stream.below(40) == 0 else number))
        return found

    def __str__(self):
        return " ".join(str(int(getattr(self, field))) for field in self.FIELDS)


def play(shape, series, pruner, recorder=None, mean_told=False):
    """The stops. `recorder` is asked and not heard as long as no trial is complete, so that rungs have their values."""
    study = optuna.create_study(study_name="s", direction="maximize" if shape.maximise else "minimize", pruner=pruner)
    turns = Stream(shape.seed * 1000 + 997)
    active, stops, complete, sign = [], {}, 0, -1 if shape.maximise else 1
    while len(stops) < shape.trials:
        while len(active) < shape.workers and len(active) + len(stops) < shape.trials:
            trial = study.ask()
            active.append((trial, series(trial.number), []))
        place = turns.below(len(active))
        trial, reports, done = active[place]
        step, value = reports[len(done)]
        done.append(value)
        trial.report(sign * value, step)
        if recorder and complete == 0:
            study.pruner = recorder
            trial.should_prune()
            study.pruner = pruner
            stop = False
        else:
            stop = trial.should_prune()
        if stop:
            stops[trial.number] = len(done) - 1
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        elif len(done) == len(reports):
            stops[trial.number] = "-"
            complete += 1
            value = sign * sum(done) / len(done) if mean_told else 0
            if math.isnan(value):
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, value)
        else:
            continue
        active.pop(place)
    return " ".join(str(stops[number]) for number in range(shape.trials))


def jumps(shape, rungs):
    """Does one report reach two rungs at once?"""
    for trial in range(shape.trials):
        before = -1
        for step, _ in shape.series(trial):
            if sum(before < rung <= step for rung in rungs) > 1:
                return True
            before = step
    return False


def random_shape(stream, seed):
    return Shape(seed=seed, trials=4 + stream.below(22), workers=1 + stream.below(6), reports=10 + stream.below(40),
                 gap=stream.below(4), first=stream.below(3), grain=(0, 1, 64, 512)[stream.below(4)],
                 nan=stream.below(3) == 0, vary=stream.below(2), maximise=stream.below(2))


def median(stream, shape):
    percentile = (50, 50, 25, 75, 0, 100, 10, 33.3, 90)[stream.below(9)]
    if percentile in (10, 33.3, 90):  # other values can equal an interpolated one but for rounding
        shape.grain = 0
    options = dict(percentile=percentile, n_startup=(5, 0, 1, 3)[stream.below(4)], n_min=(1, 1, 2, 4)[stream.below(4)],
                   n_warmup=(0, 0, 3, 10)[stream.below(4)], interval=(1, 1, 2, 5)[stream.below(4)])
    return options, optuna.pruners.PercentilePruner(
        percentile, options["n_startup"], options["n_warmup"], options["interval"], n_min_trials=options["n_min"])


def threshold(stream, shape):
    lower, upper = (0.25 + stream.below(4) / 4, 1.5 + stream.below(4) / 2)
    if shape.maximise:
        lower, upper = -upper, -lower
    options = dict(lower=lower, upper=upper, n_warmup=(0, 0, 3, 10)[stream.below(4)],
                   interval=(1, 1, 2, 5)[stream.below(4)])
    kept = [name for i, name in enumerate(("lower", "upper")) if stream.below(4) or (i == 0)]
    options = {name: value for name, value in options.items() if name in kept or name in ("n_warmup", "interval")}
    return options, optuna.pruners.ThresholdPruner(
        lower=options.get("lower"), upper=options.get("upper"), n_warmup_steps=options["n_warmup"],
        interval_steps=options["interval"])


def patience(stream, shape):
    wrapped, options, pruner = stream.below(3), {}, None
    if wrapped > 0:
        options, pruner = (median, threshold)[wrapped - 1](stream, shape)
        options["wrapped"] = ("median", "threshold")[wrapped - 1]
    options.update(patience=stream.below(8), min_delta=(0, 0, 0.0625, 0.25)[stream.below(4)])
    return options, optuna.pruners.PatientPruner(pruner, options["patience"], options["min_delta"])


def halving(stream, shape):
    eta, rate = (4, 4, 2, 3)[stream.below(4)], (0, 0, 1, 2)[stream.below(4)]
    options = dict(eta=eta, rate=rate)
    make = optuna.pruners.SuccessiveHalvingPruner
    if stream.below(3) == 0:
        shape.vary = shape.nan = 0
        shape.gap = 1 + stream.below(5)
        shape.reports = 10 + stream.below(60)
        longest = max(shape.series(0))[0]
        resource = max(longest // 100, 1)
        pruners = make("auto", eta, rate), make(resource, eta, rate)
    else:
        resource = options["min_resource"] = 1 + stream.below(6)
        options["bootstrap"] = (0, 0, 1, 3)[stream.below(4)]
        pruners = make(resource, eta, rate, options["bootstrap"]), None
    rungs = [resource * eta ** (rate + k) for k in range(12)]
    return None if jumps(shape, rungs) else (options, *pruners)


def hyperband(stream, shape):
    shape.trials = 15 + stream.below(25)
    eta = (3, 3, 2, 4)[stream.below(4)]
    resource = (1, 1, 2, 3)[stream.below(4)]
    options = dict(eta=eta, min_resource=resource, sweep="s")
    make = optuna.pruners.HyperbandPruner
    if stream.below(3) == 0:
        shape.vary = shape.nan = 0
        shape.gap = 1 + stream.below(3)
        pruners = make(resource, "auto", eta), make(resource, max(shape.series(0))[0] + 1, eta)
    else:
        options.update(max_resource=(9, 27, 50, 81)[stream.below(4)], bootstrap=(0, 0, 2)[stream.below(3)])
        pruners = make(resource, options["max_resource"], eta, options["bootstrap"]), None
    rungs = [resource * eta ** k for k in range(12)]
    return None if jumps(shape, rungs) else (options, *pruners)


def wilcoxon(stream, shape):
    shape.trials, shape.reports = 3 + stream.below(6), 4 + stream.below(60 if stream.below(3) == 0 else 20)
    shape.nan = stream.below(5) == 0
    options = dict(p=(0.1, 0.1, 0.05, 0.2)[stream.below(4)], n_pairs=(2, 2, 5)[stream.below(3)])
    return options, optuna.pruners.WilcoxonPruner(p_threshold=options["p"], n_startup_steps=options["n_pairs"])


def study(rule, seed):
    """A line, or nothing where the decisions would depend on more than the traces."""
    stream = Stream(seed * 1000 + 998)
    shape = random_shape(stream, seed)
    made = rule(stream, shape)
    if made is None:
        return None
    options, *pruners = made
    if rule is wilcoxon:
        stops = play(shape, shape.instances, *pruners, mean_told=True)
    else:
        stops = play(shape, shape.series, *pruners)
    texts = " ".join(f"{name}={value}" for name, value in options.items())
    return f"{rule.__name__} {texts} / {shape} / {stops}\n"


def lines(rule, count):
    seed = 0
    while count > 0:
        seed += 1
        line = study(rule, seed)
        if line:
            count -= 1
            yield line


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    if sys.argv[1:] == ["wilcoxon"]:
        name, rules = "wilcoxon.txt", {wilcoxon: 200}
    else:
        name, rules = "optuna.txt", {median: 500, threshold: 150, patience: 300, halving: 500, hyperband: 300}
    with open(DATA / name, "w", encoding="utf-8") as file:
        for rule, count in rules.items():
            file.writelines(lines(rule, count))


if __name__ == "__main__":
    main()
