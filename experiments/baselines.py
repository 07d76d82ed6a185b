#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What no learning reaches: baselines.py [K ...] prints, for Fashion-MNIST, the probe accuracy and the reconstruction
error of PCA with K components, computed by scikit-learn with the same probe (LogisticRegression, C = 1) and the same
pixels in [0, 1] as the experiments. Deterministic."""
import gzip
import sys

import numpy
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

FOLDER = "/usr/share/datasets/fashion-mnist"


def read(name, offset):
    with gzip.open(f"{FOLDER}/{name}.gz") as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=offset)


x, y = read("train-images-idx3-ubyte", 16).reshape(-1, 784) / 255, read("train-labels-idx1-ubyte", 8)
tx, ty = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784) / 255, read("t10k-labels-idx1-ubyte", 8)
print("components  probe accuracy  test mse")
for k in map(int, sys.argv[1:] or ["4", "16", "64"]):
    pca = PCA(k, svd_solver="full").fit(x)
    code = pca.transform(tx)
    error = ((pca.inverse_transform(code) - tx) ** 2).mean()
    probe = LogisticRegression(max_iter=2000).fit(pca.transform(x), y)
    print(f"{k:10}  {probe.score(code, ty):14.4f}  {error:8.5f}", flush=True)
