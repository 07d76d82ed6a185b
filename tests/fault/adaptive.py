# SPDX-License-Identifier: MIT
"""Sweeps that learn, prune, promote and race, deterministic: equal with one slot and with eight; and killed at random
moments - the coordinator, a trial, or both - they come to what the undisturbed sweep came to, bit for bit: the configs
and what their proposals knew, every trial's state, reason and value, every point of every series.

For a longer storm, with a clock that jumps where the program faketime is installed, and with a disk that is full now
and then (--disk: a folder on a small file system of its own):

adaptive.py --ubp build/release/bin/ubp --plugins build/release/tests/fault/plugins --kills 500 --disk /mnt/small
"""
import json
import pathlib
import random
import shutil
import tempfile
import time

from kill_storm import kill, trials_of
from support import World, arguments, check

SPEC = """
[dataset]
use  = "blobs"
rows = 200
dims = 6
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
epochs             = 6
batch              = 20
eval_every         = 1
checkpoint_seconds = 0.01
[[metric]]
use = "reconstruction_error"
[sweep]
metric        = "test.mse"
configs       = 14
replicates    = 2
deterministic = true
lag           = 4
[sweep.space]
"optimizer.lr"  = "1e-4..1e-1:log"
"model.latent"  = "1..6"
"optimizer.use" = ["adam", "sgd"]
"""
SEVERAL = SPEC.replace('metric        = "test.mse"\n', "") + """
[[sweep.objective]]
metric    = "test.mse"
reference = 2.0
[[sweep.objective]]
metric = "train.parameters"
"""
THREE = SEVERAL + """
[[sweep.objective]]
metric = "train.loss"
goal   = "maximize"
"""
PROMOTION = ["sweep.pruner.use=promotion", "sweep.pruner.min_steps=10", "sweep.pruner.max_steps=54",
             "sweep.pruner.eta=3"]
RACE = ["sweep.race.on=true", "sweep.replicates=6", "sweep.configs=7"]
KINDS = {
    "tpe": ["sweep.sampler=tpe"],
    "cmaes": ["sweep.sampler=cmaes", "sweep.configs=20"],
    "gp": ["sweep.sampler=gp", "sweep.replicates=1"],
    "nsga2": ["sweep.sampler=nsga2"],
    "tpe, median": ["sweep.sampler=tpe", "sweep.pruner.use=median", "sweep.pruner.startup_trials=3"],
    "sobol, halving": ["sweep.sampler=sobol", "sweep.pruner.use=halving", "sweep.pruner.min_steps=10"],
    "tpe, promotion": ["sweep.sampler=tpe", *PROMOTION],
    "tpe, blocks": ["sweep.sampler=tpe", "sweep.configs=7", "dataset.separation=3,30"],
    "cmaes, blocks, halving": ["sweep.sampler=cmaes", "sweep.configs=12", "sweep.replicates=1",
                               "dataset.separation=3,30", "sweep.pruner.use=halving", "sweep.pruner.min_steps=10"],
    "random, race": ["sweep.sampler=random", *RACE],
    "tpe, race": ["sweep.sampler=tpe", *RACE],
    "nsga2, several objectives": ["sweep.sampler=nsga2", "sweep.nsga2.population=4"],
    "tpe, several objectives": ["sweep.sampler=tpe"],
    "tpe, retries": ["sweep.sampler=tpe", "sweep.retries.abort=2"],
}
FAILING = """
[dataset]
use  = "blobs"
rows = 200
[objective]
use = "misbehaving"
[optimizer]
use = "sgd"
lr  = 0.1
[train]
steps              = 300
batch              = 20
checkpoint_seconds = 0.01
[sweep]
metric        = "train.loss"
configs       = 10
replicates    = 2
deterministic = true
lag           = 4
[sweep.space]
"optimizer.lr"  = "1e-4..1e-1:log"
"objective.how" = ["takes_its_time", "fails_once", "aborts", "nan"]
"""
SPECS = {"nsga2, several objectives": SEVERAL, "tpe, several objectives": THREE, "tpe, retries": FAILING}
# What was tried again does not count, but of what failed in the end it is known how often.
LAST = "t.attempt = (SELECT max(o.attempt) FROM trials o WHERE o.config_id = t.config_id AND o.replicate = t.replicate)"
FINAL = f"FROM trials t WHERE t.state NOT IN ('LOST', 'QUEUED', 'RUNNING') AND {LAST}"
RESULTS = {
    "configs": "SELECT number, params, told FROM config ORDER BY number",
    "trials": f"SELECT t.config, t.replicate, t.state, t.value, t.error {FINAL} ORDER BY 1, 2",
    "failures": f"SELECT t.config, t.replicate, t.reason, (SELECT count(*) FROM trials o WHERE o.config_id = "
                "t.config_id AND o.replicate = t.replicate AND o.state = 'FAILED') AS attempts "
                f"{FINAL} AND t.state = 'FAILED' ORDER BY 1, 2",
    "series": "SELECT t.config, t.replicate, m.metric, m.step, m.value FROM metrics m JOIN "
              f"(SELECT t.* {FINAL}) t USING (trial_id) WHERE m.metric NOT IN ('train.seconds', "
              "'train.steps_per_second') ORDER BY 1, 2, 3, 4",
    "objectives": "SELECT t.config, t.replicate, v.metric, v.value FROM objective_values v JOIN trials t USING "
                  "(trial_id) ORDER BY 1, 2, 3",
    "fronts": "SELECT config, rank, means FROM pareto ORDER BY 1",
    "rungs": "SELECT DISTINCT t.config, t.replicate, r.step, r.value FROM rung r JOIN trials t USING (trial_id) "
             "ORDER BY 1, 2, 3",
    "unfinished": "SELECT count(*) AS n FROM trials WHERE state IN ('QUEUED', 'RUNNING')",
    "twice": "SELECT config, replicate FROM trials WHERE state NOT IN ('LOST', 'QUEUED', 'RUNNING', 'FAILED') "
             "GROUP BY config, replicate HAVING count(*) > 1",
}


def results(world):
    return {name: world.rows(sql) for name, sql in RESULTS.items()}


def same(found, expected, what):
    for name in RESULTS:
        if found[name] != expected[name]:
            for a, b in zip(found[name], expected[name]):
                check(a, b, f"{what}: {name}")
            check(len(found[name]), len(expected[name]), f"{what}: number of {name}")


def command(world, kind, slots):
    spec = world.spec(SPECS.get(kind, SPEC))
    return ["sweep", spec, *KINDS[kind], "-j", str(slots), "-q", "--plugin-path", world.args.plugins]


def undisturbed(args, kind, slots):
    world = World(args)
    code, _, error = world.run(*command(world, kind, slots))
    check(code in (0, 3), True, f"{kind}: {error}")
    return results(world)


class Fate:
    """What happens to a sweep, by chance."""

    def __init__(self, seed, disk):
        self.rng = random.Random(seed)
        self.disk = pathlib.Path(disk) if disk else None
        self.filler = self.disk / "filler" if disk else None
        self.count = {"coordinator": 0, "trial": 0, "both": 0, "full disk": 0, "clock": 0}

    def clock(self):
        """Words before the command."""
        if not shutil.which("faketime") or self.rng.random() < 0.7:
            return []
        self.count["clock"] += 1
        return ["faketime", "-f", f"{self.rng.choice('+-')}{self.rng.randrange(1, 1000)}d"]

    def fill(self):
        self.count["full disk"] += 1
        try:
            with open(self.filler, "ab", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError:
            pass

    def strike(self, process):
        if self.disk and self.rng.random() < 0.3:
            self.fill()
            time.sleep(self.rng.uniform(0.01, 0.2))
        victims = trials_of(process.pid)
        kind = self.rng.choice(["coordinator", "trial", "both"])
        if self.count["trial"] >= 3:  # a trial that is killed more than three times may fail
            kind = "coordinator"
        if kind != "coordinator" and victims:
            for victim in victims if kind == "both" else [self.rng.choice(victims)]:
                kill(victim)
        if kind != "trial" or not victims:
            kill(process.pid)
            process.communicate()
        self.count[kind] += 1

    def kills(self):
        return self.count["coordinator"] + self.count["trial"] + self.count["both"]


def disturbed(args, kind, seed, most, expected):
    """A sweep that is killed up to `most` times. Returns how often it was."""
    fate = Fate(seed, args.disk)
    world = World(args)
    if fate.disk:
        world.scratch.cleanup()
        world.scratch = tempfile.TemporaryDirectory(prefix="ubp-fault-", dir=fate.disk)
        world.folder = pathlib.Path(world.scratch.name)
        world.env.update(UBP_CACHE=str(world.folder / "cache"), UBP_DB=str(world.folder / "ubp.db"))
    words = command(world, kind, 2)
    acknowledged = []
    while True:
        before, ubp = fate.clock(), args.ubp
        world.args.ubp = before[0] if before else ubp
        process = world.popen(*before[1:], *([ubp] if before else []), *words)
        world.args.ubp = ubp
        while process.poll() is None:
            time.sleep(fate.rng.uniform(0.02, 0.4))
            if process.poll() is None and fate.kills() < most:
                fate.strike(process)
        _, error = process.communicate()
        if fate.filler and fate.filler.exists():
            fate.filler.unlink()
        code, out, error = world.run("sql", "--format", "json", RESULTS["trials"])
        check(code in (0, 2, 4), True, f"{kind}, seed {seed}: {error}")  # 2: it was killed before there was anything
        finished = json.loads(out) if out.strip() else []
        missing = [trial for trial in acknowledged if trial not in finished]
        check(missing, [], f"{kind}, seed {seed}: trials that were recorded and are gone")
        acknowledged = finished
        if process.returncode in (0, 3):
            break
        if process.returncode >= 0 and not fate.disk:
            raise SystemExit(f"{kind}, seed {seed}: exit code {process.returncode}: {error}")
    same(results(world), expected, f"{kind}, seed {seed}, {fate.count}")
    return fate


def main():
    args = arguments([("--kills", 40), ("--seed", 1), ("--disk", ""), ("--kind", "")])
    kinds = [args.kind] if args.kind else list(KINDS)
    for kind in kinds:
        expected = undisturbed(args, kind, 2)
        for slots in (1, 8):
            same(undisturbed(args, kind, slots), expected, f"{kind}, {slots} slots")
        kills, seed, counts = 0, args.seed, {}
        while kills < args.kills // len(kinds):
            fate = disturbed(args, kind, seed, 6, expected)
            kills, seed = kills + max(1, fate.kills()), seed + 1
            for name, n in fate.count.items():
                counts[name] = counts.get(name, 0) + n
        states = {}
        for trial in expected["trials"]:
            states[trial["state"]] = states.get(trial["state"], 0) + 1
        print(f"{kind}: {states}; struck {counts}", flush=True)


if __name__ == "__main__":
    main()
