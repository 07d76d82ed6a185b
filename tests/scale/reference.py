#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/: a table, and what StandardScaler and MinMaxScaler of scikit-learn 1.2.1 make of it.

Columns in units far from 1 are told to scikit-learn times a power of two, which changes no digit: it reads a range
below 2e-15 as constant, and squares of 1e300 overflow.
"""
import pathlib

import numpy as np
from sklearn import preprocessing

DATA = pathlib.Path(__file__).parent / "data"
ROWS = 60


def columns(rng):
    """name: values"""
    near_one = rng.randn(ROWS)
    return {
        "plain": near_one,
        "tenth": np.full(ROWS, 0.1),
        "rounding": 0.1 + 1.4e-17 * (np.arange(ROWS) % 7 == 0),
        "zero": np.zeros(ROWS),
        "large_constant": np.full(ROWS, 1e300),
        "unix_time": np.round(1.7e9 + 86400 * rng.rand(ROWS)),
        "offset": 1e12 + 1000 * rng.randn(ROWS),
        "picometres": 1e-13 * near_one,
        "smallest": 1e-300 * near_one,
        "largest": 1e300 * near_one,
        "mixed": near_one * 10.0 ** rng.randint(-6, 7, ROWS),
        "flag": (rng.rand(ROWS) < 0.3).astype(float),
    }


def near_one(column):
    """The column times the power of two that brings its largest number near 1."""
    largest = np.nanmax(np.abs(column))
    return np.ldexp(column, -np.frexp(largest)[1]) if largest > 0 else column


def write(name, header, table):
    lines = [",".join("" if np.isnan(v) else repr(float(v)) for v in row) for row in table]
    (DATA / f"{name}.csv").write_text("\n".join([",".join(header)] + lines) + "\n")


def main():
    rng = np.random.RandomState(1)
    named = columns(rng)
    table = np.column_stack(list(named.values()))
    table[rng.rand(*table.shape) < 0.1] = np.nan
    write("table", named, table)
    unit = np.column_stack([near_one(column) for column in table.T])
    for name, scaler in [("standard", preprocessing.StandardScaler()), ("minmax", preprocessing.MinMaxScaler())]:
        scaled = scaler.fit_transform(unit)
        scaled[np.isnan(table)] = 0
        write(name, named, scaled)


if __name__ == "__main__":
    main()
