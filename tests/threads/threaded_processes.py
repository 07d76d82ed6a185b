#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trials of several threads as processes: slots, identity, interruption: tests/threads/threaded_processes.py UBP"""
import json
import os
import pathlib
import signal
import sys
import time
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SWEEP = small("steps = 4\nlog_every = 1", '[sweep.space]\n"model.latent" = [1, 2]\n')
RUN = """
[dataset]
use  = "blobs"
rows = 2000
dims = 300
[model]
use    = "autoencoder"
hidden = [200]
latent = 5
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-3
[train]
steps              = 400
batch              = 500
log_every          = 1
checkpoint_seconds = 0.01
"""


def ask(world, database, query):
    code, out, error = world.run("sql", query, "--format", "json", "--db", database)
    check(code, 0, error)
    return json.loads(out)


def side_by_side(world, jobs):
    """Trials side by side, of a sweep whose trials have two threads."""
    code, _, error = world.run("sweep", "sweep.toml", "train.threads=2", "-j", jobs, "--db", "sweep.db")
    check(code, 0, error)
    events = ask(world, "sweep.db", "SELECT data FROM event WHERE kind = 'session' ORDER BY event_id")
    (world.folder / "sweep.db").unlink()
    return events[-1]["data"]["slots"]


def series(world, database):
    return ask(world, database, "SELECT step, value FROM metrics WHERE metric = 'train.loss' ORDER BY step")


def main():
    world = World(types.SimpleNamespace(ubp=str(pathlib.Path(sys.argv[1]).resolve())))
    world.spec(SWEEP, "sweep.toml")
    world.spec(RUN, "run.toml")
    check([side_by_side(world, jobs) for jobs in ("1", "2", "5")], [1, 1, 2], "trials of two threads in 1, 2, 5 slots")

    cores = len(os.sched_getaffinity(0))
    for threads in (cores, cores + 1):
        code, _, error = world.run("run", "run.toml", f"train.threads={threads}", "train.steps=3", "--db", "few.db")
        check((code, "ubp: note: train.threads: found" in error), (0, threads > cores), error)

    code, _, error = world.run("run", "run.toml", "--db", "whole.db")
    check(code, 0, error)
    first = world.popen("run", "run.toml", "train.threads=2", "--db", "parts.db", "-q")
    while not list(world.folder.glob("parts.db.files/**/checkpoint")):
        time.sleep(0.01)
    first.send_signal(signal.SIGINT)
    _, error = first.communicate(timeout=120)
    check(first.returncode, 75, error)
    check(len(series(world, "parts.db")) < 400, True, "a trial that was interrupted")
    code, _, error = world.run("run", "run.toml", "train.threads=2", "--db", "parts.db")
    check((code, "afresh" in error), (0, False), error)
    check(series(world, "parts.db"), series(world, "whole.db"), "losses of an interrupted trial of two threads")


if __name__ == "__main__":
    main()
