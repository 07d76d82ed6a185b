#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How often does a layer of one config find the layer of the same name of another? matches.py SWEEP CONFIGS [--db FILE]

Of every ordered pair of the configs 0 to CONFIGS - 1, which differ in their seed: hits, cases and Wilson's 95 %
interval (of cases as if they were independent), for three measures; then, by CKA, layer by layer.
"""
import collections
import itertools
import json
import math
import subprocess
import sys

MEASURES = ("cka", "procrustes", "neighbours")


def wilson(hits, n, z=1.959964):
    share, low = hits / n, z * z / n
    middle, half = share + low / 2, z * math.sqrt(share * (1 - share) / n + low / (4 * n))
    return (middle - half) / (1 + low), (middle + half) / (1 + low)


def pairs(a, b, more):
    """Every layer of a beside every layer of b, as `ubp compare` has them."""
    done = subprocess.run(["ubp", "compare", "--representation", a, b, "--format", "json", *more],
                          text=True, capture_output=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def found(rows, measure, own, other):
    """Layer of the one -> layer of the other that is most like it."""
    best = {}
    for row in rows:
        if row[measure] is not None and row[measure] > best.get(row[own], (-math.inf,))[0]:
            best[row[own]] = (row[measure], row[other])
    return {layer: match for layer, (_, match) in best.items()}


def main():
    sweep, configs, more = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    hits, cases, each = collections.Counter(), 0, collections.defaultdict(collections.Counter)
    for a, b in itertools.combinations(range(configs), 2):
        rows = pairs(f"{sweep}/{a}.0", f"{sweep}/{b}.0", more)
        for own, other in (("layer_a", "layer_b"), ("layer_b", "layer_a")):
            cases += len({row[own] for row in rows})
            for measure in MEASURES:
                for layer, match in found(rows, measure, own, other).items():
                    hits[measure] += layer == match
                    if measure == "cka":
                        each[layer][match] += 1
    print(f"{sweep}: {rows[0]['rows']} rows, CKA by the {rows[0]['estimate']} estimate")
    for measure in MEASURES:
        low, high = wilson(hits[measure], cases)
        print(f"  {measure:<11} {hits[measure]} of {cases}: {hits[measure] / cases:.3f} [{low:.3f}, {high:.3f}]")
    for layer, matches in each.items():
        print(f"  by CKA {layer} finds {', '.join(f'{match} {n} times' for match, n in matches.most_common())}")


if __name__ == "__main__":
    main()
