#!/bin/sh
# SPDX-License-Identifier: MIT
# The sweep, then the spoilt images themselves (no repair; the step is not used), then the table. Takes --db.
set -e
cd "$(dirname "$0")"
ubp sweep spec.toml --quiet "$@" >/dev/null
ubp sweep spec.toml --quiet objective.evaluate=spoilt objective.level=0 train.steps=1 sweep.name=denoising-none "$@" >/dev/null
ubp sql "WITH v AS (SELECT params ->> '\$.\"objective.noise\"' AS noise, coalesce(params ->> '\$.\"objective.level\"', 'no repair') AS trained_at,
    s.metric, s.last AS x FROM trials JOIN metric_stats s USING (trial_id)
    WHERE sweep IN ('denoising', 'denoising-none') AND state = 'COMPLETE' AND s.metric IN ('test.mse', 'test.psnr', 'test.ssim')),
  m AS (SELECT noise, trained_at, metric, count(*) AS n, avg(x) AS mean, avg(x * x) AS square FROM v GROUP BY 1, 2, 3)
  SELECT noise, trained_at, metric, n, mean, quantile * sqrt(max(0, square - mean * mean) / df) AS ci95
  FROM m JOIN student_t ON df = n - 1 ORDER BY metric, noise, trained_at" "$@"
