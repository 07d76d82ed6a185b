#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""optimism.py [DATABASE]: of the sweep `optimism`, by table: in every fold of every round the best config by the test
rows and the best one by the validation rows, and what each is said to reach. Means over folds and rounds, with 95 %
half-widths (Student's t over rounds: folds of one round share their training rows)."""
import json
import statistics
import subprocess
import sys

from scipy.stats import t

QUERY = """
SELECT json_extract(params, '$."dataset.use"') AS dataset, config_id AS config, replicate,
  max(iif(metric = 'valid.knn_accuracy', last, NULL)) AS valid,
  max(iif(metric = 'test.knn_accuracy', last, NULL)) AS test
FROM trials JOIN metric_stats USING (trial_id)
WHERE state = 'COMPLETE' AND sweep_id = (SELECT max(sweep_id) FROM sweeps WHERE sweep = 'optimism')
GROUP BY trial_id"""
FOLDS = 5


def rows():
    command = ["ubp", "sql", "--format", "json", QUERY] + (["--db", sys.argv[1]] if len(sys.argv) > 1 else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def first_best(trials, by):
    """Ties go to the config that the sweep counts first."""
    return max(sorted(trials, key=lambda trial: trial["config"]), key=lambda trial: trial[by])


def interval(values):
    """Mean over everything, half-width over the rounds' means."""
    rounds = [statistics.mean(values[i:i + FOLDS]) for i in range(0, len(values), FOLDS)]
    half = t.ppf(0.975, len(rounds) - 1) * statistics.stdev(rounds) / len(rounds) ** 0.5
    return f"{statistics.mean(values):.3f} ± {half:.3f}"


def main():
    trials = rows()
    print("| table | chosen by test rows: its test | chosen by validation rows: its validation | its test | "
          "optimism of the test rows | of the validation rows |\n|---|---|---|---|---|---|")
    for dataset in sorted({trial["dataset"] for trial in trials}):
        here = [trial for trial in trials if trial["dataset"] == dataset]
        by_test, by_valid = [], []
        for replicate in sorted({trial["replicate"] for trial in here}):
            fold = [trial for trial in here if trial["replicate"] == replicate]
            by_test.append(first_best(fold, "test")), by_valid.append(first_best(fold, "valid"))
        column = [[trial["test"] for trial in by_test], [trial["valid"] for trial in by_valid],
                  [trial["test"] for trial in by_valid]]
        gaps = [[a - b for a, b in zip(column[i], column[2])] for i in (0, 1)]
        print("| " + " | ".join([dataset] + [interval(values) for values in column + gaps]) + " |")


if __name__ == "__main__":
    main()
