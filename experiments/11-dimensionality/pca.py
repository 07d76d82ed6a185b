#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What no learning reaches: the plane of the first two principal components, by scikit-learn, judged as the specs
judge: trustworthiness and continuity with k = 12 of at most 2,000 test rows, the 5 nearest training rows' vote, the
test MSE. The Fashion-MNIST line is the mean over 5 samples of 2,000 rows, the digits line over 10 splits of 1,438 and
359 rows."""
import gzip

import numpy
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier

FOLDER = "/usr/share/datasets/fashion-mnist"


def read(name, offset):
    with gzip.open(f"{FOLDER}/{name}.gz") as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=offset)


def judge(x, y, tx, ty, samples):
    pca = PCA(2, svd_solver="full").fit(x)
    z, tz = pca.transform(x), pca.transform(tx)
    knn = KNeighborsClassifier(5).fit(z, y).score(tz, ty)
    mse = ((pca.inverse_transform(tz) - tx) ** 2).mean()
    scores = []
    for rows in samples:
        a, b = tx[rows], tz[rows]
        scores.append([trustworthiness(a, b, n_neighbors=12), trustworthiness(b, a, n_neighbors=12), knn, mse])
    return scores


rng = numpy.random.RandomState(0)
x, y = read("train-images-idx3-ubyte", 16).reshape(-1, 784) / 255, read("train-labels-idx1-ubyte", 8)
tx, ty = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784) / 255, read("t10k-labels-idx1-ubyte", 8)
fashion = judge(x, y, tx, ty, [rng.choice(len(tx), 2000, replace=False) for _ in range(5)])
x, y = load_digits(return_X_y=True)
digits = []
for _ in range(10):
    order = rng.permutation(len(x))
    train, test = order[359:], order[:359]
    digits += judge(x[train] / 16, y[train], x[test] / 16, y[test], [slice(None)])
print("               trustworthiness  continuity  5-NN accuracy  test mse")
for name, scores in [("fashion_mnist", fashion), ("digits", digits)]:
    mean, sd = numpy.mean(scores, axis=0), numpy.std(scores, axis=0, ddof=1)
    print(f"{name:14}", "  ".join(f"{m:.4f} (sd {s:.4f})" for m, s in zip(mean, sd)))
