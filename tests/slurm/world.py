# SPDX-License-Identifier: MIT
"""A folder of its own with one database, and `ubp` as a person would call it."""
import json
import os
import pathlib
import subprocess
import tempfile

SPEC = """
[dataset]
use  = "blobs"
rows = 200
dims = 6
[model]
use    = "autoencoder"
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 0.01
[train]
steps              = {steps}
batch              = 20
log_every          = 10
checkpoint_seconds = 0.2
[[metric]]
use = "reconstruction_error"
[artifacts]
curves = true
[sweep]
metric     = "test.mse"
replicates = 2
[sweep.space]
"optimizer.lr" = [0.1, 0.01, 0.001, 0.0001]
"""


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


def trials_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


class World:
    def __init__(self, ubp, env=os.environ, folder=None):
        self.ubp = os.path.abspath(ubp)
        self.scratch = None if folder else tempfile.TemporaryDirectory(prefix="ubp-slurm-")
        self.folder = pathlib.Path(folder or self.scratch.name)
        self.folder.mkdir(exist_ok=True)
        self.db = self.folder / "ubp.db"
        self.env = dict(env, UBP_CACHE=str(self.folder / "cache"), UBP_DB=str(self.db))

    def spec(self, steps, more=""):
        (self.folder / "spec.toml").write_text(SPEC.format(steps=steps) + more)
        return str(self.folder / "spec.toml")

    def popen(self, *words):
        return subprocess.Popen([self.ubp, *map(str, words)], cwd=self.folder, env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *words):
        """exit code, stdout, stderr"""
        process = self.popen(*words)
        out, error = process.communicate(timeout=600)
        return process.returncode, out, error

    def rows(self, sql):
        code, out, error = self.run("sql", "--format", "json", sql)
        check(code in (0, 4), True, error)
        return json.loads(out) if out.strip() else []

    def digest(self, db=None):
        code, out, error = self.run("db", "check", "--db", db or self.db)
        check(code, 0, f"db check: {out}{error}")
        return out
