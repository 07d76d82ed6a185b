#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast is a sweep? tests/bench/sweep.py [--rounds N] [--peer PYTHON] [trivial] [digits] [rates]

trivial  1,000 trials of 10 reports each on two slots; Optuna with two threads on SQLite and on a journal file
digits   60 random configs (learning rate, latent size) of an autoencoder of scikit-learn's digits, 2,000 steps each, on
         two slots; Optuna with two processes, training in PyTorch and in JAX (a compiled scan over all steps: compiled
         anew for each latent size, as any search over an architecture is)
rates    the same with the learning rate alone, so that JAX compiles once a process
slots    ubp's 60 configs on one slot and on two

Each trial of ubp runs in a process of its own; Optuna's share theirs. Runs are interleaved; seconds are medians of
the rounds, ratios medians of each round's ratio. PYTHON has optuna, and for digits torch and jax; what it lacks is left
out.
--smoke: one small round of ubp alone; checks that it runs, not how fast.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
UBP = os.environ.get("UBP", str(HERE.parent.parent / "build/release/bin/ubp"))
ENV = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1",
           XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

TRIVIAL = """
[dataset]
use = "blobs"
rows = 16
[model]
use = "autoencoder"
hidden = [2]
latent = 1
[objective]
use = "reconstruction"
[optimizer]
use = "sgd"
lr = 1e-3
[train]
steps = 10
log_every = 1
[sweep]
metric = "train.loss"
replicates = {n}
"""
DIGITS = """
[dataset]
use = "digits"
[model]
use = "autoencoder"
hidden = [64]
latent = 8
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
[train]
steps = {steps}
batch = 64
log_every = {steps}
checkpoint_seconds = 3600
[sweep]
metric = "train.loss"
sampler = "random"
configs = {n}
[sweep.space]
"optimizer.lr" = "1e-4..1e-1:log"
"""
LATENT = '"model.latent" = "2..32"\n'
PEERS = {"trivial": {"Optuna, SQLite": "sqlite", "Optuna, journal": "journal"},
         "digits": {"Optuna and PyTorch": "torch", "Optuna and JAX": "jax"},
         "rates": {"Optuna and PyTorch": "torch", "Optuna and JAX": "jax"},
         "slots": {}}
TARGETS = {"trivial": "ubp in at most 2.5 s", "digits": "12 x PyTorch, 5 x JAX", "rates": "-",
           "slots": "two slots 1.85 x one"}


def run(command, folder):
    start = time.perf_counter()
    done = subprocess.run(list(map(str, command)), env=ENV, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return time.perf_counter() - start


def time_ubp(workload, n, steps, slots):
    text = TRIVIAL.format(n=n) if workload == "trivial" else DIGITS.format(n=n, steps=steps)
    with tempfile.TemporaryDirectory() as folder:
        spec = pathlib.Path(folder) / "spec.toml"
        spec.write_text(text + (LATENT if workload in ("digits", "slots") else ""))
        return run([UBP, "sweep", spec, "-j", slots, "--quiet", "--db", pathlib.Path(folder) / "ubp.db"], folder)


def time_peer(python, workload, name, n, steps):
    with tempfile.TemporaryDirectory() as folder:
        return run([python, HERE / "sweep_peer.py", workload, name, n, steps], folder)


def has(python, module):
    return python and subprocess.run([python, "-c", f"import optuna, {module}"], capture_output=True).returncode == 0


def runners(workload, options):
    """By name, ubp first: what takes one round's seconds."""
    n, steps = {"trivial": (1000, 10)}.get(workload, (60, 2000))
    if options.smoke:
        n, steps = 8, 10
    all_of = {"ubp": lambda: time_ubp(workload, n, steps, 2)}
    if workload == "slots":
        all_of["ubp, one slot"] = lambda: time_ubp(workload, n, steps, 1)
    for title, name in PEERS[workload].items():
        if has(options.peer, name if name in ("torch", "jax") else "sqlalchemy"):
            all_of[title] = lambda name=name: time_peer(options.peer, workload, name, n, steps)
    return all_of


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=list(PEERS), metavar="WORKLOAD")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help="a Python that has optuna")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    for workload in options.workloads:
        all_of = runners(workload, options)
        seconds = {name: [] for name in all_of}
        for _ in range(1 if options.smoke else options.rounds):
            for name, time_it in all_of.items():
                seconds[name].append(time_it())
        print(f"{workload} (wanted: {TARGETS[workload]})")
        for name, each in seconds.items():
            ratio = statistics.median(b / a for a, b in zip(seconds["ubp"], each))
            print(f"  {name:<20}{statistics.median(each):>8.2f} s {ratio:>8.2f} x  "
                  f"({min(each):.2f} .. {max(each):.2f} s)", flush=True)


if __name__ == "__main__":
    main()
