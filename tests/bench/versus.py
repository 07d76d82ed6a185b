#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Is the new ubp slower than the old one? tests/bench/versus.py OLD_UBP NEW_UBP [--rounds N] [WORKLOAD ...]

Runs the benchmark's workloads with both programs in turns, one thread each, and prints the medians of training steps
per second and their ratio; the order of the two changes every round, so that a machine that warms up favours neither.
The last column is the smallest and largest ratio of any one round: where it spans 1 widely, the machine was not quiet.
Exit codes: 0 no workload is slower by more than --limit, 1 one is.
--smoke: one short round; checks that it runs, not how fast.
"""
import argparse
import pathlib
import statistics
import sys
import tempfile

from bench import STEPS, time_ubp


def measure(workload, steps, rounds, programs, folders):
    """Steps per second: one list a program, one number a round."""
    speeds = ([], [])
    for k in range(rounds):
        for which in (0, 1) if k % 2 == 0 else (1, 0):
            speeds[which].append(time_ubp(workload, steps, folders[which], programs[which]))
    return speeds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    parser.add_argument("workloads", nargs="*", default=list(STEPS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=0.02, help="how much slower is slower; default 0.02")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_intermixed_args()
    programs = [str(path.resolve()) for path in (options.old, options.new)]
    slower = []
    print(f"{'workload':<14}{'old steps/s':>12}{'new steps/s':>12}{'new/old':>9}   rounds")
    with tempfile.TemporaryDirectory() as old, tempfile.TemporaryDirectory() as new:
        for workload in options.workloads:
            steps, rounds = (3, 1) if options.smoke else (STEPS[workload], options.rounds)
            speeds = measure(workload, steps, rounds, programs, (old, new))
            a, b = map(statistics.median, speeds)
            ratios = [after / before for before, after in zip(*speeds)]
            if b < a * (1 - options.limit):
                slower.append(workload)
            spread = f"{min(ratios):.3f} .. {max(ratios):.3f}"
            print(f"{workload:<14}{a:>12.1f}{b:>12.1f}{b / a:>9.3f}   {spread}", flush=True)
    if options.smoke:
        return
    print(f"slower by more than {options.limit:.0%}: {', '.join(slower) or 'none'}")
    sys.exit(1 if slower else 0)


if __name__ == "__main__":
    main()
