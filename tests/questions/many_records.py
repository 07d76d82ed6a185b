#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A database of as many trials as wanted: one sweep, 10 parameters, 5 seeds a config, 100 points of one of 3 metrics.

many_records.py --empty PROGRAM --trials N FILE
"""
import argparse
import json
import math
import pathlib
import random
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "filter"))
import small_records  # noqa: E402

SEEDS = 5
OBJECTIVES = ("vicreg", "barlow", "denoising", "contrastive")
DATASETS = ("fashion_mnist", "mnist", "digits")
REASONS = ("numeric", "timeout", "crash")


def config(random_, number):
    return {"objective.use": OBJECTIVES[number % 4], "dataset.use": DATASETS[number // 4 % 3],
            "model.latent": 4 << random_.randrange(4), "optimizer.lr": (1e-4, 1e-3, 1e-2, 1e-1)[random_.randrange(4)],
            **{f"objective.weight_{i}": round(random_.random(), 3) for i in range(6)}}


def fill(db, trials):
    random_ = random.Random(7)
    r = small_records.Records(db)
    now = int(time.time() * 1000)
    r.add("experiment", name="e", question="q", created_ms=0)
    for host in ("gpu01", "gpu02", "laptop"):
        r.add("environment", sha256=host, host=host, os="Debian 12", kernel="6.1", cpu="EPYC", n_cpu=8,
              mem_bytes=1 << 34, compiler="g++ 12.2", build="release", blas="OpenBLAS 0.3", host_sha256="ab" * 32)
    r.add("source", git_sha="77" * 20, branch="main", dirty=0, diff_sha256="")
    for kind, ids in (("objective", OBJECTIVES), ("dataset", DATASETS)):
        for name in ids:
            r.add("plugin", kind=kind, id=name, version="1", sha256=f"{name}-sha", file="f", build="b", first_seen_ms=0)
    for metric in ("test.mse", "test.acc", "train.loss"):
        r.add("metric_name", name=metric)
    sweep = r.sweep("big")
    configs, params, rows, plugins, summaries = [], [], [], [], []
    for c in range(1, max(trials // SEEDS, 1) + 1):
        values = config(random_, c - 1)
        configs.append((c, sweep, c - 1, 0, json.dumps(values, sort_keys=True)))
        for name, value in values.items():
            kind = {int: "int", float: "float", str: "text"}[type(value)]
            params.append((c, name, kind, None if kind == "text" else value, value if kind == "text" else None))
        level = 0.1 + abs(math.log10(values["optimizer.lr"]) + 2) / 10 + 0.01 * (c % 17)
        for seed in range(SEEDS):
            trial = len(rows) + 1
            failed = random_.random() < 0.02
            diverged = values["optimizer.lr"] > 0.05 and random_.random() < 0.1
            value = None if failed else level + random_.gauss(0, 0.01) + (1000 if diverged else 0)
            ended = now - int(random_.random() * 30 * 86_400_000) - 3_600_000
            wall = 1000 + int(random_.random() * 9000)
            rows.append((trial, sweep, c, seed, 0, seed, "FAILED" if failed else "COMPLETE", value,
                         REASONS[trial % 3] if failed else None, "it failed" if failed else None, 1 + trial % 3, 1,
                         ended - wall, ended - wall, ended, wall))
            plugins += [(trial, "objective", 1 + (c - 1) % 4), (trial, "dataset", 5 + (c - 1) // 4 % 3)]
            if not failed:
                for metric, last in ((1, value), (2, 1 - value / 2), (3, value * 2)):
                    summaries.append((trial, metric, 100, 0, last + 1, last, 99, last, 99, last + 1, 0, 100 * last))

    def many(table, columns, values):
        db.executemany(f"INSERT INTO {table}({columns}) VALUES({', '.join('?' * len(values[0]))})", values)

    many("config", "config_id, sweep_id, number, supervised, params", configs)
    many("param", "config_id, name, kind, num, text", params)
    many("trial", "trial_id, sweep_id, config_id, replicate, attempt, seed, state, value, reason, error, "
         "environment_id, source_id, created_ms, started_ms, finished_ms, wall_ms", rows)
    many("trial_plugin", 'trial_id, "table", plugin_id', plugins)
    many("metric_summary", "trial_id, metric_id, n, n_nan, first, last, last_step, min, min_step, max, max_step, sum",
         summaries)
    db.execute("WITH RECURSIVE i(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM i WHERE x < 99) INSERT INTO metric "
               "SELECT trial_id, 1, x, value + 1.0 / (x + 1), x FROM trial, i WHERE value IS NOT NULL")


def make(empty, file, trials):
    subprocess.run([empty, file], check=True)
    db = sqlite3.connect(file)
    db.execute("PRAGMA synchronous = OFF")
    with small_records.unguarded(db):
        fill(db, trials)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--empty", required=True)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("file")
    words = parser.parse_args()
    make(words.empty, words.file, words.trials)
