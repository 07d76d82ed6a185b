#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How often does a layer of one seed find the same layer of another? tests/similarity/same_layer.py UBP [--seeds N]

By hand. Trains one deep autoencoder on digits with N seeds (6), and asks `ubp compare --representation` for every
ordered pair: of each layer of the one, which layer of the other is most alike, by linear CKA, by orthogonal Procrustes
and by neighbours. Prints hits, cases and Wilson's 95 % interval (of cases as if they were independent), and
which layers CKA takes for others.
"""
import argparse
import itertools
import json
import math
import os
import pathlib
import subprocess
import tempfile

SPEC = """
[dataset]
use        = "digits"
test_share = 0.2
[model]
use        = "autoencoder"
hidden     = [{hidden}]
latent     = {latent}
activation = "{activation}"
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-3
[train]
epochs = {epochs}
batch  = 64
[artifacts]
checkpoint = true
[[metric]]
use = "reconstruction_error"
[sweep]
name       = "deep"
metric     = "test.mse"
replicates = {seeds}
"""
MEASURES = ("cka", "procrustes", "neighbours")


def wilson(hits, n, z=1.959964):
    share, low = hits / n, z * z / n
    middle, half = share + low / 2, z * math.sqrt(share * (1 - share) / n + low / (4 * n))
    return (middle - half) / (1 + low), (middle + half) / (1 + low)


class Program:
    def __init__(self, ubp, folder):
        self.ubp, self.folder = os.path.abspath(ubp), folder
        self.env = dict(os.environ, UBP_DB=str(folder / "ubp.db"))

    def run(self, *words):
        done = subprocess.run([self.ubp, *words], cwd=self.folder, env=self.env, text=True, capture_output=True)
        if done.returncode:
            raise SystemExit(f"ubp {' '.join(words)}: {done.stderr}")
        return done

    def pairs(self, a, b):
        done = self.run("compare", "--representation", a, b, "--format", "json")
        return json.loads(done.stdout), done.stderr


def found(rows, measure):
    """layer of the one -> layer of the other"""
    best = {}
    for row in rows:
        if row[measure] is not None and row[measure] > best.get(row["layer_a"], (-math.inf,))[0]:
            best[row["layer_a"]] = (row[measure], row["layer_b"])
    return {layer: other for layer, (_, other) in best.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ubp")
    for name, default in (("seeds", 6), ("epochs", 60), ("latent", 12), ("hidden", "128, 96, 64, 32"),
                          ("activation", "relu")):
        parser.add_argument(f"--{name}", type=type(default), default=default)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(args.ubp, pathlib.Path(scratch))
        (program.folder / "spec.toml").write_text(SPEC.format(**vars(args)))
        print(program.run("sweep", "spec.toml", "--quiet").stdout)
        hits, cases, missed, said = dict.fromkeys(MEASURES, 0), 0, {}, ""
        for a, b in itertools.permutations(range(args.seeds), 2):
            rows, said = program.pairs(f"deep/0.{a}", f"deep/0.{b}")
            cases += len({row["layer_a"] for row in rows})
            for measure in MEASURES:
                for layer, other in found(rows, measure).items():
                    hits[measure] += layer == other
                    if layer != other and measure == "cka":
                        missed[layer, other] = missed.get((layer, other), 0) + 1
    print(said)
    for measure, n in hits.items():
        low, high = wilson(n, cases)
        print(f"{measure:<11} {n} of {cases}: {n / cases:.3f} [{low:.3f}, {high:.3f}]")
    for (layer, other), n in sorted(missed.items(), key=lambda item: -item[1]):
        print(f"by CKA {n} times {layer} found {other}")


if __name__ == "__main__":
    main()
