#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/sparse_*.csv: small fixed inputs of the metrics of sparse codes, and what NumPy, SciPy 1.10.1 and
scikit-learn 1.2.1 make of them (data/sparse_expected.csv).

A line of sparse_expected.csv is case;name;value; sparse_codes.cpp has a test for each case.
"""
import csv
import pathlib

import numpy as np
from scipy import optimize
from sklearn import linear_model, metrics, preprocessing

DATA = pathlib.Path(__file__).parent / "data"
EXPECTED = []
RANDOM_DICTIONARIES = 4000


def write(name, array):
    array = np.asarray(array)
    np.savetxt(DATA / f"sparse_{name}.csv", array.reshape(len(array), -1), delimiter=",", fmt="%.10g")
    return array


def expect(case, **values):
    EXPECTED.extend((case, name, repr(float(v))) for name, v in values.items())


def codes(rng, y):
    """Nine rectified units that lean to one of three classes each, of very different scale; the fifth is constant."""
    lean = np.array([[2, 0, 0], [0, 1.5, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0], [0, 1, 0.5], [0.5, 0, 0], [0, 0, 0.3],
                     [0.2, 0, 0.6]])
    z = np.maximum(0, lean.T[y] + rng.randn(len(y), 9) - 0.8) * 10.0 ** np.linspace(-2, 2, 9)
    z[:, 4] = 0.7
    return np.round(z, 5)


def probe(rng):
    y, y_test = rng.randint(3, size=150), rng.randint(3, size=90)
    train, test = write("codes", codes(rng, y)), write("codes_test", codes(rng, y_test))
    write("labels", y), write("labels_test", y_test)
    scaler = preprocessing.StandardScaler().fit(train)
    scaler.scale_[4] = 1
    train, test = scaler.transform(train), scaler.transform(test)
    for c in (1, 0.01):
        for k in (1, 2, 5):
            scores = []
            for label in range(3):
                inside, inside_test = y == label, y_test == label
                apart = np.abs(train[inside].mean(axis=0) - train[~inside].mean(axis=0))
                best = np.argsort(-apart, kind="stable")[:k]
                model = linear_model.LogisticRegression(C=c, class_weight="balanced", solver="newton-cg", tol=1e-10,
                                                        max_iter=10000).fit(train[:, best], inside)
                scores.append(metrics.balanced_accuracy_score(inside_test, model.predict(test[:, best])))
            expect(f"k_sparse_probe c={c}", **{f"probe_k{k}": np.mean(scores)})


def activity(rng):
    """Unit 2 is dead, units 0 and 5 are dense."""
    z = np.maximum(0, rng.randn(40, 7) + [1, -1, -9, 0, -1.5, 0.8, -0.4])
    z = write("activity", np.round(z, 4))
    x = write("rows", np.round(5 + rng.randn(40, 5) * [1, 2, 0.5, 3, 0.1], 4))
    r = write("rebuilt", np.round(x + 0.4 * rng.randn(40, 5), 4))
    for threshold in (0, 0.5):
        active = np.abs(z) > threshold
        share = active.mean(axis=0)
        expect(f"sparse_code threshold={threshold}", l0=active.sum(axis=1).mean(), dead=np.mean(share == 0),
               dense=np.mean(share > 0.5),
               explained_variance=1 - ((x - r) ** 2).sum() / ((x - x.mean(axis=0)) ** 2).sum())


def pairs(planted, dictionary, threshold):
    """Mean |cosine| of the pairs, share of the features and of the atoms beyond the threshold."""
    unit = [preprocessing.normalize(m) for m in (planted, dictionary)]
    cosine = np.abs(unit[0] @ unit[1].T)
    rows, columns = optimize.linear_sum_assignment(-cosine)
    found = (cosine[rows, columns] > threshold).sum()
    return cosine[rows, columns].mean(), found / len(planted), found / len(dictionary)


def recovery(rng):
    """Six features in four columns; decoders of eight and of three atoms, near some features and far from others."""
    a = preprocessing.normalize(rng.randn(6, 4))
    s = write("factors", np.round((rng.rand(120, 6) < 0.3) * (0.5 + rng.rand(120, 6)), 4))
    x = write("mixed", np.round(s @ a + 3 + 0.05 * rng.randn(120, 4), 4))
    slopes = np.linalg.lstsq(np.column_stack([np.ones(120), s]), x, rcond=None)[0][1:]
    signs = np.array([[1], [-2], [0.5], [1]])
    near = np.concatenate([signs * (a[:4] + 0.12 * rng.randn(4, 4)), rng.randn(3, 4), np.zeros((1, 4))])
    for name, atoms in (("wide", near[rng.permutation(8)]), ("narrow", near[[2, 0, 5]])):
        atoms = write(f"atoms_{name}", np.round(atoms, 4))
        for threshold in (0.9, 0.97):
            cosine, found, used = pairs(slopes, atoms, threshold)
            chance = np.mean([pairs(slopes, rng.randn(*atoms.shape), threshold) for _ in range(RANDOM_DICTIONARIES)],
                             axis=0)
            expect(f"feature_recovery {name} threshold={threshold}", matched_cosine=cosine, features_found=found,
                   atoms_used=used, random_cosine=chance[0], random_found=chance[1], random_used=chance[2])


def main():
    rng = np.random.RandomState(3)
    probe(rng)
    activity(rng)
    recovery(rng)
    with open(DATA / "sparse_expected.csv", "w", newline="") as out:
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(EXPECTED)


if __name__ == "__main__":
    main()
