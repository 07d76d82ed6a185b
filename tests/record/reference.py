#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Recomputes, with SciPy, every reference number of this folder's tests.

  reference.py quantiles    the rows of student_t in host/record/schema.sql
  reference.py series       the coefficients of the expansion beyond them, in host/record/views.sql, and its error
  reference.py leaderboard  the expected rows of leaderboard.cpp
"""
import sys

import numpy as np
from scipy import stats

KNOWN_DF = 30


def quantiles():
    for df in range(1, KNOWN_DF + 1):
        print(f"({df}, {stats.t.ppf(0.975, df):.12g})", end=";\n" if df == KNOWN_DF else ", ")


def series():
    """Abramowitz & Stegun 26.7.5: t = z + g1/df + g2/df^2 + g3/df^3 + g4/df^4."""
    z = stats.norm.ppf(0.975)
    g = [
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    ]
    print("z", repr(float(z)), "g", [f"{c:.12g}" for c in g])
    error = max(
        abs(z + sum(c / df ** (k + 1) for k, c in enumerate(g)) - stats.t.ppf(0.975, df))
        for df in range(KNOWN_DF + 1, 2000)
    )
    print(f"largest error beyond df {KNOWN_DF}: {error:.2g}")


def leaderboard():
    """Each config's results are a formula, so that the test can make the same ones; n from 1 to 41 passes both
    tables."""
    rows = []
    for config, n in enumerate([1, 2, 3, 5, 10, 31, 32, 41]):
        v = np.array([0.5 + 0.01 * config + 0.001 * ((7 * r * r + 3 * r + config) % 11) for r in range(n)])
        sd = v.std(ddof=1) if n > 1 else None
        ci = stats.t.ppf(0.975, n - 1) * stats.sem(v) if n > 1 else None
        rows.append((config, n, v.mean(), sd, ci, v.max(), v.min()))
    for rank, row in enumerate(sorted(rows, key=lambda r: -r[2]), start=1):
        text = ", ".join("-1" if x is None else repr(float(x)) for x in row[2:])
        print(f"    {{{rank}, {row[0]}, {row[1]}, {text}}},")


if __name__ == "__main__":
    {"quantiles": quantiles, "series": series, "leaderboard": leaderboard}[sys.argv[1]]()
