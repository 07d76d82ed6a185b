#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the tables that samplers.py searches beside test functions. tests/bench/tables.py UBP [NAME ...]

Each tables/NAME.toml is a sweep over a whole grid; its results become tables/NAME.csv: a line for every point, its
parameters in the order of the spec and its loss (of a metric that is to be maximised: 1 less its value). olives.csv,
which olives.toml reads, is drawn here: 572 oils of 9 regions with the shares of 8 acids, as in the table of Forina et
al. (Food Research and Data Analysis, 1983), but with numbers of our own.

  tests/bench/tables.py build/release/bin/ubp

needs: digits.csv.gz (Debian's python3-sklearn)
"""
import csv
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).parent / "tables"
ACIDS = ["palmitic", "palmitoleic", "stearic", "oleic", "linoleic", "linolenic", "arachidic", "eicosenoic"]


def write_olives(path):
    draw = random.Random(1983)
    lines = [["region", *ACIDS]]
    regions = [([draw.gauss(0, 1) for _ in range(3)], 0.3 + 0.5 * draw.random()) for _ in range(9)]
    loads = [[draw.gauss(0, 1) for _ in ACIDS] for _ in range(3)]
    for row in range(572):
        centre, spread = regions[row % 9]
        hidden = [c + spread * draw.gauss(0, 1) for c in centre]
        share = [2 ** (sum(h * load[j] for h, load in zip(hidden, loads)) / 3 + 0.1 * draw.gauss(0, 1))
                 for j in range(len(ACIDS))]
        lines.append([f"region{row % 9}", *(f"{100 * s / sum(share):.3f}" for s in share)])
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def make(ubp, name):
    spec = HERE / f"{name}.toml"
    axes = tomllib.loads(spec.read_text())["sweep"]["space"]
    with tempfile.TemporaryDirectory() as folder:
        write_olives(pathlib.Path(folder) / "olives.csv")
        run = {"env": {**os.environ, "UBP_DATA": folder, "UBP_DB": f"{folder}/ubp.db"}, "check": True}
        subprocess.run([ubp, "sweep", str(spec)], stdout=subprocess.DEVNULL, **run)
        query = "SELECT params, value, goal FROM trials JOIN sweeps USING (sweep_id)"
        done = subprocess.run([ubp, "sql", query, "--format", "json"], stdout=subprocess.PIPE, **run)
    losses = {tuple(row["params"][axis] for axis in axes):
              1 - row["value"] if row["goal"] == "maximize" else row["value"] for row in json.loads(done.stdout)}
    points = list(itertools.product(*axes.values()))
    with (HERE / f"{name}.csv").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*axes, "loss"])
        for point in points:
            out.writerow([*point, f"{losses[point]:.6g}"])
    print(f"{name}: {len(points)} points")


if __name__ == "__main__":
    for table in sys.argv[2:] or ["digits", "olives", "blobs"]:
        make(os.path.abspath(sys.argv[1]), table)
