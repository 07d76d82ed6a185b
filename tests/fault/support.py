# SPDX-License-Identifier: MIT
"""What the fault tests share: a scratch folder, specs, and `ubp` as a person would call it."""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

SPEC = """
[experiment]
name = "fault"
[dataset]
use       = "blobs"
rows      = 200
test_rows = 100
[objective]
use = "misbehaving"
[optimizer]
use = "sgd"
lr  = 0.1
[train]
epochs             = 2
batch              = 20
log_every          = 1
checkpoint_seconds = 0
[sweep]
metric = "train.loss"
"""

SMALL = """
[dataset]
{dataset}
[model]
use = "autoencoder"
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-3
[train]
{train}
[sweep]
name = "rings"
metric = "train.loss"
"""


def small(train, more="", dataset='use  = "blobs"\nrows = 100'):
    """A sweep of a fraction of a second: keys of [train], of [dataset]; `more`: what follows [sweep]'s own keys."""
    return SMALL.format(train=train, dataset=dataset) + more


def arguments(more=()):
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    parser.add_argument("--plugins", required=True)
    for name, default in more:
        parser.add_argument(name, type=type(default), default=default)
    args = parser.parse_args()
    # The tests work in folders of their own.
    args.ubp, args.plugins = os.path.abspath(args.ubp), os.path.abspath(args.plugins)
    return args


class World:
    """A folder of its own, with one database."""

    def __init__(self, args):
        self.args = args
        self.scratch = tempfile.TemporaryDirectory(prefix="ubp-fault-")
        self.folder = pathlib.Path(self.scratch.name)
        self.env = dict(os.environ, UBP_CACHE=str(self.folder / "cache"), UBP_DB=str(self.folder / "ubp.db"))

    def spec(self, text, name="spec.toml"):
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def popen(self, *words, **more):
        return subprocess.Popen([self.args.ubp, *words], cwd=self.folder, env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def run(self, *words):
        """exit code, stdout, stderr"""
        process = self.popen(*words)
        out, error = process.communicate(timeout=120)
        return process.returncode, out, error

    def sweep(self, *words):
        return self.run("sweep", *words, "--plugin-path", self.args.plugins)

    def rows(self, sql):
        code, out, error = self.run("sql", "--format", "json", sql)
        assert code in (0, 4), error
        return json.loads(out) if out.strip() else []


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


def interpreter(variable):
    """The interpreter that `variable` names; without one the test is skipped, and says why."""
    found = os.environ.get(variable)
    if not found:
        print(f"skipped: {variable} names no interpreter")
        raise SystemExit(77)
    return found
