#!/bin/sh
# SPDX-License-Identifier: MIT
# Four sweeps of five trials, then two tables, mean and 95 % half-width over the five seeds: every score, and how the
# mutual information gaps differ, seed by seed. Takes --db.
set -e
cd "$(dirname "$0")"
sweeps="'factors-vae', 'factors-beta_vae', 'factors-beta_tcvae', 'factors-factor_vae'"
for objective in vae beta_vae beta_tcvae factor_vae; do
  ubp sweep $objective.toml --quiet "$@" >/dev/null
done
ubp sql "WITH v AS (SELECT substr(sweep, 9) AS objective, s.metric, s.last AS x
    FROM trials JOIN metric_stats s USING (trial_id) WHERE sweep IN ($sweeps) AND state = 'COMPLETE'
      AND (s.metric LIKE 'test.%' OR s.metric IN ('train.kl', 'train.reconstruction'))),
  m AS (SELECT objective, metric, count(*) AS n, avg(x) AS mean, avg(x * x) AS square FROM v GROUP BY 1, 2)
  SELECT metric, objective, n, mean, quantile * sqrt(max(0, square - mean * mean) / df) AS ci95
  FROM m JOIN student_t ON df = n - 1 ORDER BY metric, objective" "$@"
ubp sql "WITH v AS (SELECT substr(sweep, 9) AS objective, replicate, s.metric, s.last AS x
    FROM trials JOIN metric_stats s USING (trial_id) WHERE sweep IN ($sweeps) AND state = 'COMPLETE'),
  d AS (SELECT a.objective || ' - ' || CASE WHEN b.metric = 'test.mig' THEN b.objective ELSE substr(b.metric, 10) END
      AS difference, a.x - b.x AS x
    FROM v AS a JOIN v AS b USING (replicate) WHERE a.metric = 'test.mig' AND (a.objective = b.objective
      AND b.metric IN ('test.mig_untrained', 'test.mig_pca') OR b.metric = 'test.mig'
      AND (a.objective <> 'vae' AND b.objective = 'vae' OR a.objective = 'beta_tcvae' AND b.objective = 'beta_vae'))),
  m AS (SELECT difference, count(*) AS n, avg(x) AS mean, avg(x * x) AS square FROM d GROUP BY 1)
  SELECT 'mig: ' || difference AS difference, n, mean, quantile * sqrt(max(0, square - mean * mean) / df) AS ci95
  FROM m JOIN student_t ON df = n - 1" "$@"
