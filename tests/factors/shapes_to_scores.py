#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pictures of shapes, a variational autoencoder and every score of factors, from the spec to the record; of a model
without a way back, the refusal."""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

SCORES = ["dci_completeness", "dci_disentanglement", "dci_informativeness", "factor_vae_score", "mig", "modularity",
          "sap", "traversal_factors", "traversal_share"]
SPEC = """
[dataset]
{dataset}
[model]
{model}
[objective]
{objective}
[optimizer]
use = "adam"
lr  = 1e-3
[train]
epochs = 2
batch  = 64
[[metric]]
use = "dci"
trees = 20
[[metric]]
use = "factor_vae_score"
group = 16
votes = 1000
judging = 500
[[metric]]
use = "mig"
[[metric]]
use = "modularity"
[[metric]]
use = "sap"
[[metric]]
use = "traversal"
walks = 4
fit = 0.5
[sweep]
metric = "{metric}"
"""
SHAPES = 'use = "shapes"\nrows = 400\ntest_rows = 200\nside = 16\nfactors = "shape,size,x,y"'
MODEL = 'use = "variational_autoencoder"\nhidden = [32]\nlatent = 5'


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


class World:
    def __init__(self, ubp):
        self.ubp = os.path.abspath(ubp)
        self.scratch = tempfile.TemporaryDirectory(prefix="ubp-factors-")
        self.folder = pathlib.Path(self.scratch.name)
        self.env = dict(os.environ, UBP_CACHE=str(self.folder / "cache"), UBP_DB=str(self.folder / "ubp.db"))

    def run(self, *words):
        done = subprocess.run([self.ubp, *words], cwd=self.folder, env=self.env, text=True, capture_output=True,
                              timeout=250)
        return done.returncode, done.stdout, done.stderr

    def trial(self, dataset=SHAPES, model=MODEL, objective='use = "vae"', metric="test.mig", verb="run"):
        (self.folder / "spec.toml").write_text(SPEC.format(dataset=dataset, model=model, objective=objective,
                                                           metric=metric))
        return self.run(verb, "spec.toml")

    def scores(self):
        """Of the one trial that is recorded, which is then forgotten."""
        code, rows, error = self.run("sql", "--format", "json",
                                     "SELECT metric, last FROM metric_stats WHERE metric LIKE 'test.%' ORDER BY 1")
        check(code, 0, error)
        (self.folder / "ubp.db").unlink()
        return {row["metric"].removeprefix("test."): row["last"] for row in json.loads(rows)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    world = World(parser.parse_args().ubp)
    found = []
    for _ in range(2):
        code, _, error = world.trial()
        check(code, 0, error)
        found.append(world.scores())
    first, second = found
    check(sorted(first), SCORES, "the scores that are recorded")
    check(first, second, "the scores of the same trial again")
    for name, value in first.items():
        if name not in ("traversal_factors", "dci_informativeness"):
            check(0 <= value <= 1, True, f"{name} = {value} within 0 and 1")

    code, _, error = world.trial(model='use = "projector"', objective='use = "nt_xent"')
    check(code, 2, error)
    check("decoder" in error, True, error)


if __name__ == "__main__":
    main()
