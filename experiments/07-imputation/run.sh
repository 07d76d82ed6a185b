#!/bin/sh
# SPDX-License-Identifier: MIT
# The grid: three tables, whose sizes want different networks; then the error by table, method and share, over masks and starts.
set -e
cd "$(dirname "$0")"
for table in iris wine breast_cancer; do
  ubp sweep $table.toml --quiet "$@" >/dev/null
done
ubp sql "SELECT t.sweep, m.value AS stages, w.value AS withhold, count(*) AS n, round(avg(v.last), 4) AS rmse,
           round(sqrt((avg(v.last * v.last) - avg(v.last) * avg(v.last)) * count(*) / (count(*) - 1)), 4) AS sd
         FROM trials t JOIN metric_stats v ON v.trial_id = t.trial_id AND v.metric = 'train.imputation_rmse'
           JOIN params m ON m.trial_id = t.trial_id AND m.name = 'objective.stages'
           JOIN params w ON w.trial_id = t.trial_id AND w.name = 'dataset.withhold'
         WHERE t.sweep LIKE 'imputation-%' GROUP BY t.sweep, m.value, w.value ORDER BY t.sweep, m.value, w.value" "$@"
