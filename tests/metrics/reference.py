#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/: small fixed inputs, and what scikit-learn 1.2.1 and SciPy 1.10.1 make of them (data/expected.csv).

A line of expected.csv is case,name,value; metrics_test.cpp runs the case of that name and compares.
"""
import csv
import pathlib

import numpy as np
from sklearn import linear_model, metrics, neighbors, preprocessing

DATA = pathlib.Path(__file__).parent / "data"
EXPECTED = []


def write(name, array):
    array = np.asarray(array)
    np.savetxt(DATA / f"{name}.csv", array.reshape(len(array), -1), delimiter=",", fmt="%.10g")
    return array


def expect(case, **values):
    EXPECTED.extend((case, name, repr(float(v))) for name, v in values.items())


def blobs(rng, rows, columns, classes):
    """Overlapping clusters with columns of very different scale; four decimals, so that the file holds the exact numbers."""
    y = rng.randint(classes, size=rows)
    centres = np.random.RandomState(5).randn(classes, columns)
    x = (1.3 * centres[y] + rng.randn(rows, columns)) * 10.0 ** np.linspace(-1, 1, columns) + 3
    return np.round(x, 4), y


def probes(train, y, test, y_test):
    for c, standardise in [(1, False), (0.01, False), (100, True)]:
        a, b = train, test
        if standardise:
            scaler = preprocessing.StandardScaler().fit(train)
            a, b = scaler.transform(train), scaler.transform(test)
        model = linear_model.LogisticRegression(C=c, max_iter=10000, tol=1e-9, solver="newton-cg").fit(a, y)
        expect(
            f"linear_probe c={c} standardise={standardise}".replace("True", "true").replace("False", "false"),
            probe_accuracy=model.score(b, y_test),
            probe_log_loss=metrics.log_loss(y_test, model.predict_proba(b), labels=model.classes_),
        )
    for k in (1, 4, 15):
        expect(f"knn_probe k={k}", knn_accuracy=neighbors.KNeighborsClassifier(k, algorithm="brute").fit(train, y).score(test, y_test))
    # Wu et al., arXiv:1805.01978, equation 8
    unit, unit_test = preprocessing.normalize(train), preprocessing.normalize(test)
    similarity = unit_test @ unit.T
    for k, temperature in [(20, 0.07), (60, 0.5)]:
        right = 0
        for row, label in zip(similarity, y_test):
            near = np.argsort(-row, kind="stable")[:k]
            right += np.bincount(y[near], np.exp(row[near] / temperature)).argmax() == label
        expect(f"knn_probe k={k} weights=weighted temperature={temperature}", knn_accuracy=right / len(y_test))


def reconstruction(rng):
    x = write("input", np.round(rng.rand(13, 6), 4))
    r = write("reconstruction", np.round(x + 0.2 * rng.randn(13, 6), 4))
    known = write("mask", (rng.rand(13, 6) < 0.8).astype(int)).astype(bool)
    expect(
        "reconstruction_error",
        mse=metrics.mean_squared_error(x, r),
        mae=metrics.mean_absolute_error(x, r),
        sse_per_row=((x - r) ** 2).sum(axis=1).mean(),
    )
    expect(
        "reconstruction_error masked",
        mse=metrics.mean_squared_error(x[known], r[known]),
        mae=metrics.mean_absolute_error(x[known], r[known]),
        sse_per_row=((x - r)[known] ** 2).sum() / len(x),
    )


def anomaly(rng, label):
    score = write("score", np.round(rng.rand(len(label)) + 0.3 * (label == 2), 1))  # one decimal: many ties
    for c, mode in [(2, "held_out"), (0, "one_class")]:
        positive = (label == c) == (mode == "held_out")
        expect(
            f"anomaly_auc class={c} mode={mode}",
            roc_auc=metrics.roc_auc_score(positive, score),
            average_precision=metrics.average_precision_score(positive, score),
        )


def main():
    rng = np.random.RandomState(1)
    train, y = blobs(rng, 120, 5, 3)
    test, y_test = blobs(rng, 80, 5, 3)
    write("train_x", train), write("train_y", y), write("test_x", test), write("test_y", y_test)
    probes(train, y, test, y_test)
    reconstruction(rng)
    anomaly(rng, y_test)
    guess = write("assignment", np.where(rng.rand(80) < 0.7, y_test, rng.randint(3, size=80)))
    expect("accuracy", accuracy=metrics.accuracy_score(y_test, guess))
    with open(DATA / "expected.csv", "w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(EXPECTED)


if __name__ == "__main__":
    main()
