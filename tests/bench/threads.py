#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What do more threads bring a trial? tests/bench/threads.py [--threads N] [--rounds N] [WORKLOAD ...]

Runs the benchmark's workloads with one thread and with N (2) in turns, and prints the medians of training steps per
second and their ratio; the order of the two changes every round. The last column is the smallest and largest ratio of
any one round: where it spans widely, the machine was not quiet. It needs N free cores.
--smoke: one short round; checks that it runs, not how fast.
"""
import argparse
import statistics
import tempfile

from bench import STEPS, time_ubp


def measure(workload, steps, rounds, threads):
    """Steps per second: one list a number of threads, one number a round."""
    speeds = ([], [])
    with tempfile.TemporaryDirectory() as folder:
        for k in range(rounds):
            for which in (0, 1) if k % 2 == 0 else (1, 0):
                speeds[which].append(time_ubp(workload, steps, folder, more=[f"train.threads={threads[which]}"]))
    return speeds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", default=list(STEPS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    print(f"{'workload':<14}{'1 thread':>10}{f'{options.threads} threads':>12}{'ratio':>8}   rounds")
    for workload in options.workloads:
        steps, rounds = (3, 1) if options.smoke else (STEPS[workload], options.rounds)
        one, more = measure(workload, steps, rounds, (1, options.threads))
        a, b = map(statistics.median, (one, more))
        ratios = [after / before for before, after in zip(one, more)]
        print(f"{workload:<14}{a:>10.1f}{b:>12.1f}{b / a:>8.2f}   {min(ratios):.2f} .. {max(ratios):.2f}", flush=True)


if __name__ == "__main__":
    main()
