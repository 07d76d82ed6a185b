#!/bin/sh
# SPDX-License-Identifier: MIT
# Three sweeps of fifteen trials, then the table: mean and 95 % half-width over the five seeds. Takes --db.
set -e
cd "$(dirname "$0")"
for kind in independent correlated dense; do
  ubp sweep $kind.toml --quiet "$@" >/dev/null
done
ubp sql "WITH v AS (SELECT substr(sweep, 9) AS features, params ->> '\$.\"objective.penalty\"' AS penalty, s.metric, s.last AS x
    FROM trials JOIN metric_stats s USING (trial_id)
    WHERE sweep IN ('planted-independent', 'planted-correlated', 'planted-dense') AND state = 'COMPLETE' AND s.metric LIKE 'test.%'),
  m AS (SELECT features, penalty, metric, count(*) AS n, avg(x) AS mean, avg(x * x) AS square FROM v GROUP BY 1, 2, 3)
  SELECT features, penalty, metric, n, mean, quantile * sqrt(max(0, square - mean * mean) / df) AS ci95
  FROM m JOIN student_t ON df = n - 1 ORDER BY metric, features DESC, penalty" "$@"
