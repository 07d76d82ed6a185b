#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What k-means reaches without a network: baselines.py prints accuracy (Hungarian) and NMI of scikit-learn's k-means
with ten clusters on raw pixels in [0, 1] and on ten principal components, mean and 95 % half-width of three seeds (the
best of five starts each; digits: ten seeds, twenty starts). MNIST is taken from $UBP_DATA/mnist and skipped if it is
not there."""
import gzip
import os

import numpy
from scipy.optimize import linear_sum_assignment
from scipy.stats import t
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import normalized_mutual_info_score


def idx(folder):
    def read(name, offset):
        with gzip.open(os.path.join(folder, name)) as f:
            return numpy.frombuffer(f.read(), numpy.uint8, offset=offset)
    x = [read(f"{s}-images-idx3-ubyte.gz", 16).reshape(-1, 784) for s in ("train", "t10k")]
    labels = [read(f"{s}-labels-idx1-ubyte.gz", 8) for s in ("train", "t10k")]
    return numpy.concatenate(x).astype(numpy.float32) / 255, numpy.concatenate(labels)


def accuracy(y, c):
    table = numpy.zeros((10, 10))
    numpy.add.at(table, (y, c), 1)
    rows, columns = linear_sum_assignment(-table)
    return table[rows, columns].sum() / len(y)


def interval(values):
    half = t.ppf(0.975, len(values) - 1) * numpy.std(values, ddof=1) / len(values) ** 0.5
    return f"{numpy.mean(values):.4f} ± {half:.4f}"


x, y = load_digits(return_X_y=True)
sets = {"digits": (x / 16, y), "fashion_mnist": idx("/usr/share/datasets/fashion-mnist")}
mnist = os.path.join(os.environ.get("UBP_DATA", "."), "mnist")
if os.path.exists(os.path.join(mnist, "t10k-labels-idx1-ubyte.gz")):
    sets["mnist"] = idx(mnist)
else:
    print(f"skipped: {mnist} does not hold the four files")
for name, (x, y) in sets.items():
    seeds, starts = (10, 20) if name == "digits" else (3, 5)
    for what, v in {"10 principal components": PCA(10, svd_solver="full").fit_transform(x), "raw pixels": x}.items():
        found = [KMeans(10, n_init=starts, random_state=s).fit(v).labels_ for s in range(seeds)]
        print(f"{name:15}{what:25}accuracy {interval([accuracy(y, c) for c in found])}   "
              f"NMI {interval([normalized_mutual_info_score(y, c) for c in found])}", flush=True)
