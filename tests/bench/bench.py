#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ubp against PyTorch, side by side in one run: tests/bench/bench.py [--rounds N] [WORKLOAD ...]

Interleaves ubp, PyTorch and the bare matrix products, one thread each, and prints medians and their ratios; then the
recording rate. Sweeps: sweep.py. PyTorch is Debian's `python3-torch`; without it only ubp is timed.
--peers PYTHON: instead, ubp against the best of four: PyTorch as it is, with fused Adam, with torch.compile, too, and
JAX with all steps in one compiled lax.scan. PYTHON has torch and jax of its own (`python3 -m venv`, `pip install torch
jax`; also UBP_PEER_PYTHON); what it lacks is left out. All run on one core. Then limit.py's table, with these peers.
--only NAME ...: of these peers (eager, fused, compiled, scan). --quickest: the quickest run of all rounds, and runs of
a quarter of the length, instead of medians: for a machine whose load by others changes from run to run.
--isa avx2: peers and OpenBLAS keep to AVX2. UBP is then to name a program of a build with -DUBP_ENGINE_ARCH=haswell.
--smoke: one short round of everything that needs no peer; checks that it runs, not how fast.
"""
import argparse
import importlib.util
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
UBP = os.environ.get("UBP", str(HERE.parent.parent / "build/release/bin/ubp"))
ENV = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1",
           XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
AVX2 = {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2", "XLA_FLAGS": ENV["XLA_FLAGS"] + " --xla_cpu_max_isa=AVX2"}
PEERS = {"eager": "torch", "fused": "torch", "compiled": "torch", "scan": "jax"}
STEPS = {"digits_32": 20000, "ae_32": 2000, "ae_128": 800, "deep_ae_256": 60, "vae_128": 600, "gan_64": 300,
         "conv_ae_64": 300, "nt_xent_256": 200}
TARGET = {"ae_32": 2.5, "ae_128": 1.4, "deep_ae_256": 1.25, "vae_128": 1.5, "gan_64": 1.5, "conv_ae_64": 2.0,
          "nt_xent_256": 1.15}


def ubp(*arguments, program=UBP):
    done = subprocess.run([program, *arguments], env=ENV, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{program} {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def time_ubp(workload, steps, folder, program=UBP, more=()):
    """Training steps per second of one run; the folder keeps its database."""
    db = str(pathlib.Path(folder) / f"{workload}.db")
    pathlib.Path(db).unlink(missing_ok=True)
    ubp("run", str(HERE / "specs" / f"{workload}.toml"), f"train.steps={steps}", *more, "--db", db, program=program)
    query = "SELECT last FROM metric_stats WHERE metric = 'train.steps_per_second'"
    return json.loads(ubp("sql", query, "--format", "json", "--db", db, program=program))[0]["last"]


def time_peer(workload, steps, mode, python=sys.executable):
    arguments = {"scan": ["peer_jax.py", workload, str(steps)],
                 "products": ["peer.py", "--products", workload, str(steps)]}
    script, *rest = arguments.get(mode, ["peer.py", workload, str(steps), mode])
    command = [python, str(HERE / script), *rest]
    done = subprocess.run(command, env=ENV, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return float(done.stdout)


def bench_program(name):
    """A test program of the build that UBP is of; an installed ubp has none."""
    return pathlib.Path(UBP).parent.parent / "tests" / name


def geometric_mean(ratios):
    return math.exp(statistics.mean(map(math.log, ratios)))


def has(python, module):
    return subprocess.run([python, "-c", f"import {module}"], env=ENV, capture_output=True).returncode == 0


def peers_table(workloads, rounds, python, only, quickest):
    peers = [peer for peer, module in PEERS.items() if peer in only and has(python, module)]
    middle, part = (max, 4) if quickest else (statistics.median, 1)
    if not peers:
        sys.exit(f"{python} has neither torch nor jax: pip install torch jax")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ratios, best = [], {}
    print(f"{'workload':<14}{'ubp steps/s':>12}" + "".join(f"{peer:>10}" for peer in peers) +
          f"{'ubp / best':>12}   rounds", flush=True)
    for workload in workloads:
        mine, theirs = [], {peer: [] for peer in peers}
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(rounds):
                steps = max(10, STEPS[workload] // part)
                mine.append(time_ubp(workload, steps, folder))
                for peer in peers:
                    theirs[peer].append(time_peer(workload, steps, peer, python=python))
        medians = [middle(theirs[peer]) for peer in peers]
        ratios.append(middle(mine) / max(medians))
        best[workload] = middle(mine), max(medians)
        each = [m / max(of_round) for m, of_round in zip(mine, zip(*theirs.values()))]
        print(f"{workload:<14}{middle(mine):>12.1f}" + "".join(f"{m:>10.1f}" for m in medians) +
              f"{ratios[-1]:>12.2f}   {min(each):.2f} .. {max(each):.2f}", flush=True)
    print(f"geometric mean of ubp / best: {geometric_mean(ratios):.2f} (target 1.50); smallest {min(ratios):.2f} "
          "(target 1.10)")
    import limit
    limit.table(best)


def table(workloads, rounds, peer):
    ratios = []
    print(f"{'workload':<14}{'ubp steps/s':>12}{'PyTorch':>10}{'ratio':>8}{'target':>8}{'products':>10}"
          f"{'share in products':>19}")
    for workload in workloads:
        mine, theirs, limit = [], [], []
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(rounds):
                mine.append(time_ubp(workload, STEPS[workload], folder))
                if peer:
                    theirs.append(time_peer(workload, STEPS[workload], "eager"))
                    limit.append(time_peer(workload, STEPS[workload], "products"))
        m = statistics.median(mine)
        line = f"{workload:<14}{m:>12.1f}"
        if peer:
            t, p = statistics.median(theirs), statistics.median(limit)
            ratios.append(m / t)
            line += f"{t:>10.1f}{m / t:>8.2f}{TARGET.get(workload, math.nan):>8.2f}"
            line += f"{p:>10.1f}{m / p:>18.0%}" if p == p else f"{'-':>10}{'-':>18}"
        print(line, flush=True)
    if ratios:
        print(f"geometric mean of the ratios: {geometric_mean(ratios):.2f} (target 1.60)")


def recording():
    program = bench_program("record/bench_record")
    if not program.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        print(subprocess.run([program, folder], capture_output=True, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*", default=list(STEPS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", metavar="PYTHON", default=os.environ.get("UBP_PEER_PYTHON"))
    parser.add_argument("--only", nargs="+", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--quickest", action="store_true")
    parser.add_argument("--isa", choices=["avx2"])
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_intermixed_args()
    if options.isa:
        ENV.update(AVX2)
    if options.smoke:
        STEPS = {w: 3 for w in STEPS}
        table(options.workloads, 1, False)
    elif options.peers:
        peers_table(options.workloads, options.rounds, options.peers, options.only, options.quickest)
    else:
        peer = importlib.util.find_spec("torch") is not None
        if not peer:
            print("PyTorch is not installed (apt-get install python3-torch): only ubp is timed", file=sys.stderr)
        table(options.workloads, options.rounds, peer)
        recording()
