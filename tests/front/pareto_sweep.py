#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An autoencoder that should reconstruct well and be small: means, ranks and hypervolume of the sweep are those that
its series have by brute force; another objective takes over what has run, another reference is the same sweep; parts
that ran apart are merged into the same front; the front is confirmed on fresh seeds."""
import argparse
import itertools
import json
import math
import os
import pathlib
import re
import subprocess
import tempfile

SPEC = """
[dataset]
use  = "blobs"
rows = 200
dims = 6
[model]
use    = "autoencoder"
hidden = [8]
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
[train]
epochs = 4
batch  = 20
[[metric]]
use = "reconstruction_error"
[sweep]
replicates = 2
[sweep.space]
"optimizer.lr" = [1e-3, 3e-2]
"model.latent" = [1, 2, 3, 4, 5]
[[sweep.objective]]
metric    = "test.mse"
reference = 3.0
[[sweep.objective]]
metric = "train.parameters"
"""
THIRD = """
[[sweep.objective]]
metric = "train.loss"
goal   = "maximize"
"""
LAST = "SELECT t.config, t.replicate, m.metric, m.last FROM metric_stats m JOIN trials t USING (trial_id) " \
       "WHERE t.sweep_id = {} AND t.state = 'COMPLETE'"


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


def close(found, expected, what):
    if not math.isclose(found, expected, rel_tol=1e-5):  # a sentence has six digits
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


class World:
    def __init__(self, ubp, spec=SPEC):
        self.ubp = os.path.abspath(ubp)
        self.scratch = tempfile.TemporaryDirectory(prefix="ubp-front-")
        self.folder = pathlib.Path(self.scratch.name)
        self.env = dict(os.environ, UBP_CACHE=str(self.folder / "cache"), UBP_DB=str(self.folder / "ubp.db"))
        (self.folder / "spec.toml").write_text(spec)

    def run(self, *words, code=0):
        done = subprocess.run([self.ubp, *words], cwd=self.folder, env=self.env, text=True, capture_output=True,
                              timeout=240)
        check(done.returncode, code, f"{words}: {done.stderr}")
        return done.stdout, done.stderr

    def rows(self, sql):
        return json.loads(self.run("sql", "--format", "json", sql)[0])


def means_of(world, sweep, metrics):
    """By config, of each metric the mean of the last values."""
    last = {}
    for row in world.rows(LAST.format(sweep)):
        last.setdefault((row["config"], row["metric"]), []).append(row["last"])
    configs = sorted({config for config, _ in last})
    return {config: [sum(last[config, m]) / len(last[config, m]) for m in metrics] for config in configs}


def dominates(a, b):
    return a != b and all(x <= y for x, y in zip(a, b))


def ranks_of(points):
    ranks = {}
    for config in sorted(points, key=lambda c: points[c]):
        above = [ranks[c] for c in ranks if dominates(points[c], points[config])]
        ranks[config] = 1 + max(above, default=0)
    return ranks


def hypervolume(points, reference):
    """By inclusion and exclusion over all sets of points."""
    inside = [p for p in points if all(x < r for x, r in zip(p, reference))]
    total = 0
    for size in range(1, len(inside) + 1):
        for chosen in itertools.combinations(inside, size):
            corner = [max(each) for each in zip(*chosen)]
            total += (-1) ** (size + 1) * math.prod(r - c for r, c in zip(reference, corner))
    return total


def told(text):
    """The front's size and hypervolume, as a sentence tells them."""
    found = re.search(r"front: (\d+) of (\d+) configs; hypervolume (\S+) with reference (.*)", text)
    check(found is not None, True, f"a sentence about the front in: {text}")
    return int(found[1]), int(found[2]), float(found[3]), found[4]


def judged(world, sweep, metrics, signs, references, least=2):
    """All that is told of a sweep's front, of so many configs, against brute force. Returns the hypervolume."""
    points = {config: [s * x for s, x in zip(signs, mean)]
              for config, mean in means_of(world, sweep, metrics).items()}
    ranks = ranks_of(points)
    front = [config for config in ranks if ranks[config] == 1]
    bounds = [max(p[i] for p in points.values()) if r is None else signs[i] * r for i, r in enumerate(references)]
    expected = hypervolume([points[config] for config in front], bounds)
    check(expected > 0 and len(front) >= least, True, f"a front to look at: {points}")

    out, error = world.run("best", str(sweep), "--format", "json")
    best = json.loads(out)
    check(sorted(row["config"] for row in best), sorted(front), "configs of `ubp best`")
    check([row[metrics[0]] for row in best], sorted(row[metrics[0]] for row in best), "the order of `ubp best`")
    for row in best:
        for metric, sign, value in zip(metrics, signs, points[row["config"]]):
            close(row[metric], sign * value, f"config {row['config']}: {metric}")
    on_front, configs, volume, _ = told(error)
    check((on_front, configs), (len(front), len(points)), "the sentence of `ubp best`")
    close(volume, expected, "the hypervolume of `ubp best`")

    rows = world.rows(f"SELECT * FROM pareto WHERE sweep_id = {sweep}")
    check({row["config"]: row["rank"] for row in rows}, ranks, "the view pareto")
    view = world.rows(f"SELECT * FROM fronts WHERE sweep_id = {sweep}")[0]
    check((view["objectives"], view["configs"], view["front"]), (len(metrics), len(points), len(front)), "fronts")
    if len(metrics) == 2:
        close(view["hypervolume"], expected, "the hypervolume of the view")
    return expected


def whole_sweep(args):
    world = World(args.ubp)
    _, error = world.run("sweep", "spec.toml", "-j", "2")
    first = judged(world, 1, ["test.mse", "train.parameters"], [1, 1], [3.0, None])
    close(told(error)[2], first, "the hypervolume at the end of the sweep")
    check("train.parameters" in told(error)[3] and "(the worst seen)" in told(error)[3], True, error)
    check("test.mse 3," in told(error)[3], True, error)

    world.run("sweep", "spec.toml", "sweep.objective.test.mse.reference=2.5", "sweep.objective.1.reference=1e3")
    check(len(world.rows("SELECT * FROM sweeps")), 1, "sweeps after another reference")
    second = judged(world, 1, ["test.mse", "train.parameters"], [1, 1], [2.5, 1e3])
    check(second != first, True, "another hypervolume")

    (world.folder / "three.toml").write_text(SPEC + THIRD)
    _, error = world.run("sweep", "three.toml", "sweep.name=spec", "experiment.name=spec")
    check("20 of them reused" in error, True, error)
    check(len(world.rows("SELECT * FROM trials WHERE sweep_id = 2 AND same_as IS NOT NULL")), 20, "trials taken over")
    judged(world, 2, ["test.mse", "train.parameters", "train.loss"], [1, 1, -1], [3.0, None, None])
    _, error = world.run("resume", "1")
    check("20 of 20 trials complete" in error, True, error)
    world.run("db", "check")
    return world


def merged_from_parts(args, whole):
    world = World(args.ubp)
    shards = world.folder / "shards"
    shards.mkdir()
    (shards / "spec.toml").write_text(SPEC + "[experiment]\nname = \"spec\"\n")
    for task in range(2):
        (world.folder / f"work{task}").mkdir()
        world.run("__share", str(shards), str(task), "2", "1", str(world.folder / f"work{task}"))
    world.run("merge", "ubp.db", *[str(shards / f"{task}.db") for task in range(2)])
    judged(world, 1, ["test.mse", "train.parameters"], [1, 1], [3.0, None])
    sql = "SELECT config, rank, means FROM pareto WHERE sweep_id = 1 ORDER BY config"
    check(world.rows(sql), whole.rows(sql), "the front of two parts")


def confirmed(world):
    front = sorted(row["config"] for row in world.rows("SELECT config FROM pareto WHERE sweep_id = 1 AND front"))
    out, error = world.run("confirm", "1", "--seeds", "2", "--format", "json")
    rows = json.loads(out)
    found = [row["config"] for row in rows if row["config"] is not None]
    check(sorted(set(found) | set(front)), sorted(found), "configs that are confirmed")
    check(len(rows) - len(front) in (0, 1), True, "the front, and the default")
    for row in rows:
        check(row["n"], 2, "fresh replicates")
        check(row["train.parameters"], row["train.parameters_found"] or row["train.parameters"], "the same model")
    check([row["note"] for row in rows].count("default"), 1, "the default")
    check(told(error)[1], len(rows), error)
    few = json.loads(world.run("confirm", "1", "--seeds", "1", "--top", "1", "--format", "json")[0])
    check(len(few) <= 2, True, "one config, and the default")


def by_another_metric(world):
    """`compare` and `importance` by any objective; spelling help."""
    means = means_of(world, 1, ["test.mse", "train.parameters"])
    for i, metric in enumerate(["test.mse", "train.parameters"]):
        best = min(means, key=lambda config: means[config][i])
        worst = max(means, key=lambda config: means[config][i])
        out, error = world.run("compare", "1", f"1/{worst}", "--metric", metric, "--format", "json")
        first, other = json.loads(out)
        close(first["mean"], means[best][i], f"the best by {metric}")
        check((first["verdict"], other["config"]), ("best", f"spec/{worst}"), metric)
        close(other["mean"], means[worst][i], metric)
        check(f"minimize {metric};" in error and "the first" not in error, True, error)
        out, error = world.run("importance", "1", "--metric", metric, "--format", "json")
        check(f"minimize {metric} of 10 configs" in error, True, error)
    share = {row["parameter"]: row["variance"] for row in json.loads(out)}
    check(share["model.latent"] > 0.9, True, f"what the number of parameters depends on: {share}")
    last = "1/{}".format(max(means, key=lambda config: means[config][0]))
    check(world.run("compare", "1", last)[0], world.run("compare", "1", last, "--metric", "test.mse")[0],
          "by default the first")
    goal = json.loads(world.run("compare", "2/0", "2/9", "--metric", "train.loss", "--format", "json")[0])
    check(goal[0]["mean"] > goal[1]["mean"], True, "an objective that is maximised")
    for verb in (["compare", "1/0", "1/9"], ["importance", "1"]):
        error = world.run(*verb, "--metric", "test.mes", code=2)[1]
        check("sweep 1 'spec' has no objective 'test.mes'; did you mean 'test.mse'?" in error, True, error)


def adaptive(args):
    world = World(args.ubp, SPEC.replace("replicates = 2", "replicates = 1").replace("3.0", "50.0"))
    for sampler in ("nsga2", "tpe"):
        world.run("sweep", "spec.toml", f"sweep.sampler={sampler}", "sweep.configs=9", "sweep.nsga2.population=3",
                  f"sweep.name={sampler}", "optimizer.lr=1e-4..1e-1:log", "sweep.deterministic=true", "sweep.lag=1")
    told_of = world.rows("SELECT count(told) AS n FROM config")
    check(told_of[0]["n"] > 0, True, "configs that were proposed")
    for sweep in (1, 2):
        judged(world, sweep, ["test.mse", "train.parameters"], [1, 1], [50.0, None], 1)
    world.run("sweep", "spec.toml", "sweep.sampler=tpe", "sweep.configs=12", "sweep.name=on", "sweep.start_from=nsga2",
              "optimizer.lr=1e-4..1e-1:log")
    code = subprocess.run([world.ubp, "sweep", "spec.toml", "sweep.sampler=gp", "sweep.configs=9"], cwd=world.folder,
                          env=world.env, capture_output=True, text=True)
    check(code.returncode, 2, code.stderr)


def refused_before_anything(args):
    for text, sentence in (
            (SPEC.replace("train.parameters", "valid.mse"), "'valid.mse' is never told"),
            (SPEC.replace("train.parameters", "train.parametres"), "did you mean train.parameters?")):
        world = World(args.ubp, text)
        _, error = world.run("sweep", "spec.toml", code=2)
        check(sentence in error and error.strip().count("\n") <= 1, True, error)
        check((world.folder / "ubp.db").exists(), False, "a database after a refusal")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    args = parser.parse_args()
    refused_before_anything(args)
    whole = whole_sweep(args)
    merged_from_parts(args, whole)
    by_another_metric(whole)
    confirmed(whole)
    adaptive(args)


if __name__ == "__main__":
    main()
