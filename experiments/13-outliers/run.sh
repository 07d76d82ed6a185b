#!/bin/sh
# SPDX-License-Identifier: MIT
# One sweep per digit, then one per outlier table that lies in $UBP_DATA/od; prints both tables. Takes --db.
set -e
cd "$(dirname "$0")"
for class in 0 1 2 3 4 5 6 7 8 9; do
  ubp sweep digits.toml --quiet "dataset.classes=[$class]" "metric.0.class=$class" "sweep.name=outliers-digit-$class" "$@" >/dev/null
done
echo "one-class digits: ROC-AUC per normal class, then the mean of the classes with its interval over seeds"
ubp sql "SELECT sweep, n, mean, ci95 FROM leaderboard WHERE sweep LIKE 'outliers-digit-%' ORDER BY sweep" "$@"
ubp sql "WITH seeds AS (SELECT avg(value) AS auc FROM trials WHERE sweep LIKE 'outliers-digit-%' AND state = 'COMPLETE' GROUP BY replicate),
  m AS (SELECT count(*) AS n, avg(auc) AS mean, avg(auc * auc) AS square FROM seeds)
  SELECT n, mean, quantile * sqrt(max(0, square - mean * mean) / df) AS ci95 FROM m JOIN student_t ON df = n - 1" "$@"

for table in annthyroid breastw glass ionosphere landsat pima satellite shuttle spambase vertebral wdbc wine wpbc; do
  if [ ! -f "${UBP_DATA:-.}/od/$table.csv" ]; then
    echo "skipped: ${UBP_DATA:-.}/od/$table.csv is absent" >&2
    continue
  fi
  ubp sweep tables.toml --quiet "dataset.file=od/$table.csv" "sweep.name=outliers-table-$table" "$@" >/dev/null
done
echo "outlier tables: ROC-AUC on the rows trained on"
ubp sql "SELECT sweep, n, mean, ci95 FROM leaderboard WHERE sweep LIKE 'outliers-table-%' ORDER BY sweep" "$@"
