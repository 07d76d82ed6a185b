#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/reference.json: representations of 41 rows, and how alike NumPy 2 has each pair: reference.py

Written from the definitions: linear CKA (arXiv:1905.00414), its unbiased estimate (Song et al., JMLR 13, 2012; equation
5), the nuclear norm of X'Y (orthogonal Procrustes) and the mean Jaccard index of the ten nearest rows by cosine.
"""
import json
import pathlib

import numpy as np

ROWS, NEAREST = 41, 10


def representations(rng):
    """name -> [rows, width], three decimals each"""
    wide = rng.normal(size=(ROWS, 60))
    thin = rng.normal(size=(ROWS, 3))
    mixed = np.tanh(thin @ rng.normal(size=(3, 8)))
    tied = rng.integers(-1, 2, size=(ROWS, 4)).astype(float)  # many equal rows, many equal cosines, rows of zeros
    tied[7] = tied[8] = 0
    dead = np.maximum(rng.normal(size=(ROWS, 6)), 0)
    dead[:, 2] = 0  # dead
    dead[:, 4] = 0.7  # constant
    offset = 100 + rng.normal(size=(ROWS, 5)) * [1, 1, 1, 0.01, 10]
    return {name: np.round(x, 3) for name, x in {
        "wide": wide, "thin": thin, "mixed": mixed, "tied": tied, "dead": dead, "offset": offset,
        "square": rng.normal(size=(ROWS, ROWS)), "line": rng.normal(size=(ROWS, 1)),
        "constant": np.full((ROWS, 3), 0.1)}.items()}


def centred(x):
    c = x - x.mean(axis=0)
    c[:, np.ptp(x, axis=0) == 0] = 0
    return c


def biased_cka(x, y):
    x, y = centred(x), centred(y)
    norms = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return None if norms == 0 else float(np.linalg.norm(y.T @ x) ** 2 / norms)


def unbiased_hsic(k, m):
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    one = np.ones(n)
    return (np.trace(k @ m) + (one @ k @ one) * (one @ m @ one) / ((n - 1) * (n - 2))
            - 2 / (n - 2) * (one @ k @ m @ one)) / (n * (n - 3))


def unbiased_cka(x, y):
    if np.ptp(x, axis=0).max() == 0 or np.ptp(y, axis=0).max() == 0:
        return None
    k, m = x @ x.T, y @ y.T  # not centred: the estimate does not mind
    return float(unbiased_hsic(k, m) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(m, m)))


def procrustes(x, y):
    x, y = centred(x), centred(y)
    if not x.any() or not y.any():
        return None
    return float(np.linalg.norm(x.T @ y, "nuc") / (np.linalg.norm(x) * np.linalg.norm(y)))


def nearest(x):
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    unit = np.divide(x, norms, out=np.zeros_like(x), where=norms > 0)
    cosines = np.round(unit @ unit.T / 1e-12)
    np.fill_diagonal(cosines, -np.inf)
    return [set(np.argsort(-row, kind="stable")[:NEAREST]) for row in cosines]


def overlap(x, y):
    return float(np.mean([len(a & b) / len(a | b) for a, b in zip(nearest(x), nearest(y))]))


def main():
    all_of = representations(np.random.default_rng(11))
    pairs = [{"a": a, "b": b, "biased": biased_cka(x, y), "unbiased": unbiased_cka(x, y),
              "procrustes": procrustes(x, y), "overlap": overlap(x, y)}
             for a, x in all_of.items() for b, y in all_of.items() if a <= b]
    text = ["{", '"representations": {']
    text.append(",\n".join(f'"{name}": {json.dumps(x.tolist())}' for name, x in all_of.items()))
    text += ["},", '"pairs": [', ",\n".join(json.dumps(pair) for pair in pairs), "]", "}", ""]
    (pathlib.Path(__file__).parent / "data/reference.json").write_text("\n".join(text))


main()
