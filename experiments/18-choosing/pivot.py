#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints of `table.sh --each --format csv` a table for a judge: scores by data sets, correlations and intervals.

  experiments/18-choosing/table.sh --each --format csv | experiments/18-choosing/pivot.py test.knn_accuracy
"""
import csv
import sys

rows = [row for row in csv.DictReader(sys.stdin) if row["judge"] == sys.argv[1]]
datasets = list(dict.fromkeys(row["dataset"] for row in rows))
cells = {(row["score"], row["dataset"]): "{:.2f} ({:.2f} to {:.2f})".format(
    *(float(row[name]) for name in ("rho", "low", "high"))) for row in rows}
scores = sorted({row["score"] for row in rows},
                key=lambda score: -sum(float(row["rho"]) for row in rows if row["score"] == score))
print("| score | " + " | ".join(name.removeprefix("choosing-") for name in datasets) + " |")
print("|---" * (len(datasets) + 1) + "|")
for score in scores:
    print(f"| {score} | " + " | ".join(cells.get((score, name), "–") for name in datasets) + " |")
