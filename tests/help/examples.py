#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the examples of every verb's help, in a folder with the spec and the sweep that they name: examples.py UBP

Each has a copy of that folder for itself. Where an example speaks to something beyond it, that is here, too: a sweep
that runs, for `ubp stop`; a program in the place of sbatch, for `ubp slurm`.
"""
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import small  # noqa: E402

SPEC = small("steps = 40\nlog_every = 2", """replicates = 2
[[metric]]
use = "knn_probe"
[sweep.space]
"optimizer.lr" = [1e-4, 1e-3, 1e-2, 1e-1]
"model.latent" = [1, 2, 4]
""", dataset='use  = "blobs"\nrows = 120')
MINE = """
[program]
lr = 0.1
[sweep]
metric = "loss"
goal   = "minimize"
[sweep.space]
"program.lr" = [0.1, 0.01]
"""
SBATCH = """#!/bin/sh
echo 7
"""
ALSO = {"doctor": 8, "gate": 9}  # where something is wrong with the machine; where a change is discarded


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


class Place:
    def __init__(self, ubp, folder):
        self.folder = folder
        self.env = {k: v for k, v in os.environ.items() if k not in ("UBP_DB", "UBP_PLUGIN_PATH")}
        self.env["UBP_CACHE"] = str(folder / "cache")
        self.env["PATH"] = f"{folder / 'bin'}:{ubp.parent}:{self.env['PATH']}"

    def sh(self, line, where):
        return subprocess.run(["sh", "-c", line], cwd=where, env=self.env, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL)

    def prepare(self):
        (self.folder / "bin").mkdir()
        (self.folder / "bin/sbatch").write_text(SBATCH)
        (self.folder / "bin/sbatch").chmod(0o755)
        model = self.folder / "model"
        (model / "shards").mkdir(parents=True)
        (model / "rings.toml").write_text(SPEC)
        for line in ("ubp sweep rings.toml -q", "ubp sweep rings.toml optimizer.lr=5e-3 --db shards/0.db -q"):
            done = self.sh(line, model)
            check(done.returncode == 0, f"{line}: {done.stderr}")
        (model / "mine.toml").write_text(MINE)
        (model / "results.csv").write_text("lr,accuracy\n0.1,0.75\n0.01,0.875\n")
        check(self.sh("ubp export optuna rings -o study.db", model).returncode == 0, "a study of Optuna's")
        run_out_of_memory(model / "ubp.db")

    def running(self, where):
        """A sweep of that name that will not end by itself."""
        words = ["ubp", "sweep", "rings.toml", "train.steps=1000000000", "-q"]
        process = subprocess.Popen(words, cwd=where, env=self.env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while "RUNNING" not in self.sh("ubp ls --all --format csv", where).stdout:
            check(process.poll() is None, "a sweep that was to be stopped has ended")
            time.sleep(0.05)
        return process


def run_out_of_memory(file):
    """One trial is as if it had: no spec of a fraction of a second would make it do so on every machine."""
    db = sqlite3.connect(file)
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'trial'"
                          ).fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.execute("UPDATE trial SET state = 'FAILED', value = NULL, reason = 'memory', error = 'used more than 1 GiB' "
               "WHERE trial_id = (SELECT max(trial_id) FROM trial)")
    for _, sql in triggers:
        db.execute(sql)
    db.commit()
    db.close()


def examples_of(text):
    """The indented lines below "Example:" or "Examples:"."""
    found = re.search(r"^Examples?:\n((?:  .*\n)+)", text, re.M)
    return [line.strip() for line in found[1].splitlines()] if found else []


def main():
    ubp = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="ubp-help-") as scratch:
        place = Place(ubp, pathlib.Path(scratch))
        place.prepare()
        verbs = re.findall(r"^  ubp (\w+)", place.sh("ubp help", scratch).stdout, re.M)
        check(len(verbs) >= 30, f"verbs: {verbs}")
        tried = 0
        for verb in verbs:
            examples = examples_of(place.sh(f"ubp {verb} --help", scratch).stdout)
            check(examples, f"ubp {verb} --help has no example")
            for example in examples:
                check(example.split()[:2] == ["ubp", verb], f"ubp {verb} --help: {example}")
                where = pathlib.Path(scratch) / f"{tried}"
                shutil.copytree(place.folder / "model", where)
                runs = place.running(where) if verb == "stop" else None
                if verb == "tell":
                    check(place.sh("ubp ask mine.toml", where).returncode == 0, "a trial to tell of")
                began = time.perf_counter()
                done = place.sh(example, where)
                print(f"{done.returncode:3} {time.perf_counter() - began:6.2f} s  {example}", flush=True)
                if runs:
                    check(runs.wait() == 75, "the sweep that was stopped")
                check(done.returncode in (0, ALSO.get(verb, 0)), f"{example}: {done.stdout}{done.stderr}")
                check("Traceback" not in done.stderr, done.stderr)
                tried += 1
    print(f"{tried} examples of {len(verbs)} verbs do what they show")


if __name__ == "__main__":
    main()
