#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/: archives as NumPy 1.24 makes them, and prints the sums of scikit-learn's tables that the test
compares."""
import pathlib

import numpy as np
from sklearn import datasets

DATA = pathlib.Path(__file__).parent / "data"
ARRAYS = {
    "x_train": np.arange(24, dtype=np.uint8).reshape(4, 1, 2, 3),
    "y_train": np.array([[5], [3], [5], [9]]),
    "x_test": np.arange(12, dtype=np.uint8).reshape(2, 1, 2, 3),
    "y_test": np.array([9, 3], dtype=np.uint8),
    "halves": np.array([[0.5, -1.5], [65504, 2**-24], [0, np.nan]], dtype=np.float16),
}

if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    np.savez(DATA / "stored.npz", **ARRAYS)
    np.savez_compressed(DATA / "packed.npz", **ARRAYS)
    for name in ("iris", "wine", "breast_cancer", "digits"):
        table = getattr(datasets, f"load_{name}")()
        print(name, table.data.shape, np.bincount(table.target), repr(table.data.sum()))
