#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What raw pixels reach with so many labels: baselines.py prints the test accuracy on Fashion-MNIST of logistic
regression (C = 1) and of the nearest neighbour on pixels in [0, 1], trained on the first 10 and 100 rows of every
class, the nearest neighbour also on all. By scikit-learn, deterministic."""
import gzip

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

FOLDER = "/usr/share/datasets/fashion-mnist"


def read(name, offset):
    with gzip.open(f"{FOLDER}/{name}.gz") as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=offset)


x = read("train-images-idx3-ubyte", 16).reshape(-1, 784).astype(numpy.float32) / 255
tx = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784).astype(numpy.float32) / 255
y, ty = read("train-labels-idx1-ubyte", 8), read("t10k-labels-idx1-ubyte", 8)
print(f"{'labels per class':18}{'logistic regression':>20}{'1-NN':>8}")
for n in (10, 100, 6000):
    rows = numpy.concatenate([numpy.flatnonzero(y == c)[:n] for c in range(10)])
    linear = f"{'-':>20}"
    if n < 6000:
        linear = f"{LogisticRegression(max_iter=2000).fit(x[rows], y[rows]).score(tx, ty):20.4f}"
    nearest = KNeighborsClassifier(1, algorithm="brute").fit(x[rows], y[rows]).score(tx, ty)
    print(f"{n:<18}{linear}{nearest:8.4f}", flush=True)
