#!/bin/sh
# SPDX-License-Identifier: MIT
# One sweep per class: training never sees it, the test rows of that class are the anomalies.
set -e
cd "$(dirname "$0")"
for class in 0 1 2 3 4 5 6 7 8 9; do
  ubp sweep spec.toml --quiet "dataset.exclude_classes=[$class]" "metric.0.class=$class" "sweep.name=anomaly-$class" "$@" >/dev/null
done
ubp sql "SELECT sweep, n, mean, sd, ci95 FROM leaderboard WHERE sweep LIKE 'anomaly-%' ORDER BY sweep" "$@"
