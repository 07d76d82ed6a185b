#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints statistics_reference.hpp: what SciPy and NumPy say of the samples and distributions that the tests ask about.

  /usr/bin/python3 tests/base/reference.py > tests/base/statistics_reference.hpp

needs: apt-get install python3-scipy
"""
import builtins
import textwrap

import numpy as np
from scipy import stats

SAMPLES = {
    "one value": [0.5],
    "two values": [0.25, 0.75],
    "an odd number": [3.0, -1.5, 2.25, 10.0, 0.0],
    "an even number, with ties": [0.81, 0.79, 0.81, 0.84, 0.80, 0.79],
    "far from zero": [1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 8, 1e9 + 16],
    "forty-one accuracies": [0.5 + 0.001 * ((7 * r * r + 3 * r) % 11) for r in range(41)],
}
PAIRED = ([0.81, 0.84, 0.79, 0.86, 0.80], [0.80, 0.82, 0.79, 0.83, 0.78])
LEVELS = [0.9, 0.95, 0.99]
QUANTILES = [0.0, 0.1, 0.25, 0.5, 0.9, 1.0]
PROBABILITIES = [1e-12, 1e-6, 0.01, 0.3, 0.5, 0.8, 0.975, 0.999999]
POINTS = [-40.0, -8.0, -1.0, 0.0, 0.5, 3.0, 12.0]
DF = [0.7, 1, 2, 3, 4.5, 10, 31, 100, 1000, 1e6]


def print(text):
    """Lines, none longer than 120 columns."""
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())] + "    "
        pieces = textwrap.wrap(line, 120, subsequent_indent=indent, break_on_hyphens=False) or [""]
        builtins.print("\n".join(pieces))


def number(x):
    return "kNaN" if np.isnan(x) else "-kInf" if x == -np.inf else "kInf" if x == np.inf else repr(float(x))


def braces(values):
    return "{" + ", ".join(number(v) for v in values) + "}"


def t_quantile(p, df):
    """Of SciPy's own cdf: its ppf (1.10) is right to 9 digits only, as df = 2 shows, which has a closed form."""
    lower = min(p, 1 - p)
    if lower == 0.5:
        return 0.0
    t = stats.t.ppf(lower, df)
    for _ in range(4):  # Newton
        t -= (stats.t.cdf(t, df) - lower) / stats.t.pdf(t, df)
    return t if p < 0.5 else -t


def half_width(x, level):
    return t_quantile((1 + level) / 2, len(x) - 1) * stats.sem(x) if len(x) > 1 else np.nan


def sample(name, x):
    spread = [np.std(x, ddof=1), stats.sem(x)] if len(x) > 1 else [np.nan, np.nan]
    print(f'    {{"{name}",\n     {braces(x)},')
    print("     " + ", ".join(number(v) for v in [np.mean(x), *spread]) + ",")
    print(f"     {braces(half_width(x, level) for level in LEVELS)},")
    print(f"     {braces(np.quantile(x, p) for p in QUANTILES)}}},")


def signs_p(above, below):
    """Beyond 10,000 by the normal distribution, corrected for continuity."""
    n = above + below
    if n <= 10000:
        return stats.binomtest(above, n).pvalue
    return 2 * stats.norm.cdf((min(above, below) + 0.5 - n / 2) / (np.sqrt(n) / 2))


def main():
    print("// SPDX-License-Identifier: MIT")
    print("// Made by tests/base/reference.py with SciPy and NumPy; not edited by hand.")
    print("// clang-format off")
    print("#pragma once\n\n#include <limits>\n#include <vector>\n")
    print("namespace ubp::reference {\n")
    print("inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();")
    print("inline constexpr double kInf = std::numeric_limits<double>::infinity();\n")
    print("struct Sample {\n  const char* name;\n  std::vector<double> values;\n  double mean, sd, standard_error;")
    print("  std::vector<double> half_widths;  // at kLevels")
    print("  std::vector<double> quantiles;    // at kShares\n};")
    print(f"inline const std::vector<double> kLevels = {braces(LEVELS)}, kShares = {braces(QUANTILES)};")
    print("inline const std::vector<Sample> kSamples = {")
    for name, x in SAMPLES.items():
        sample(name, np.array(x))
    print("};\n")
    a, b = map(np.array, PAIRED)
    d = a - b
    print(f"inline const std::vector<double> kPairedA = {braces(a)}, kPairedB = {braces(b)};")
    print("// mean, sd and 95 % half-width of the differences")
    paired = [np.mean(d), np.std(d, ddof=1), half_width(d, 0.95)]
    print(f"inline const std::vector<double> kPaired = {braces(paired)};\n")
    print("struct At {\n  double x, y;\n};")
    print("inline const std::vector<At> kNormalCdf = {")
    print("    " + ", ".join(braces([x, stats.norm.cdf(x)]) for x in POINTS) + "};")
    print("inline const std::vector<At> kNormalQuantile = {")
    print("    " + ", ".join(braces([p, stats.norm.ppf(p)]) for p in PROBABILITIES) + "};\n")
    print("struct AtDf {\n  double df, x, y;\n};")
    for name, points, f in [("Cdf", POINTS, stats.t.cdf), ("Quantile", PROBABILITIES, t_quantile)]:
        print(f"inline const std::vector<AtDf> kStudentT{name} = {{")
        for df in DF:
            print("    " + ", ".join(braces([df, x, f(x, df)]) for x in points) + ",")
        print("};")
    print("\n// Student's t at 0.975, as intervals of 95 % need it: {n, quantile with n - 1 degrees of freedom}")
    print("inline const std::vector<At> kIntervals = {")
    sizes = list(range(2, 201)) + [500, 1000, 5000, 20000]
    for i in range(0, len(sizes), 5):
        print("    " + ", ".join(braces([n, t_quantile(0.975, n - 1)]) for n in sizes[i : i + 5]) + ",")
    print("};\n")
    print("// Spearman's correlation: a, b, SciPy's spearmanr.")
    print("struct RankPairs {\n  std::vector<double> a, b;\n  double rho;\n};")
    print("inline const std::vector<RankPairs> kSpearman = {")
    random = np.random.RandomState(3)
    x = np.round(random.standard_normal(12), 2)
    for a, b in [(x, np.round(x + random.standard_normal(12), 2)), ([1, 2, 2, 3, 3, 3], [2, 1, 2, 2, 5, 5]),
                 ([1, 2, 3, 4], [0.1, 0.2, 0.3, 9.0]), ([1, 2, 3, 4], [3.0, 2.5, 2.0, -7.0]), ([1, 2], [5, 4]),
                 ([1, 1, 1, 2], [4, 4, 3, 3])]:
        print(f"    {{{braces(a)}, {braces(b)}, {number(stats.spearmanr(a, b)[0])}}},")
    print("};\n")
    print("// Sign test: values above 0, below 0, SciPy's binomtest, beyond 10,000 the normal distribution.")
    print("struct Signs {\n  int above, below;\n  double p;\n};\ninline const std::vector<Signs> kSigns = {")
    signs = [(1, 0), (5, 0), (7, 0), (6, 1), (1, 6), (4, 4), (3, 4), (9, 2), (60, 40), (300, 360), (0, 12),
             (4900, 5100), (10000, 10150)]
    print("    " + ", ".join(f"{{{a}, {b}, {number(signs_p(a, b))}}}" for a, b in signs) + "};\n")
    print("}  // namespace ubp::reference")


if __name__ == "__main__":
    main()
