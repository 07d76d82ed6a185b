#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes kl_parts_reference.hpp: draws and Gaussians, and the parts of their KL term by NumPy and SciPy.

The definitions are those of Chen et al., arXiv:1802.04942: minibatch-weighted sampling (section 4.1) and
minibatch-stratified sampling (appendix C.2), written with loops over rows and as plain probabilities.
"""
import pathlib

import numpy as np
from scipy import stats

ROWS, UNITS, TRAINING_ROWS = 6, 3, 50


def weight(i, j, sampling):
    """Of row j in the mixture that stands for q at row i."""
    m = ROWS - 1
    if sampling == "weighted":
        return 1 / (ROWS * TRAINING_ROWS)
    if i == j:
        return 1 / TRAINING_ROWS
    return (TRAINING_ROWS - m) / (TRAINING_ROWS * m) if j == (i + 1) % ROWS else 1 / m


def parts(z, mean, logvar, sampling):
    def density(row, j):
        return stats.norm.pdf(row, mean[j], np.exp(logvar[j] / 2))

    information = correlation = dimension = 0
    for i, row in enumerate(z):
        mixture = sum(weight(i, j, sampling) * np.prod(density(row, j)) for j in range(ROWS))
        marginals = sum(weight(i, j, sampling) * density(row, j) for j in range(ROWS))
        information += np.log(np.prod(density(row, i)) / mixture)
        correlation += np.log(mixture / np.prod(marginals))
        dimension += np.log(np.prod(marginals) / np.prod(stats.norm.pdf(row)))
    return np.array([information, correlation, dimension]) / ROWS


def main():
    rng = np.random.RandomState(8)
    mean = np.round(rng.randn(ROWS, UNITS), 3)
    mean[:, 2] = np.round(mean[:, 0] + 0.2 * rng.randn(ROWS), 3)  # units that hang together
    logvar = np.round(rng.randn(ROWS, UNITS) - 1, 3)
    z = np.round(mean + np.exp(logvar / 2) * rng.randn(ROWS, UNITS), 3)
    lines = ["// SPDX-License-Identifier: MIT", "// Written by kl_parts_reference.py.", "#pragma once", "",
             "namespace kl_reference {", "",
             f"constexpr int kRows = {ROWS}, kUnits = {UNITS}, kTrainingRows = {TRAINING_ROWS};"]
    for name, array in (("kZ", z), ("kMean", mean), ("kLogvar", logvar)):
        lines.append(f"constexpr double {name}[] = {{{', '.join(f'{v:g}' for v in array.ravel())}}};")
    lines.append("// mutual information, total correlation, dimension-wise KL")
    for sampling in ("weighted", "stratified"):
        values = ", ".join(f"{v:.12g}" for v in parts(z, mean, logvar, sampling))
        lines.append(f"constexpr double k{sampling.title()}[] = {{{values}}};")
    lines += ["", "}  // namespace kl_reference", ""]
    (pathlib.Path(__file__).parent / "kl_parts_reference.hpp").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
