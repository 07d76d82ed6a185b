#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast could a step be? tests/bench/limit.py [WORKLOAD=PEER_STEPS_PER_SECOND ...]

Of each workload: the multiply-adds of its matrix products; how long they would take at the peak of this core, and how
long ours do; how long a bare pass of Adam over the parameters takes; the step as it is, and what is neither. The limit
is products at the peak and that pass, one after the other, and nothing else at all: no rows, no bias, no activation, no
loss. With a peer's steps per second: the ratio to it as it is, and at the limit. Milliseconds: of the step the quickest
of --rounds short runs, of the rest lower quartiles, so that other programs on the machine count little. UBP names the
program, product_bench is looked for in the same build.
--isa avx2: OpenBLAS keeps to AVX2; see bench.py.
--smoke: one short round; checks that it runs, not how fast.
"""
import argparse
import subprocess
import sys
import tempfile

from bench import AVX2, ENV, STEPS, bench_program, time_ubp
from peer import PRODUCTS, shapes

SECONDS = 3


def parameters(workload):
    """Numbers that are trained; a net that takes part twice is counted once."""
    trained = {tuple(widths) for _, widths, back in PRODUCTS[workload] if "w" in back}
    return sum((i + 1) * o for widths in trained for i, o in zip(widths, widths[1:]))


def parts(workload, seconds=SECONDS):
    """MFLOP, and milliseconds: at the peak, our products, Adam's pass"""
    jobs = list(shapes(workload))
    command = [bench_program("bench/product_bench"), str(seconds), str(parameters(workload)),
               *(",".join(map(str, job)) for job in jobs)]
    done = subprocess.run(command, env=ENV, capture_output=True, text=True, check=True)
    peak, adam, *took = map(float, done.stdout.split())
    mflop = sum(2e-6 * m * n * k for m, n, k, _, _ in jobs)
    return mflop, mflop / peak, sum(took) / 1000, adam / 1000


def table(best, seconds=SECONDS):
    """best: by workload our steps per second, and those of the best peer, or None"""
    if not bench_program("bench/product_bench").exists():
        print("limit: there is no product_bench in the build of UBP", file=sys.stderr)
        return
    print(f"{'workload':<14}{'MFLOP':>9}{'at peak':>9}{'products':>10}{'Adam':>8}{'step':>9}{'rest':>8}{'limit':>9}"
          f"{'peer':>9}{'ratio':>7}{'at limit':>10}")
    for workload, (ours, theirs) in best.items():
        if workload not in PRODUCTS:
            continue
        mflop, bare, products, adam = parts(workload, seconds)
        step, peer = 1000 / ours, 1000 / theirs if theirs else None
        line = f"{workload:<14}{mflop:>9.1f}{bare:>9.4f}{products:>10.4f}{adam:>8.4f}{step:>9.4f}"
        line += f"{step - products - adam:>8.4f}{bare + adam:>9.4f}"
        print(line + (f"{peer:>9.4f}{peer / step:>7.2f}{peer / (bare + adam):>10.2f}" if peer else ""), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*", default=list(PRODUCTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--isa", choices=["avx2"])
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_intermixed_args()
    if options.isa:
        ENV.update(AVX2)
    best, rounds = {}, 1 if options.smoke else options.rounds
    with tempfile.TemporaryDirectory() as folder:
        for asked in options.workloads:
            workload, _, theirs = asked.partition("=")
            steps = 3 if options.smoke else max(10, STEPS[workload] // 6)
            mine = max(time_ubp(workload, steps, folder) for _ in range(rounds))
            best[workload] = mine, float(theirs) if theirs else None
    table(best, 0 if options.smoke else SECONDS)
