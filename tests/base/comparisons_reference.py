#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints comparisons_reference.hpp: what other packages say of samples, differences and results over seeds.

  python3 tests/base/comparisons_reference.py > tests/base/comparisons_reference.hpp

needs: pip install scipy==1.17.1 statsmodels==0.15.0 autorank==1.3.0 baycomp==1.0.3 rliable==1.2.0 pandas==2.2.3; takes
ten minutes, for baycomp's samples. SciPy 1.10 (Debian 12) says the same of all but W: it computes in single precision.
"""
import builtins
import contextlib
import itertools
import textwrap
import warnings
from importlib import metadata

import autorank
import baycomp
import numpy as np
from rliable import library, metrics
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
PACKAGES = ["scipy", "statsmodels", "autorank", "baycomp", "rliable"]
BAYCOMP_SAMPLES = 3_000_000  # of which its default, 50,000, is right to 2e-3 only


def draws(seed, *shape):
    return np.random.RandomState(seed).standard_normal(shape)


DIFFERENCES = {
    "three": [0.5, -0.25, 1.0],
    "five": [0.11, 0.32, -0.05, 0.21, 0.43],
    "eleven": np.round(0.5 + draws(1, 11), 4),
    "twelve, skewed": np.round(np.exp(draws(2, 12)) - 1, 4),
    "ten, with ties": [0.25, 0.5, 0.5, -0.25, 0.75, 1.0, 0.5, -0.5, 0.25, 1.25],
    "nine, with zeros": [0.0, 0.5, 0.75, 0.0, -0.25, 1.0, 0.25, 0.5, 0.0],
    "twenty-five": np.round(0.4 + draws(3, 25), 4),
    "twenty-six": np.round(0.3 + draws(4, 26), 4),
    "forty, with ties and zeros": np.round(0.2 + draws(5, 40), 1),
    "a hundred, with heavy tails": np.round(draws(6, 100) / (0.2 + np.abs(draws(7, 100))), 4),
}
RANGES = list(range(2, 11)) + [12, 20, 37, 50, 100]


def matrix(seed, configs, seeds, shifts=(), scale=None, common=0.5, skewed=False):
    """Results, seeds x configs; the smaller the better."""
    noise = draws(seed, seeds, configs) * (np.ones(configs) if scale is None else np.array(scale))
    noise = np.exp(noise) if skewed else noise
    means = np.zeros(configs)
    means[: len(shifts)] = shifts
    return np.round(10 + noise + common * draws(seed + 1000, seeds, 1) + means, 4)


RESULTS = {
    "two, one better": matrix(11, 2, 12, [-1.5]),
    "two alike": matrix(13, 2, 12),
    "two, skewed": matrix(14, 2, 20, [-1.5], skewed=True),
    "four, one better": matrix(15, 4, 15, [0, 0, -3], scale=[1, 1, 0.3, 2]),
    "six alike": matrix(16, 6, 12, skewed=True),
    "ten, three better": matrix(17, 10, 20, [-3, -3, -3], skewed=True),
    "eleven, one better": matrix(18, 11, 20, [-4], skewed=True),
}


def print(text=""):
    """Lines, none longer than 120 columns."""
    for line in text.split("\n"):
        indent = "// " if line.startswith("//") else line[: len(line) - len(line.lstrip())] + "    "
        pieces = textwrap.wrap(line, 120, subsequent_indent=indent, break_on_hyphens=False) or [""]
        builtins.print("\n".join(pieces))


def braces(values):
    return "{" + ", ".join(repr(float(v)) for v in values) + "}"


def rows(table):
    return "{" + ", ".join(braces(row) for row in table) + "}"


def signed_rank_p(d):
    """Over all signs, one by one."""
    ranks = stats.rankdata(np.abs(d))[d != 0]
    signs = np.array(list(itertools.product([0, 1], repeat=len(ranks))), dtype=np.int8)
    sums = signs @ ranks
    seen = ranks[d[d != 0] > 0].sum()
    return min(1.0, 2 * min(np.mean(sums <= seen + 1e-9), np.mean(sums >= seen - 1e-9)))


def wilcoxon(d):
    if len(d) > 25:
        return stats.wilcoxon(d, zero_method="zsplit", method="asymptotic")
    found = stats.wilcoxon(d, zero_method="zsplit", method="asymptotic").statistic
    if len(np.unique(np.abs(d))) == len(d):
        return found, stats.wilcoxon(d, method="exact").pvalue
    return found, signed_rank_p(d)


def biserial(d):
    ranks = stats.rankdata(np.abs(d))
    return (ranks * np.sign(d)).sum() / ranks.sum()


def walsh(d):
    """Ends of the shifts that Wilcoxon's exact test does not reject at 5 %, tried between all means of pairs."""
    means = np.sort([(d[i] + d[j]) / 2 for i in range(len(d)) for j in range(i, len(d))])
    shifts = (means[1:] + means[:-1]) / 2
    inside = [s for s in shifts if stats.wilcoxon(d - s, method="exact").pvalue > 0.05]
    return [means[means < min(inside)].max(), means[means > max(inside)].min()]


def difference(name, d):
    shapiro = stats.shapiro(d)
    t = stats.ttest_1samp(d, 0)
    print(f'    {{"{name}",\n     {braces(d)},')
    print(f"     {braces([t.statistic, t.pvalue])}, {braces([shapiro.statistic, shapiro.pvalue])},")
    print(f"     {braces(wilcoxon(d))}, {float(np.mean(d) / np.std(d, ddof=1))!r}, {float(biserial(d))!r},")
    print(f"     {float(metrics.aggregate_iqm(d.reshape(-1, 1)))!r}}},")


def decision(found, table):
    """What autorank tells apart: 1 for each pair of configs (a before b) that it does."""
    configs = table.shape[1]
    if found.pvalue >= 0.05:
        return [0] * (configs * (configs - 1) // 2)
    if configs == 2:
        return [1]
    mean_ranks = found.rankdf.meanrank.sort_index(key=lambda names: names.astype(int))
    pairs = itertools.combinations(mean_ranks, 2)
    return [int(abs(a - b) > found.cd) for a, b in pairs]


def result(name, table):
    configs = table.shape[1]
    frame = autorank._util.pd.DataFrame(table, columns=[str(c) for c in range(configs)])
    with contextlib.redirect_stdout(None):
        found = autorank.autorank(frame, alpha=0.05, order="ascending", force_mode="nonparametric")
    friedman = [0.0] * 4
    ranks = stats.rankdata(table, axis=1).mean(axis=0)
    if configs > 2:
        chi = stats.friedmanchisquare(*table.T)
        f = (len(table) - 1) * chi.statistic / (len(table) * (configs - 1) - chi.statistic)
        df = configs - 1
        friedman = [chi.statistic, chi.pvalue, f, stats.f.sf(f, df, df * (len(table) - 1))]
    print(f'    {{"{name}", {rows(table.T)},')
    print(f"     {braces(friedman)}, {braces(ranks)}, {float(found.cd or 0)!r},")
    print("     {" + ", ".join(str(d) for d in decision(found, table)) + "}},")


def main():
    print("// SPDX-License-Identifier: MIT")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    print(f"// Made by tests/base/comparisons_reference.py with {versions}; not edited by hand.")
    print("// clang-format off")
    print("#pragma once\n\n#include <vector>\n")
    print("namespace ubp::reference {\n")
    print("struct Tested {\n  double statistic, p;\n};")
    print("struct Differences {\n  const char* name;\n  std::vector<double> d;\n  Tested t, shapiro, wilcoxon;")
    print("  double cohens_d, rank_biserial, interquartile_mean;\n};")
    print("inline const std::vector<Differences> kDifferences = {")
    for name, d in DIFFERENCES.items():
        difference(name, np.array(d))
    print("};\n")

    print("// The pseudo-median's 95 % interval of the samples without ties, by inverting SciPy's exact test.")
    print("struct Walsh {\n  std::vector<double> d;\n  double low, high;\n};")
    print("inline const std::vector<Walsh> kWalsh = {")
    for name in ["eleven", "twelve, skewed", "twenty-five"]:
        d = np.array(DIFFERENCES[name])
        print(f"    {{{braces(d)}, " + ", ".join(repr(float(v)) for v in walsh(d)) + "},")
    print("};\n")

    a, b = draws(31, 9) + 1, 2 * draws(32, 6)
    t = stats.ttest_ind(a, b, equal_var=False)
    interval = t.confidence_interval()
    print(f"inline const std::vector<double> kWelchA = {braces(a)}, kWelchB = {braces(b)};")
    numbers = [np.mean(a) - np.mean(b), (interval.high - interval.low) / 2, t.statistic, t.df, t.pvalue]
    print(f"// difference, half-width, t, df, p\ninline const std::vector<double> kWelch = {braces(numbers)};\n")

    print("struct RankSum {\n  std::vector<double> a, b;\n  double p;\n};")
    print("// SciPy's mannwhitneyu, asymptotic, without a correction for continuity; "
          "numbers, ties, classes as 0 and 1.")
    print("inline const std::vector<RankSum> kRankSums = {")
    for a, b in (([1.5, 2.5, 9.0, 4.0], [3.0, 5.0, 7.5, 8.0, 10.0]), ([1, 1, 2, 2, 3], [2, 3, 3, 4, 4, 4]),
                 ([1, 1, 1, 0], [0, 0, 0, 1, 0, 0, 0])):
        p = stats.mannwhitneyu(a, b, use_continuity=False, method="asymptotic").pvalue
        print(f"    {{{braces(a)}, {braces(b)}, {float(p)!r}}},")
    print("};\n")
    p = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03, 0.9]
    print(f"inline const std::vector<double> kP = {braces(p)}, kHolm = {braces(multipletests(p, method='holm')[1])};\n")

    print("struct Share {\n  std::size_t successes, n;\n  double level, low, high;\n};")
    print("inline const std::vector<Share> kWilson = {")
    for k, n, level in [(0, 10, 0.95), (3, 10, 0.95), (10, 10, 0.95), (977, 1000, 0.95), (5, 9, 0.9)]:
        low, high = proportion_confint(k, n, 1 - level, method="wilson")
        print(f"    {{{k}, {n}, {level}, {float(low)!r}, {float(high)!r}}},")
    print("};\n")

    print("// Studentized range with known variance: k, its 0.9 and its 0.95 quantile.")
    print("struct Range {\n  int k;\n  double at90, at95;\n};\ninline const std::vector<Range> kRanges = {")
    for k in RANGES:
        at = [float(stats.studentized_range.isf(1 - share, k, np.inf)) for share in (0.9, 0.95)]
        print(f"    {{{k}, {at[0]!r}, {at[1]!r}}},")
    print("};\n")

    print("struct Power {\n  int n;\n  double effect, power;\n};\ninline const std::vector<Power> kPower = {")
    for n, effect in [(3, 1.0), (5, 0.5), (10, 1.0), (34, 0.5), (200, 0.2), (20, -0.7)]:
        print(f"    {{{n}, {effect}, {float(TTestPower().power(effect, n, 0.05))!r}}},")
    print("};\n")

    print("// left, within the rope, right; of the correlated t test with results of so many folds, run once or twice.")
    print("struct Rope {\n  std::vector<double> d;\n  double rope, correlation, left, within, right;\n};")
    print("inline const std::vector<Rope> kCorrelatedT = {")
    for name, rope, runs in [("five", 0.1, 1), ("five", 0.0, 1), ("ten, with ties", 0.3, 2), ("eleven", 1.0, 1)]:
        d = np.array(DIFFERENCES[name])
        found = baycomp.CorrelatedTTest(np.zeros(len(d)), d, rope, runs).probs()
        left, within, right = (found[0], 0, found[1]) if rope == 0 else found
        correlation = runs / len(d)
        print(f"    {{{braces(d)}, {rope}, {correlation!r}, {float(left)!r}, {float(within)!r}, {float(right)!r}}},")
    print("};\n")
    print(f"// Of the signed rank test, by {BAYCOMP_SAMPLES} samples.")
    print("inline const std::vector<Rope> kSignedRank = {")
    cases = [("five", 0.1), ("five", 0.0), ("ten, with ties", 0.25), ("nine, with zeros", 0.4), ("twelve, skewed", 0.5)]
    for name, rope in cases:
        d = np.array(DIFFERENCES[name])
        found = baycomp.SignedRankTest(np.zeros(len(d)), d, rope, nsamples=BAYCOMP_SAMPLES, random_state=1).probs(True)
        print(f"    {{{braces(d)}, {rope}, 0, " + ", ".join(repr(float(v)) for v in found) + "},")
    print("};\n")

    scores = np.round(np.exp(draws(41, 8, 5)), 4)
    point, interval = library.get_interval_estimates(
        {"x": scores}, lambda x: np.array([metrics.aggregate_iqm(x)]), reps=50000,
        random_state=np.random.RandomState(1))  # its draws differ from run to run all the same
    print("// Eight seeds of five data sets (rows): the interquartile mean of all, and rliable's interval by 50,000")
    print("// draws.")
    print(f"inline const std::vector<std::vector<double>> kScores = {rows(scores.T)};")
    numbers = [point["x"][0], interval["x"][0, 0], interval["x"][1, 0]]
    print(f"inline const std::vector<double> kScoreIqm = {braces(numbers)};\n")

    print("// Configs x seeds. Friedman: chi squared, its p, Iman & Davenport's F, its p; zeros for two configs.")
    print("// apart: 1 for each pair that autorank tells apart, in the order 01 02 .. 12 ..")
    print("struct Results {\n  const char* name;\n  std::vector<std::vector<double>> values;")
    print("  std::vector<double> friedman, mean_ranks;\n  double critical_difference;\n  std::vector<int> apart;\n};")
    print("inline const std::vector<Results> kResults = {")
    for name, table in RESULTS.items():
        result(name, table)
    print("};\n\n}  // namespace ubp::reference")


if __name__ == "__main__":
    main()
