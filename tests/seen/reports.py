#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a sweep's report, `ubp best`, `compare`, `confirm`, `prune` and `importance` say is what its trials show."""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

SPEC = """
[dataset]
use       = "blobs"
rows      = 200
test_rows = 100
dims      = 4
[model]
use    = "autoencoder"
hidden = [8]
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-2
[train]
epochs     = 6
batch      = 50
eval_every = 1
[[metric]]
use = "reconstruction_error"
[sweep]
metric     = "test.mse"
replicates = 3
[sweep.space]
"optimizer.lr" = [1e-4, 1e-3, 1e-2, 1e-1]
"""
# Of another scale: errors of one are a hundred times those of the other.
BLOCKS = ["dataset.separation=3,30"]


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


def holds(condition, what):
    check(bool(condition), True, what)


class World:
    def __init__(self, ubp):
        self.ubp = os.path.abspath(ubp)
        self.scratch = tempfile.TemporaryDirectory(prefix="ubp-seen-")
        self.folder = pathlib.Path(self.scratch.name)
        self.env = dict(os.environ, UBP_CACHE=str(self.folder / "cache"), UBP_DB=str(self.folder / "ubp.db"))
        (self.folder / "spec.toml").write_text(SPEC)

    def run(self, *words, code=0):
        done = subprocess.run([self.ubp, *words], cwd=self.folder, env=self.env, text=True, capture_output=True,
                              timeout=120)
        check(done.returncode, code, f"{words}: {done.stderr}")
        return done.stdout, done.stderr

    def sweep(self, *words):
        """The report."""
        out, error = self.run("sweep", "spec.toml", *words, "-q", "-j", "1")
        return out, error.splitlines()

    def listed(self, *words):
        out, error = self.run(*words, "--format", "json")
        return json.loads(out), error

    def rows(self, sql):
        return self.listed("sql", sql)[0]


def noise(ubp):
    world = World(ubp)
    report = world.sweep()[1]
    values = [row["value"] for row in world.rows("SELECT value FROM trials WHERE config = 2")]
    floor = statistics.stdev(values)
    sentence = f"noise floor {floor:.4g}: standard deviation of config 2, the default, over 3 seeds"
    holds(sentence in report, f"'{sentence}' in {report}")
    found = world.rows("SELECT sd, source, config, n FROM noise_floor")
    check({**found[0], "sd": None}, {"sd": None, "source": "default", "config": 2, "n": 3}, "the view")
    holds(abs(found[0]["sd"] - floor) < 1e-12, "the view's deviation")
    best, error = world.listed("best")
    holds(sentence in error, error)
    for row in best:
        expected = None if row["verdict"] == "best" else "within" if abs(row["difference"]) < floor else "beyond"
        check(row["noise"], expected, f"the mark of {row}")
    check({row["noise"] for row in best} >= {None, "beyond"}, True, "marks")
    first, last = (f"1/{best[i]['config']}" for i in (0, -1))
    holds(f"sweep 1 'spec': {sentence}" in world.run("compare", first, last)[1], "compare")
    error = world.run("confirm", "1", "--top", "1", "--seeds", "2", "-q")[1]
    holds(re.search(r"^noise floor \S+: standard deviation of config \d, the default, over 2 seeds$", error, re.M),
          error)
    report = world.sweep("optimizer.lr=1e-4..1e-2:log", "sweep.sampler=random", "sweep.configs=2")[1]
    holds(any(re.match(r"noise floor \S+: pooled standard deviation within configs, of 6 results; no config is the "
                       "default$", line) for line in report), report)


def blocks(ubp):
    world = World(ubp)
    out, report = world.sweep(*BLOCKS)
    holds(any(line.startswith("4 configs over 2 blocks: Friedman p = ") for line in report), report)
    holds("mean_rank" in out, out)
    holds('ranks and configs by block: {"dataset.separation":3.0} {"dataset.separation":30.0}' in report, report)
    ranked, _ = world.listed("best")
    means = {(row["config"]): row["mean"] for row in world.rows("SELECT config, mean FROM leaderboard")}
    for block in (0, 1):
        configs = [int(row["configs"].split()[block]) for row in ranked]
        order = sorted(configs, key=means.get)
        for row, config in zip(ranked, configs):
            check(float(row["ranks"].split()[block]), order.index(config) + 1.0, f"rank of {config}")
    check([row["mean_rank"] for row in ranked], sorted(row["mean_rank"] for row in ranked), "the order")
    for row in ranked:
        check(list(row["params"]), ["optimizer.lr"], "what a block is not")
    check(ranked, world.listed("best", "--blocks")[0], "--blocks")
    confirmed, _ = world.listed("confirm", "1", "--top", "2", "--seeds", "2", "-q")
    usual = [row for row in ranked if row["params"] == {"optimizer.lr": 0.01}]
    rates = [{row["params"]["optimizer.lr"] for row in rows} for rows in (confirmed, ranked[:2] + usual)]
    check(rates[0], rates[1], "the best and the default")
    check([len(row["configs"].split()) for row in confirmed], [2] * len(confirmed), "in every block")
    together, error = world.listed("best", "1", "--no-blocks")
    check(len(together), 8, "--no-blocks")
    holds("noise floor" in error, error)
    world.sweep(*BLOCKS, "sweep.blocks=")
    check(len(world.listed("best")[0]), 8, "a sweep that says there are none")
    error = world.run("best", "--blocks", code=4)[1]
    sentence = "--blocks: blocks with results: 1 (none are declared), configs with results in all of them: 8; "
    holds(sentence in error, error)


def crossed(ubp):
    """A sampler that learns does not choose the block."""
    world = World(ubp)
    world.sweep(*BLOCKS, "optimizer.lr=1e-4..1e-1:log", "sweep.sampler=tpe", "sweep.configs=14", "sweep.replicates=1",
                "train.epochs=2")
    configs = world.rows("SELECT number, told, json_extract(params, '$.\"dataset.separation\"') AS block, "
                         "json_extract(params, '$.\"optimizer.lr\"') AS lr FROM config ORDER BY number")
    check([config["block"] for config in configs], [3.0, 30.0] * 14, "blocks")
    check([config["lr"] for config in configs[::2]], [config["lr"] for config in configs[1::2]], "points")
    known = [number for config in configs for number in json.loads(config["told"] or "[]")]
    check(known, list(range(26)), "what proposals knew, each config once")
    check(len(world.listed("best", "-k", "0")[0]), 14, "the ranking")


def stopped_at(world):
    """By block: {(config, replicate): step}."""
    found = {}
    for row in world.rows("SELECT config, replicate, error, json_extract(params, '$.\"dataset.separation\"') AS block "
                          "FROM trials WHERE state = 'PRUNED'"):
        step = int(re.match(r"step (\d+)", row["error"])[1])
        found.setdefault(row["block"], {})[row["config"], row["replicate"]] = step
    return found


def pruned(ubp):
    """With one slot, what a pruner would have done is what it does."""
    world, other = World(ubp), World(ubp)  # in one database, the second would take over what has run
    rule = ["sweep.pruner.use=median", "sweep.pruner.startup_trials=2"]
    asked = world.sweep(*BLOCKS, *rule, "sweep.dry_prune=true")[1]
    check(world.rows("SELECT name FROM trials WHERE state <> 'COMPLETE'"), [], "trials that ended early")
    other.sweep(*BLOCKS, *rule)
    length = world.rows("SELECT max(step) AS n FROM metrics WHERE metric = 'test.mse'")[0]["n"]
    told, _ = world.listed("prune", "1", "--pruner", "median", "startup_trials=2")
    check(len(told), 2, "blocks")
    stopped = stopped_at(other)
    check(sum(len(trials) for trials in stopped.values()) > 3, True, f"enough to tell: {stopped}")
    for row in told:
        trials = stopped.get(json.loads(row["block"])["dataset.separation"], {})
        saved = sum(length - step for step in trials.values()) / length / row["trials"]
        check((row["trials"], row["stopped"], row["settings"]),
              (12, len(trials), "startup_trials=2 warmup_steps=0 interval_steps=1"), "what was told")
        holds(abs(row["saved"] - saved) < 1e-9, f"saved {row['saved']}, and was {saved}")
        check(row["winner"] == "lost", row["regret"] > 0, "regret")
        sentence = (f"median in {row['block']} would have stopped {row['stopped']} of 12 trials and saved "
                    f"{100 * row['saved']:.1f} % of their steps; the best trial would have been ")
        holds(any(line.startswith(sentence) for line in asked), f"'{sentence}' in {asked}")
    every, _ = world.listed("prune", "1")
    check([row["pruner"] for row in every[::2]], ["median", "percentile", "patience", "halving", "hyperband"], "all")
    check([row["pruner"] for row in world.listed("prune", "1", "upper=5")[0][::2]].count("threshold"), 1, "bounds")
    for words, sentence in [
            (["startup_trial=2"], "command line: sweep.pruner.startup_trial: [sweep.pruner] has no key "
                                  "'startup_trial'; did you mean 'startup_trials'?"),
            (["--pruner", "medan"], "--pruner: there is no 'medan' to replay; did you mean 'median'?"),
            (["use=halving"], "prune: found 'use=halving', expected --pruner NAME"),
            (["more"], "prune: found 'more', expected KEY=VALUE, as in [sweep.pruner]")]:
        holds(sentence in world.run("prune", "1", *words, code=2)[1], f"{words}: {sentence}")
    world.sweep("train.eval_every=0", "sweep.name=once")
    holds("no trial that has ended has two points of test.mse" in world.run("prune", "once", code=4)[1], "one point")


def marginals(ubp):
    world = World(ubp)
    world.sweep("optimizer.lr=1e-4..1e-1:log", "model.latent=1..3", "optimizer.use=adam,sgd", "sweep.sampler=random",
                "sweep.configs=20", "sweep.replicates=1", "train.epochs=2")
    found, _ = world.listed("importance", "--marginals")
    values = {}
    for row in found:
        values.setdefault(row["parameter"], []).append(row["value"])
        holds(row["low"] <= row["mean"] <= row["high"], row)
    check(values["model.latent"], ["1", "2", "3"], "every value of one that has few")
    check(sorted(values["optimizer.use"]), ["adam", "sgd"], "every choice")
    rates = [float(value) for value in values["optimizer.lr"]]
    check((len(rates), rates), (10, sorted(rates)), "ten of the others")
    holds(1e-4 <= rates[0] < 2e-4 and 6e-2 < rates[-1] <= 1e-1, f"from end to end: {rates}")
    seen = world.rows("SELECT min(value) AS low, max(value) AS high FROM trials")[0]
    holds(all(seen["low"] <= row["mean"] <= seen["high"] for row in found), "means within what was seen")


def raced(ubp):
    """A race whose trials have all run in another sweep asks for those that it would have run, and for no other."""
    race = ["sweep.race.on=true", "sweep.replicates=8", "optimizer.lr=1e-4,1e-3,8e-3,1e-2,2e-2,1e-1"]
    known, fresh = World(ubp), World(ubp)
    known.sweep(*race, "sweep.race.on=false")
    report = known.sweep(*race)[1]
    fresh.sweep(*race)
    for sql in ("SELECT config, replicate, state, value, error FROM trials WHERE sweep_id = {} ORDER BY 1, 2",
                "SELECT config, rank, n, mean, adjusted_mean FROM leaderboard WHERE sweep_id = {} ORDER BY 1"):
        check(known.rows(sql.format(2)), fresh.rows(sql.format(1)), "trials that were taken over, and that ran")
    states = [row["state"] for row in known.rows("SELECT state FROM trials WHERE sweep_id = 2")]
    asked = states.count("COMPLETE")
    check((asked + states.count("CANCELLED"), 18 <= asked < 40), (48, True), f"what a race asks for: {states}")
    holds(any(f" trials complete, {asked} of them reused" in line for line in report), report)
    check(known.rows("SELECT count(*) AS n FROM trials WHERE same_as IS NULL AND sweep_id = 2 AND value IS NOT NULL"),
          [{"n": 0}], "trials that ran again")
    best, _ = known.listed("best", "2")
    check((best[0]["n"], best[0]["verdict"]), (max(row["n"] for row in best), "best"), "the race's leader is first")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    ubp = parser.parse_args().ubp
    for part in (noise, blocks, crossed, pruned, marginals, raced):
        part(ubp)


if __name__ == "__main__":
    main()
