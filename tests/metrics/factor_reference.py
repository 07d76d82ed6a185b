#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/factors/: codes with ties, a constant one and one that is nearly dead, factors of their rows, and what
NumPy, SciPy and scikit-learn make of them (expected.csv, of lines case;name;value, which factor_scores.cpp runs).

Written with NumPy 2.4, SciPy 1.17 and scikit-learn 1.9. The definitions are written anew from the papers; of
google-research/disentanglement_lib they have bins, weights and numbers of votes.
"""
import csv
import pathlib
import warnings

import numpy as np
from scipy import special, stats
from sklearn import ensemble, kernel_ridge, linear_model, metrics, svm

DATA = pathlib.Path(__file__).parent / "data" / "factors"
EXPECTED = []
IS_DISCRETE = [True, False, False, False, True, False]  # shape, size, angle, x, flag, still


def write(name, array):
    np.savetxt(DATA / f"{name}.csv", array, delimiter=",", fmt="%.10g")
    return array


def expect(case, **values):
    EXPECTED.extend((case, name, repr(float(v))) for name, v in values.items())


def rows(rng, n):
    shape, size, angle = rng.integers(3, size=n), np.round(rng.uniform(0.2, 0.4, n), 4), 10.0 * rng.integers(6, size=n)
    x, flag = np.round(rng.uniform(-1, 1, n), 4), rng.random(n) < 0.3
    v = np.column_stack([shape, size, angle, x, flag, np.full(n, 0.25)])
    z = np.column_stack([
        20 * size - 5 + 0.3 * rng.normal(size=n),
        x + 0.02 * angle + 0.2 * rng.normal(size=n),
        np.round(np.tanh(2 * x), 1),                       # ties
        np.full(n, 0.7),                                   # constant
        np.where(rng.random(n) < 0.03, rng.random(n), 0),  # nearly dead
        shape * 1.5 + flag + 0.4 * rng.normal(size=n),
    ])
    return np.round(z, 4), v


# --- scores from counts

def equal_bins(x, bins):
    return np.digitize(x, np.histogram(x, bins)[1][:-1])


def classes(v, discrete, bins):
    values = np.unique(v)
    return np.searchsorted(values, v) if discrete or len(values) <= bins else equal_bins(v, bins)


def factors_that_vary(v, bins):
    return [classes(v[:, k], IS_DISCRETE[k], bins) for k in range(v.shape[1]) if len(np.unique(v[:, k])) > 1]


def information(z, factors, bins):
    codes = [equal_bins(z[:, j], bins) for j in range(z.shape[1])]
    return np.array([[metrics.mutual_info_score(c, f) for f in factors] for c in codes])


def from_counts(z, v):
    for bins in (20, 7):
        factors = factors_that_vary(v, bins)
        known = information(z, factors, bins)
        entropies = [stats.entropy(np.bincount(f)) for f in factors]
        best = np.sort(known, axis=0)[::-1]
        expect(f"mig bins={bins}", mig=np.mean((best[0] - best[1]) / entropies))
        squares = known**2
        top = squares.max(axis=1)
        spread = (squares.sum(axis=1) - top) / (np.where(top > 0, top, 1) * (len(factors) - 1))
        expect(f"modularity bins={bins}", modularity=np.mean(np.where(top > 0, 1 - spread, 0)))


# --- scores of learners

def varying(v, w):
    return [k for k in range(v.shape[1]) if np.ptp(v[:, k]) > 0 and np.ptp(w[:, k]) > 0]


def single_code_score(z, v, on, w, discrete, c):
    if not discrete:
        if z.var() < 1e-12:
            return 0.0
        line = linear_model.LinearRegression().fit(z[:, None], v)
        return max(0.0, metrics.r2_score(w, line.predict(on[:, None])))
    if z.var() < 1e-12:
        return np.mean(w == np.bincount(v.astype(int)).argmax())
    model = svm.LinearSVC(C=c, class_weight="balanced", dual=False, tol=1e-10, max_iter=100000).fit(z[:, None], v)
    return model.score(on[:, None], w)


def sap(z, v, on, w):
    for c in (0.01, 1.0):
        gaps = []
        for k in varying(v, w):
            of_codes = sorted(single_code_score(z[:, j], v[:, k], on[:, j], w[:, k], IS_DISCRETE[k], c)
                              for j in range(z.shape[1]))
            gaps.append(of_codes[-1] - of_codes[-2])
        expect(f"sap c={c}", sap=np.mean(gaps))


def concentration(parts):
    return 1 - stats.entropy(parts) / np.log(len(parts))  # scipy's shares of the sum


def grow(z, y, depth, importance):
    """A regression tree by Friedman's improvement. Of splits that are equal but for rounding the first column's wins:
    scikit-learn draws one. Returns a function of codes that names the leaf."""
    best, part = -1.0, None
    if depth > 0 and len(y) > 1 and y.var() > np.finfo(float).eps:
        for j in range(z.shape[1]):
            order = np.argsort(z[:, j], kind="stable")
            x, left = z[order, j], np.cumsum(y[order])[:-1]
            n = np.arange(1, len(y))
            gain = ((len(y) - n) * left - n * (y.sum() - left))**2 / (n * (len(y) - n))
            for at in np.flatnonzero(x[1:] > x[:-1]):
                if gain[at] > best * (1 + 1e-9):
                    best, part = gain[at], (j, (x[at] + x[at + 1]) / 2)
    if part is None:
        leaf = object()
        return lambda codes: leaf
    j, threshold = part
    importance[j] += best / len(y)
    below = z[:, j] <= threshold
    sides = [grow(z[s], y[s], depth - 1, importance) for s in (below, ~below)]
    return lambda codes: sides[int(codes[j] > threshold)](codes)


def boosted(z, y, on, trees, depth, steps_of):
    """One round of boosting after another; steps_of(scores) gives, for each score, residuals and a leaf's step."""
    scores, judged = y
    importance = np.zeros(z.shape[1])
    for _ in range(trees):
        for k, (residual, step) in enumerate(steps_of(scores.copy())):
            tree = grow(z, residual, depth, importance)
            leaves = np.array([tree(row) for row in z])
            value = {leaf: step(leaves == leaf) for leaf in set(leaves)}
            scores[:, k] += 0.1 * np.array([value[leaf] for leaf in leaves])
            judged[:, k] += 0.1 * np.array([value[tree(row)] for row in on])
    return importance / importance.sum(), judged


def quantities(z, y, on, trees, depth):
    m, sd = y.mean(), y.std()
    y = (y - m) / sd

    def steps(scores):
        r = y - scores[:, 0]
        return [(r, lambda leaf: r[leaf].mean())]

    importance, judged = boosted(z, (np.zeros((len(z), 1)), np.zeros((len(on), 1))), on, trees, depth, steps)
    return importance, m + sd * judged[:, 0]


def classified(z, y, on, trees, depth):
    share = np.bincount(y) / len(y)
    binary = len(share) == 2
    start = np.log(share[[1]] / share[[0]]) if binary else np.log(share)

    def steps(scores):
        p = 1 / (1 + np.exp(-scores)) if binary else special.softmax(scores, axis=1)
        out = []
        for k in range(p.shape[1]):
            r = (y == (1 if binary else k)) - p[:, k]
            scale = 1 if binary else (len(share) - 1) / len(share)
            out.append((r, lambda leaf, r=r, p=p[:, k]: scale * r[leaf].sum() / (p[leaf] * (1 - p[leaf])).sum()))
        return out

    first = np.tile(start, (len(z), 1)), np.tile(start, (len(on), 1))
    importance, judged = boosted(z, first, on, trees, depth, steps)
    return importance, (judged[:, 0] >= 0).astype(int) if binary else judged.argmax(axis=1)


def close(ours, theirs, what):
    if not np.allclose(ours, theirs, atol=0.02):
        raise SystemExit(f"{what}: ours {ours}, scikit-learn's {theirs}")


def dci(z, v, on, w):
    """scikit-learn tries the columns in an order that random_state draws, so that of equal splits any may win, and the
    scores of deep trees differ by 0.003 between seeds. So the trees are grown here, and held against scikit-learn's."""
    for trees, depth in ((100, 3), (30, 2), (100, 1)):
        importance, right = [], []
        for k in varying(v, w):
            rules = dict(n_estimators=trees, max_depth=depth, random_state=1)
            if IS_DISCRETE[k]:
                model = ensemble.GradientBoostingClassifier(**rules).fit(z, v[:, k])
                shares, guess = classified(z, v[:, k].astype(int), on, trees, depth)
                right.append(np.mean(guess == w[:, k]))
                close(right[-1], model.score(on, w[:, k]), f"accuracy of factor {k}")
            else:
                model = ensemble.GradientBoostingRegressor(**rules).fit(z, v[:, k])
                shares, guess = quantities(z, v[:, k], on, trees, depth)
                right.append(1 - np.sqrt(np.mean((guess - w[:, k]) ** 2) / w[:, k].var()))
                theirs = 1 - np.sqrt(np.mean((model.predict(on) - w[:, k]) ** 2) / w[:, k].var())
                close(right[-1], theirs, f"1 - NRMSE of factor {k}")
            close(shares, model.feature_importances_, f"importances for factor {k}")
            importance.append(shares)
        r = np.array(importance).T  # [codes, factors]
        used = r[r.sum(axis=1) > 0]
        expect(f"dci trees={trees} depth={depth}",
               dci_disentanglement=np.average([concentration(row) for row in used], weights=used.sum(axis=1)),
               dci_completeness=np.mean([concentration(column) for column in r.T]),
               dci_informativeness=np.mean(right))


# --- votes

class Hash:
    """The plugins' stream of random numbers: SplitMix64, keyed by a text."""

    MASK = 2**64 - 1

    def __init__(self, text):
        self.state = 0
        for ch in text.encode():
            self.state = self.finish(self.state + 0x9E3779B97F4A7C15 + ch)

    @classmethod
    def finish(cls, z):
        z &= cls.MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & cls.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & cls.MASK
        return z ^ (z >> 31)

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        return int((self.finish(self.state) >> 11) * 2.0**-53 * n)


def factor_vae_score(z, v):
    for group, bins, votes, judging, min_sd in ((16, 6, 1000, 500, 0.05), (8, 10, 300, 301, 1.0)):
        held = []
        for k in range(v.shape[1]):
            value = classes(v[:, k], IS_DISCRETE[k], bins)
            groups = [list(np.flatnonzero(value == one)) for one in np.unique(value)]
            groups = [g for g in groups if len(groups) > 1 and len(g) >= group]
            if groups:
                held.append(groups)
        alive = [j for j in range(z.shape[1]) if np.std(z[:, j], ddof=1) >= min_sd]
        whole = np.var(z[:, alive], axis=0, ddof=1)
        random = Hash("factor_vae_score")

        def vote(groups):
            at, chosen = random.below(sum(map(len, groups))), 0
            while at >= len(groups[chosen]):
                at -= len(groups[chosen])
                chosen += 1
            own = groups[chosen]
            for i in range(group):
                j = i + random.below(len(own) - i)
                own[i], own[j] = own[j], own[i]
            return np.argmin(np.var(z[own[:group]][:, alive], axis=0, ddof=1) / whole)

        count = np.zeros((len(alive), len(held)))
        for i in range(votes):
            count[vote(held[i % len(held)]), i % len(held)] += 1
        right = sum(count[vote(held[i % len(held)])].argmax() == i % len(held) for i in range(judging))
        expect(f"factor_vae_score group={group} bins={bins} votes={votes} judging={judging} min_sd={min_sd}",
               factor_vae_score=right / judging)


# --- walks

def traversal(z, v, on, w, decode):
    names = varying(v, w)

    def targets(of):
        return [np.eye(3)[of[:, k].astype(int)][:, :len(np.unique(v[:, k]))] if IS_DISCRETE[k] else of[:, [k]]
                for k in names]

    x, x_judged = decode(z), decode(on)
    for walks, steps, width, ridge, fit in ((32, 7, 0.5, 1e-3, 0.5), (5, 3, 2.0, 0.1, 0.2)):
        spread = np.mean([np.sum((x - row) ** 2, axis=1) for row in x])
        y = targets(v)
        model = kernel_ridge.KernelRidge(alpha=ridge, kernel="rbf", gamma=1 / (width * spread))
        mean = np.hstack(y).mean(axis=0)
        model.fit(x, np.hstack(y) - mean)
        cuts = np.cumsum([t.shape[1] for t in y])[:-1]

        def read(of):
            return np.split(model.predict(of) + mean, cuts, axis=1)

        judges = [k for k, (r, t) in enumerate(zip(read(x_judged), targets(w)))
                  if 1 - np.sum((r - t) ** 2) / np.sum((t - t.mean(axis=0)) ** 2) >= fit]
        deviation = [np.sqrt(t.var(axis=0).sum()) for t in y]
        start = on[[i * len(on) // walks for i in range(walks)]]
        change = np.zeros((z.shape[1], len(judges)))
        for j in range(z.shape[1]):
            low, high = np.quantile(on[:, j], [0.05, 0.95])
            for row in start:
                path = np.repeat(row[None], steps, axis=0)
                path[:, j] = np.linspace(low, high, steps)
                readings = read(decode(path))
                for at, k in enumerate(judges):
                    apart = np.linalg.norm(readings[k][:, None] - readings[k][None], axis=2)
                    change[j, at] += apart.max() / deviation[k]
        expect(f"traversal walks={walks} steps={steps} width={width} ridge={ridge} fit={fit}",
               traversal_share=change.max(axis=1).sum() / change.sum(), traversal_factors=len(judges))


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(11)
    (z, v), (on, w) = rows(rng, 240), rows(rng, 160)
    for name, array in (("train_z", z), ("train_v", v), ("test_z", on), ("test_v", w)):
        write(name, array)
    from_counts(on, w)
    sap(z, v, on, w)
    dci(z, v, on, w)
    factor_vae_score(on, w)
    weights = write("decoder", np.round(rng.normal(size=(z.shape[1], 8)) * np.array([[.3, .5, .5, .5, 1, .4]]).T, 3))
    traversal(z, v, on, w, lambda codes: np.tanh(codes @ weights))
    with open(DATA / "expected.csv", "w", newline="") as out:
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(EXPECTED)


if __name__ == "__main__":
    warnings.simplefilter("error", RuntimeWarning)
    main()
