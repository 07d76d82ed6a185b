#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do two builds of ubp get the same results, bit for bit? tests/repo/same_bits.py OLD_UBP NEW_UBP [SPEC ...]

Runs every spec of experiments/ with both programs, in a small form (`SMALL`), and compares what `ubp db check` calls
the digest of the results; where the digests differ, prints the first point that does. A spec whose data is not on this
machine is skipped, with the reason that both programs give: Debian has Fashion-MNIST and scikit-learn's tables, all
else is looked for in UBP_DATA. Exit codes: 0 the same, 1 something differs, 4 nothing could be compared.
"""
import argparse
import os
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

EXPERIMENTS = pathlib.Path(__file__).resolve().parents[2] / "experiments"

# What makes a spec small. Every spec of experiments/ has its line, so that a new one is not forgotten.
SEED = "sweep.replicates=1"
ROWS = "dataset.rows=600 dataset.test_rows=200"
EPOCH = f"{SEED} {ROWS} train.epochs=1"
EVERY_STEP = f"{EPOCH} train.log_every=1"
STEPS = f"{SEED} {ROWS} train.steps=20 train.log_every=5"
CELLS = f"{SEED} train.steps=200 dataset.withhold=0.5 dataset.withhold_seed=1"
CLUSTERS = f"{SEED} dataset.rows=400 train.epochs=1 train.log_every=1 objective.pretrain_epochs=1 objective.interval=2"
REWARD = f"{SEED} environment.episodes=8"
PLANTED = "dataset.rows=600 dataset.test_rows=200 dataset.seed=1,2 train.epochs=1 train.log_every=1"
SEARCH = f"sweep.configs=3 sweep.replicates=3 {ROWS} dataset.valid_share=0.01 train.steps=5"
SMALL = {
    "01-latent-size/spec": EPOCH,
    "02-denoising/spec": EPOCH,
    "03-vae/spec": EVERY_STEP,
    "04-gan/spec": EVERY_STEP,
    "05-labels/supervised": f"{STEPS} dataset.per_class=10,0",
    "05-labels/unsupervised": f"{STEPS} metric.0.per_class=10,0",
    "06-anomaly/spec": EPOCH,
    "07-imputation/breast_cancer": CELLS,
    "07-imputation/iris": CELLS,
    "07-imputation/wine": CELLS,
    "08-contrast/autoencoder": EVERY_STEP,
    "08-contrast/barlow_twins": EVERY_STEP,
    "08-contrast/nt_xent": f"{EVERY_STEP} train.batch=128",
    "09-codes/contractive": EVERY_STEP,
    "09-codes/sparse": EVERY_STEP,
    "10-reward/a2c": f"{REWARD} train.epochs=40 train.log_every=5 train.eval_every=20",
    "10-reward/reinforce": f"{REWARD} train.epochs=3 train.log_every=1 train.eval_every=2",
    "11-dimensionality/digits": EVERY_STEP,
    "11-dimensionality/fashion": EVERY_STEP,
    "12-clustering/digits": CLUSTERS,
    "12-clustering/fashion": CLUSTERS,
    "12-clustering/mnist": CLUSTERS,
    "13-outliers/digits": f"{SEED} train.steps=100 train.log_every=10",
    "13-outliers/tables": f"{SEED} train.steps=100 train.log_every=10",
    "14-optimism/spec": f"{SEED} train.epochs=2 objective.level=0.3 model.latent=2",
    "15-probe/barlow_twins": SEARCH,
    "15-probe/contractive": SEARCH,
    "15-probe/denoising": SEARCH,
    "15-probe/nt_xent": SEARCH,
    "15-probe/reconstruction": SEARCH,
    "15-probe/vae": SEARCH,
    "16-planted/correlated": PLANTED,
    "16-planted/dense": PLANTED,
    "16-planted/independent": PLANTED,
    "17-factors/beta_tcvae": EVERY_STEP,
    "17-factors/beta_vae": EVERY_STEP,
    "17-factors/factor_vae": EVERY_STEP,
    "17-factors/vae": EVERY_STEP,
    "18-choosing/spec": f"{SEED} sweep.configs=3 train.steps=20",
    "19-layers/spec": EVERY_STEP,
}


class Program:
    """One of the two, with its own data cache: neither reads what the other wrote."""

    def __init__(self, path, scratch):
        self.path = str(path.resolve())
        self.scratch = scratch
        scratch.mkdir()
        self.environment = dict(os.environ, UBP_CACHE=str(scratch / "cache"))
        self.environment.pop("UBP_DB", None)

    def ubp(self, *arguments):
        return subprocess.run([self.path, *arguments], env=self.environment, capture_output=True, text=True)

    def sweep(self, name):
        """The exit code, the last line on stderr, and the database."""
        db = self.scratch / f"{name.replace('/', '-')}.db"
        done = self.ubp("sweep", str(EXPERIMENTS / f"{name}.toml"), *SMALL[name].split(), "--quiet", "--db", str(db))
        return done.returncode, (done.stderr.strip().splitlines() or [""])[-1], db

    def digest(self, db):
        done = self.ubp("db", "check", "--db", str(db))
        if done.returncode:
            sys.exit(f"{self.path} db check: {done.stdout.strip()} {done.stderr.strip()}")
        return next(line for line in done.stdout.splitlines() if line.startswith("digest"))


def series(db):
    """Every point that is a result: {(config, replicate, metric, step): bits}."""
    with sqlite3.connect(db) as connection:
        rows = connection.execute("""
            SELECT config, replicate, metric, step, m.value FROM metrics m JOIN trials USING (trial_id)
            WHERE state = 'COMPLETE' AND metric NOT LIKE '%seconds' AND metric NOT LIKE '%_per_second'""")
        return {row[:4]: "nan" if row[4] is None else struct.pack(">d", row[4]).hex() for row in rows}


def first_difference(old, new):
    for point in sorted(set(old) | set(new), key=lambda point: (point[0], point[1], point[3], point[2])):
        if old.get(point) != new.get(point):
            config, replicate, metric, step = point
            return (f"config {config}, replicate {replicate}, {metric} at step {step}: "
                    f"{number(old.get(point))} became {number(new.get(point))}")
    return None


def number(bits):
    if bits is None or bits == "nan":
        return "nothing" if bits is None else "nan"
    return repr(struct.unpack(">d", bytes.fromhex(bits))[0])


def compare(name, old, new):
    """("same" | "skipped" | "differs", why)"""
    (old_code, old_line, old_db), (new_code, new_line, new_db) = old.sweep(name), new.sweep(name)
    if old_code == new_code == 2 and "is missing" in old_line and "is missing" in new_line:
        return "skipped", new_line.removeprefix("ubp: ")
    for program, code, line in ((old, old_code, old_line), (new, new_code, new_line)):
        if code:
            return "differs", f"{program.path} ends with {code}: {line}"
    if old.digest(old_db) == new.digest(new_db):
        return "same", ""
    difference = first_difference(series(old_db), series(new_db))
    if difference:
        return "differs", difference
    return "same", "every point is equal; the digests are not, because the two call the sweep by different identities"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    parser.add_argument("specs", nargs="*", help="01-latent-size/spec, ...; default: all")
    options = parser.parse_intermixed_args()
    found = {str(path.relative_to(EXPERIMENTS).with_suffix("")) for path in EXPERIMENTS.glob("*/*.toml")}
    if found != set(SMALL):
        sys.exit(f"same_bits.py: SMALL and experiments/ name different specs: {', '.join(sorted(found ^ set(SMALL)))}")
    counts = {"same": 0, "skipped": 0, "differs": 0}
    with tempfile.TemporaryDirectory() as scratch:
        old = Program(options.old, pathlib.Path(scratch) / "old")
        new = Program(options.new, pathlib.Path(scratch) / "new")
        for name in options.specs or sorted(SMALL):
            verdict, why = compare(name, old, new)
            counts[verdict] += 1
            print(f"{verdict:<8} {name}{': ' if why else ''}{why}", flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    sys.exit(1 if counts["differs"] else 0 if counts["same"] else 4)


if __name__ == "__main__":
    main()
