#!/bin/sh
# SPDX-License-Identifier: MIT
# Digits, Fashion-MNIST and, where its files are in $UBP_DATA/mnist, MNIST; then the table. Takes --db. `run.sh digits` runs one.
set -e
cd "$(dirname "$0")"
sets="digits fashion mnist"
case "$1" in digits|fashion|mnist) sets=$1; shift ;; esac
for set in $sets; do
  if [ $set = mnist ] && ! ls "${UBP_DATA:-.}"/mnist/train-images?idx3-ubyte* >/dev/null 2>&1; then
    echo "skipped: ${UBP_DATA:-.}/mnist does not hold the four files" >&2
    continue
  fi
  ubp sweep $set.toml --quiet "$@" >/dev/null
  [ $set != mnist ] || ubp sweep mnist.toml --quiet objective.use=idec objective.gamma=1.0 sweep.name=clustering-mnist-idec "$@" >/dev/null
done
# The first point of a metric is k-means on the pretrained codes, the last the clusters trained from there.
ubp sql "WITH v AS (SELECT sweep, coalesce(params ->> '\$.\"objective.use\"', 'idec') AS objective, replace(s.metric, 'train.', '') AS metric, s.first AS a, s.last AS b
    FROM trials JOIN metric_stats s USING (trial_id)
    WHERE sweep LIKE 'clustering-%' AND state = 'COMPLETE' AND s.metric IN ('train.cluster_accuracy', 'train.nmi')),
  m AS (SELECT sweep, objective, metric, count(*) AS n, avg(a) AS a, avg(a * a) AS aa, avg(b) AS b, avg(b * b) AS bb,
    avg(b - a) AS d, avg((b - a) * (b - a)) AS dd FROM v GROUP BY 1, 2, 3)
  SELECT sweep, objective, metric, n, a AS kmeans_on_codes, quantile * sqrt(max(0, aa - a * a) / df) AS ci95,
    b AS trained, quantile * sqrt(max(0, bb - b * b) / df) AS ci95, d AS gain, quantile * sqrt(max(0, dd - d * d) / df) AS ci95
  FROM m JOIN student_t ON df = n - 1 ORDER BY metric, sweep, objective" "$@"
