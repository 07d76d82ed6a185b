-- SPDX-License-Identifier: MIT
-- What users query. Columns are only ever added. Recreated whenever the schema's version changes.
--
-- Names: a sweep is found by sweep_id or by its name, which several sweeps can share; a trial by trial_id or by
-- SWEEP/CONFIG.REPLICATE, which means its last attempt. Times are UTC, as SQLite's own functions write them: `created >
-- datetime('now', '-7 days')` is right. Durations are seconds, of all executions of an attempt together.

-- One row a sweep.
--   sweep_id, sweep           id and name
--   experiment, question      what it belongs to
--   state                     RUNNING: a trial is (or was, when its coordinator died); OPEN: trials are missing; DONE
--   metric, goal, reduce      what is optimised: a trial's value is the last | min | max | mean of this metric's series
--                             (of several objectives the first: `objectives` has all)
--   configs, replicates       as declared
--   trials                    executions, all attempts
--   complete, running, queued, failed, lost, pruned, cancelled   of them, by state
--   best                      the best value of any complete trial; NULL with several objectives (`fronts`, `pareto`)
--   supervised                1 if any config's objective is given labels
--   seed, identity            of the sweep; sweeps with equal identity are one
--   created, finished
CREATE VIEW sweeps AS
WITH counts AS (
  SELECT sweep_id, count(*) AS trials, sum(state = 'COMPLETE') AS complete, sum(state = 'RUNNING') AS running,
    sum(state = 'QUEUED') AS queued, sum(state = 'FAILED') AS failed, sum(state = 'LOST') AS lost,
    sum(state = 'PRUNED') AS pruned, sum(state = 'CANCELLED') AS cancelled, min(value) AS low, max(value) AS high
  FROM trial GROUP BY sweep_id),
points AS (SELECT sweep_id, count(*) AS configs, max(supervised) AS supervised FROM config GROUP BY sweep_id)
SELECT s.sweep_id, s.name AS sweep, e.name AS experiment, e.question,
  CASE WHEN n.running > 0 THEN 'RUNNING' ELSE s.state END AS state,
  s.metric, s.goal, s.reduce, p.configs, s.replicates,
  n.trials, n.complete, n.running, n.queued, n.failed, n.lost, n.pruned, n.cancelled,
  CASE WHEN json_type(s.sampler, '$.objectives') IS NULL THEN CASE s.goal WHEN 'minimize' THEN n.low WHEN 'maximize'
    THEN n.high END END AS best, p.supervised,
  CASE WHEN s.seed >= 0 THEN s.seed ELSE printf('%llu', s.seed) END AS seed, s.identity,
  strftime('%Y-%m-%d %H:%M:%f', s.created_ms / 1000.0, 'unixepoch') AS created,
  strftime('%Y-%m-%d %H:%M:%f', s.finished_ms / 1000.0, 'unixepoch') AS finished
FROM sweep s JOIN experiment e USING (experiment_id) LEFT JOIN counts n USING (sweep_id)
LEFT JOIN points p USING (sweep_id);

-- One row an execution.
--   trial_id, name            id, and SWEEP/CONFIG.REPLICATE
--   sweep_id, sweep, config_id, config (its number), replicate, attempt
--   seed                      of this trial: text where it exceeds 63 bits
--   state                     QUEUED | RUNNING | COMPLETE | PRUNED | FAILED | LOST | CANCELLED
--   reason, error             of a failure: its class, and one sentence; a later attempt: it was tried again
--                             of a QUEUED one: interrupted (ubp was asked to stop), preempted (somebody else stopped
--                             it), paused (at a rung), refused (something had changed), asked (by `ubp ask`, for a
--                             program of the user's); NULL: it waits for its turn
--                             of a PRUNED or CANCELLED one: no class, but why
--   value                     of the objective metric
--   seconds, cpu_seconds, max_rss_mb    wall and CPU time, peak memory (MiB)
--   exit_code, signal, pid, resumed_from_step
--   supervised                1: its objective was given labels
--   created, started, finished
--   params                    the swept parameters, a JSON object
--   same_as                   the trial that this one equals and whose series are its own: it was not run, and cost
--                             nothing; NULL: it was run
--   identity                  equal identities mean equal numbers; NULL: recorded by an ubp that kept none
CREATE VIEW executions AS
SELECT t.trial_id, s.name || '/' || c.number || '.' || t.replicate AS name,
  t.sweep_id, s.name AS sweep, t.config_id, c.number AS config, t.replicate, t.attempt,
  CASE WHEN t.seed >= 0 THEN t.seed ELSE printf('%llu', t.seed) END AS seed,
  t.state, t.reason, t.error, t.value,
  t.wall_ms / 1000.0 AS seconds, t.cpu_ms / 1000.0 AS cpu_seconds, t.max_rss_kb / 1024.0 AS max_rss_mb,
  t.exit_code, t.signal, t.pid, t.resumed_from_step, c.supervised,
  strftime('%Y-%m-%d %H:%M:%f', t.created_ms / 1000.0, 'unixepoch') AS created,
  strftime('%Y-%m-%d %H:%M:%f', t.started_ms / 1000.0, 'unixepoch') AS started,
  strftime('%Y-%m-%d %H:%M:%f', t.finished_ms / 1000.0, 'unixepoch') AS finished,
  c.params, t.same_as, t.identity
FROM trial t JOIN config c USING (config_id) JOIN sweep s ON s.sweep_id = t.sweep_id;

-- One row an execution, as in `executions`: the name that people use. While Optuna reads the file (optuna.sql), other
-- programs see `state` in its words here, and more columns; ubp itself, also `ubp sql`, sees this.
CREATE VIEW trials AS SELECT * FROM executions;

-- One row a trial and swept parameter.
--   trial_id, sweep_id, config_id, name
--   kind                      float | int | bool | text | list
--   num, text                 the value: numbers and booleans (0, 1) in num; texts and lists (JSON) in text
--   value                     whichever of the two there is
CREATE VIEW params AS
SELECT t.trial_id, t.sweep_id, p.config_id, p.name, p.kind, p.num, p.text,
  CASE p.kind WHEN 'float' THEN p.num WHEN 'int' THEN CAST(p.num AS INTEGER) WHEN 'bool' THEN CAST(p.num AS INTEGER)
    ELSE p.text END AS value
FROM trial t JOIN param p USING (config_id);

-- One row a point of a metric series.
--   trial_id, metric, step
--   value                     NULL: it was NaN
--   t_ms                      milliseconds since the trial started
CREATE VIEW metrics AS
SELECT t.trial_id, n.name AS metric, m.step, m.value, m.t_ms
FROM trial t JOIN metric m ON m.trial_id = coalesce(t.same_as, t.trial_id) JOIN metric_name n USING (metric_id);

-- One row a metric series: fast, whatever its length.
--   trial_id, metric
--   n, n_nan                  points, and how many of them were NaN
--   first, last, last_step    by step; NULL: it was NaN
--   min, min_step, max, max_step, mean   of the values that are numbers
CREATE VIEW metric_stats AS
SELECT t.trial_id, n.name AS metric, s.n, s.n_nan, s.first, s.last, s.last_step, s.min, s.min_step, s.max, s.max_step,
  s.sum / nullif(s.n - s.n_nan, 0) AS mean
FROM trial t JOIN metric_summary s ON s.trial_id = coalesce(t.same_as, t.trial_id)
JOIN metric_name n USING (metric_id);

-- One row a config with results, ranked within its sweep by its mean, in a race as if it had every seed that any config
-- of it has. Of each replicate only the last complete attempt counts, so that repeating a run does not count a seed
-- twice.
--   sweep_id, sweep, rank, config_id, config
--   n, failed                 replicates that are complete; replicates whose last attempt failed
--   mean, sd                  of their values; sd with n - 1, NULL for n = 1
--   ci95                      half-width of the 95 % confidence interval of the mean (Student's t)
--   best, worst               by the sweep's goal
--   metric, goal              what the values are; of several objectives the first
--   params                    a JSON object
--   adjusted_mean             what it is ranked by: the mean; in a race, which leaves configs with different seeds,
--                             some easier than others, less what its seeds and plus what all seeds are worth on
--                             average. What a seed is worth: see means_over_all_seeds() in host/query/seeds.hpp
CREATE VIEW leaderboard AS
WITH RECURSIVE final AS MATERIALIZED (  -- SQLite: bare columns come from the row that holds the max()
  SELECT sweep_id, config_id, seed, value, max(attempt) FROM trial WHERE state = 'COMPLETE' AND value IS NOT NULL
  GROUP BY config_id, replicate),
centred AS (SELECT sweep_id, config_id, value, avg(value) OVER (PARTITION BY config_id) AS mean FROM final),
stats AS (
  SELECT sweep_id, config_id, count(*) AS n, max(mean) AS mean, min(value) AS low, max(value) AS high,
    CASE WHEN count(*) > 1 THEN sqrt(sum((value - mean) * (value - mean)) / (count(*) - 1)) END AS sd
  FROM centred GROUP BY config_id),
losses AS (
  SELECT config_id, sum(state = 'FAILED') AS failed
  FROM (SELECT config_id, state, max(attempt) FROM trial GROUP BY config_id, replicate) GROUP BY config_id),
-- Of races whose configs differ in their seeds:
uneven AS MATERIALIZED (
  SELECT sweep_id, count(DISTINCT seed) AS seeds FROM final
  WHERE sweep_id IN (SELECT sweep_id FROM sweep WHERE json_type(sampler, '$.race') IS NOT NULL) GROUP BY sweep_id
  HAVING count(*) < count(DISTINCT seed) * count(DISTINCT config_id)),
place AS MATERIALIZED (  -- of each seed, from 0; those of most configs first
  SELECT sweep_id, seed, row_number() OVER (PARTITION BY sweep_id ORDER BY count(*) DESC, seed) - 1 AS k
  FROM final JOIN uneven USING (sweep_id) GROUP BY sweep_id, seed),
cell AS MATERIALIZED (
  SELECT f.sweep_id, f.config_id, p.k, f.value - avg(f.value) OVER earlier AS gain, count(*) OVER earlier AS n
  FROM final f JOIN place p USING (sweep_id, seed)
  WINDOW earlier AS (PARTITION BY f.config_id ORDER BY p.k ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
gain AS MATERIALIZED (
  SELECT sweep_id, k, avg(gain) AS gain, count(*) AS configs FROM cell WHERE n > 0 GROUP BY sweep_id, k),
share AS MATERIALIZED (  -- how much of the means over earlier seeds, before seed k, is seed j
  SELECT c.sweep_id, c.k, e.k AS j, sum(1.0 / c.n) AS share
  FROM cell c JOIN cell e ON e.config_id = c.config_id AND e.k < c.k GROUP BY c.sweep_id, c.k, e.k),
worth(sweep_id, k, list) AS (  -- of seeds 0 to k - 1, a JSON array
  SELECT sweep_id, 1, '[0.0]' FROM uneven
  UNION ALL
  SELECT w.sweep_id, w.k + 1, json_insert(w.list, '$[#]', (
    SELECT iif(abs(worth) < 9e999, worth, 0.0) FROM (SELECT coalesce(
      (SELECT g.gain + (SELECT total(s.share * j.value) / g.configs FROM json_each(w.list) j JOIN share s
         ON s.sweep_id = w.sweep_id AND s.k = w.k AND s.j = j.key)
       FROM gain g WHERE g.sweep_id = w.sweep_id AND g.k = w.k),
      (SELECT avg(j.value) FROM json_each(w.list) j)) AS worth)))
  FROM worth w JOIN uneven u ON u.sweep_id = w.sweep_id AND w.k < u.seeds),
seed AS MATERIALIZED (
  SELECT w.sweep_id, j.key AS k, j.value AS worth, avg(j.value) OVER (PARTITION BY w.sweep_id) AS usual, u.seeds
  FROM worth w JOIN uneven u ON u.sweep_id = w.sweep_id AND u.seeds = w.k JOIN json_each(w.list) j),
both AS (  -- cells with their seed's worth; a join would read all seeds for each cell
  SELECT config_id, max(worth) OVER own AS worth, max(usual) OVER own AS usual, max(seeds) OVER own AS seeds
  FROM (SELECT sweep_id, k, config_id, NULL AS worth, NULL AS usual, NULL AS seeds FROM cell
        UNION ALL SELECT sweep_id, k, NULL, worth, usual, seeds FROM seed)
  WINDOW own AS (PARTITION BY sweep_id, k)),
shift AS MATERIALIZED (
  SELECT config_id, iif(count(*) = max(seeds), 0.0, max(usual) - avg(worth)) AS shift
  FROM both WHERE config_id IS NOT NULL GROUP BY config_id),
ranked AS (
  SELECT g.*, g.mean + coalesce(h.shift, 0.0) AS adjusted_mean FROM stats g LEFT JOIN shift h USING (config_id))
SELECT g.sweep_id, s.name AS sweep,
  rank() OVER (PARTITION BY g.sweep_id ORDER BY CASE s.goal WHEN 'minimize' THEN g.adjusted_mean
    ELSE -g.adjusted_mean END) AS rank,
  g.config_id, c.number AS config, g.n, coalesce(l.failed, 0) AS failed, g.mean, g.sd,
  -- Beyond the table: Abramowitz & Stegun 26.7.5, error < 3e-8.
  coalesce(t.quantile, 1.959963984540054 + (2.3722712303 + (2.82249861574 + (2.55584967951 + 1.58953405339
    / (g.n - 1)) / (g.n - 1)) / (g.n - 1)) / (g.n - 1)) * g.sd / sqrt(g.n) AS ci95,
  CASE s.goal WHEN 'minimize' THEN g.low ELSE g.high END AS best,
  CASE s.goal WHEN 'minimize' THEN g.high ELSE g.low END AS worst,
  s.metric, s.goal, c.params, g.adjusted_mean
FROM ranked g JOIN config c USING (config_id) JOIN sweep s ON s.sweep_id = g.sweep_id
LEFT JOIN losses l USING (config_id) LEFT JOIN student_t t ON t.df = g.n - 1;

-- One row a sweep one of whose configs has two results: how far results lie apart by their seeds alone. A difference
-- below sd is within the noise.
--   sweep_id, sweep, metric
--   sd                        standard deviation over seeds, with n - 1
--   source                    default: of the default config; pooled: within all configs, where that has no two results
--   config                    number of the default config; NULL: pooled
--   n                         results behind it
CREATE VIEW noise_floor AS
WITH pooled AS (
  SELECT sweep_id, sweep, metric, sqrt(sum((n - 1) * sd * sd) / sum(n - 1)) AS sd, sum(n) AS n
  FROM leaderboard WHERE n > 1 GROUP BY sweep_id)
SELECT p.sweep_id, p.sweep, p.metric, coalesce(d.sd, p.sd) AS sd,
  CASE WHEN d.config IS NULL THEN 'pooled' ELSE 'default' END AS source, d.config, coalesce(d.n, p.n) AS n
FROM pooled p JOIN sweep s USING (sweep_id)
LEFT JOIN leaderboard d ON d.sweep_id = p.sweep_id AND d.config = s.default_config AND d.n > 1;
-- One row an objective of a sweep; one of most sweeps.
--   sweep_id, sweep, objective    its number, from 0: that of the first counts in `trials.value` and `leaderboard`
--   metric, goal, reduce          as in `sweeps`
--   reference                     bounds the hypervolume, as its spec says; NULL: the worst mean seen
CREATE VIEW objectives AS
SELECT s.sweep_id, s.name AS sweep, coalesce(o.key, 0) AS objective,
  coalesce(json_extract(o.value, '$.metric'), s.metric) AS metric,
  coalesce(json_extract(o.value, '$.goal'), s.goal) AS goal, s.reduce,
  CAST(json_extract(o.value, '$.reference') AS REAL) AS reference
FROM sweep s LEFT JOIN json_each(s.sampler, '$.objectives') o WHERE s.metric IS NOT NULL;

-- One row a complete trial and objective.
--   trial_id, sweep_id, config_id, objective, metric, goal, value
CREATE VIEW objective_values AS
SELECT t.trial_id, t.sweep_id, t.config_id, o.objective, o.metric, o.goal,
  CASE o.reduce WHEN 'last' THEN m.last WHEN 'min' THEN m.min WHEN 'max' THEN m.max
    ELSE iif(m.n_nan = 0, m.sum / m.n, NULL) END AS value
FROM objectives o JOIN trial t USING (sweep_id) JOIN metric_name n ON n.name = o.metric
JOIN metric_summary m ON m.trial_id = coalesce(t.same_as, t.trial_id) AND m.metric_id = n.metric_id
WHERE t.state = 'COMPLETE';

-- One row a config with results and objective, over replicates as in `leaderboard`.
--   sweep_id, config_id, config, objective, metric, goal
--   n, mean, sd, ci95
CREATE VIEW objective_stats AS
WITH final AS (
  SELECT trial_id, max(attempt) FROM trial WHERE state = 'COMPLETE' AND value IS NOT NULL
  GROUP BY config_id, replicate),
centred AS (
  SELECT v.*, avg(value) OVER (PARTITION BY config_id, objective) AS mean FROM final JOIN objective_values v
  USING (trial_id)),
stats AS (
  SELECT sweep_id, config_id, objective, metric, goal, count(*) AS n, max(mean) AS mean,
    CASE WHEN count(*) > 1 THEN sqrt(sum((value - mean) * (value - mean)) / (count(*) - 1)) END AS sd
  FROM centred GROUP BY config_id, objective)
SELECT g.sweep_id, g.config_id, c.number AS config, g.objective, g.metric, g.goal, g.n, g.mean, g.sd,
  coalesce(t.quantile, 1.959963984540054 + (2.3722712303 + (2.82249861574 + (2.55584967951 + 1.58953405339
    / (g.n - 1)) / (g.n - 1)) / (g.n - 1)) / (g.n - 1)) * g.sd / sqrt(g.n) AS ci95
FROM stats g JOIN config c USING (config_id) LEFT JOIN student_t t ON t.df = g.n - 1;

-- One row a config with results of a sweep with several objectives. A config dominates another one whose mean is worse
-- in one objective and better in none.
--   sweep_id, sweep, config_id, config, n
--   rank                      1 if no other dominates it, else 1 + the largest rank of those that do
--   front                     1: of rank 1, on the Pareto front; else 0
--   means                     JSON: {metric: mean}; objective_stats has them one by one, with intervals
--   params                    a JSON object
CREATE VIEW pareto AS
WITH RECURSIVE wide AS (  -- to be minimised, a column an objective; host/plan/objectives.hpp says how many there may be
  SELECT sweep_id, config_id, min(n) AS n, json_group_object(metric, mean) AS means,
    coalesce(max(iif(objective = 0, v, NULL)), 0) AS v0,
    coalesce(max(iif(objective = 1, v, NULL)), 0) AS v1,
    coalesce(max(iif(objective = 2, v, NULL)), 0) AS v2,
    coalesce(max(iif(objective = 3, v, NULL)), 0) AS v3,
    coalesce(max(iif(objective = 4, v, NULL)), 0) AS v4,
    coalesce(max(iif(objective = 5, v, NULL)), 0) AS v5,
    coalesce(max(iif(objective = 6, v, NULL)), 0) AS v6,
    coalesce(max(iif(objective = 7, v, NULL)), 0) AS v7
  FROM (SELECT *, iif(goal = 'maximize', 0 - mean, mean) AS v FROM objective_stats
        WHERE sweep_id IN (SELECT sweep_id FROM objectives WHERE objective = 1))
  GROUP BY config_id),
point AS MATERIALIZED (  -- only one before another dominates it
  SELECT *, row_number() OVER (PARTITION BY sweep_id ORDER BY v0, v1, v2, v3, v4, v5, v6, v7) - 1 AS place
  FROM wide),
-- Point by point: its rank, and the ranks of those before it, five digits each.
ranked(sweep_id, config_id, place, rank, before) AS (
  SELECT sweep_id, config_id, 0, 1, x'' FROM point WHERE place = 0
  UNION ALL
  SELECT p.sweep_id, p.config_id, p.place,
    (SELECT 1 + coalesce(max(iif(q.place = r.place, r.rank, CAST(substr(r.before, 5 * q.place + 1, 5) AS INTEGER))), 0)
     FROM point q WHERE q.sweep_id = p.sweep_id AND q.place < p.place
       AND q.v0 <= p.v0 AND q.v1 <= p.v1 AND q.v2 <= p.v2 AND q.v3 <= p.v3 AND q.v4 <= p.v4 AND q.v5 <= p.v5
       AND q.v6 <= p.v6 AND q.v7 <= p.v7
       AND (q.v0, q.v1, q.v2, q.v3, q.v4, q.v5, q.v6, q.v7) <> (p.v0, p.v1, p.v2, p.v3, p.v4, p.v5, p.v6, p.v7)),
    CAST(r.before || printf('%5d', r.rank) AS BLOB)
  FROM ranked r JOIN point p ON p.sweep_id = r.sweep_id AND p.place = r.place + 1)
SELECT r.sweep_id, s.name AS sweep, r.config_id, c.number AS config, p.n, r.rank, r.rank = 1 AS front, p.means,
  c.params
FROM ranked r JOIN point p ON p.sweep_id = r.sweep_id AND p.place = r.place
JOIN config c ON c.config_id = r.config_id JOIN sweep s ON s.sweep_id = r.sweep_id;

-- One row a sweep with several objectives that has results.
--   sweep_id, sweep, objectives   how many
--   configs, front            with results; on the Pareto front
--   hypervolume               of what the front dominates within the references; of three objectives and more NULL:
--                             `ubp best` tells it
CREATE VIEW fronts AS
WITH cost AS (  -- to be minimised
  SELECT *, iif(goal = 'maximize', 0 - mean, mean) AS v FROM objective_stats),
bound AS (
  SELECT o.sweep_id, o.objective, count(*) AS configs,
    coalesce(iif(o.goal = 'maximize', 0 - o.reference, o.reference), max(g.v)) AS worst
  FROM objectives o JOIN cost g USING (sweep_id, objective) GROUP BY o.sweep_id, o.objective),
dims AS (
  SELECT sweep_id, count(*) AS objectives, max(configs) AS configs, max(iif(objective = 0, worst, NULL)) AS x,
    max(iif(objective = 1, worst, NULL)) AS y FROM bound GROUP BY sweep_id),
point AS (
  SELECT p.sweep_id, max(iif(g.objective = 0, g.v, NULL)) AS x, max(iif(g.objective = 1, g.v, NULL)) AS y
  FROM pareto p JOIN cost g USING (config_id) WHERE p.front GROUP BY p.config_id),
strip AS (  -- what a point dominates and none with a smaller x does
  SELECT p.sweep_id, max(d.x - p.x, 0) * max(min(d.y, coalesce(min(p.y) OVER (PARTITION BY p.sweep_id ORDER BY p.x, p.y
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), d.y)) - p.y, 0) AS area
  FROM point p JOIN dims d USING (sweep_id))
SELECT d.sweep_id, s.name AS sweep, d.objectives, d.configs, count(*) AS front,
  iif(d.objectives = 2, total(a.area), NULL) AS hypervolume
FROM dims d JOIN strip a USING (sweep_id) JOIN sweep s ON s.sweep_id = d.sweep_id GROUP BY d.sweep_id;

-- One row an execution that failed or was lost.
--   trial_id, name, sweep_id, sweep, config, replicate, attempt, state
--   reason, error, exit_code, signal, finished
--   log                       the last lines it wrote
CREATE VIEW failures AS
SELECT t.trial_id, t.name, t.sweep_id, t.sweep, t.config, t.replicate, t.attempt, t.state, t.reason, t.error,
  t.exit_code, t.signal, t.finished, l.tail AS log
FROM executions t LEFT JOIN trial_log l USING (trial_id) WHERE t.state IN ('FAILED', 'LOST');

-- One row an execution that started: what produced its numbers.
--   trial_id, name, sweep_id, sweep, seed
--   host, os, kernel, cpu, n_cpu, mem_bytes
--   compiler, build, blas, host_sha256     of the ubp executable
--   git_sha, branch, dirty, diff_sha256    of the working tree it was started in
--   plugins                   JSON: table of the spec -> "kind/id@version#sha256"
--   spec                      JSON: the config's resolved spec, seed excluded
--   data                      JSON: [{"file", "sha256"}], the files that its data were read from
CREATE VIEW provenance AS
SELECT t.trial_id, s.name || '/' || c.number || '.' || t.replicate AS name, t.sweep_id, s.name AS sweep,
  CASE WHEN t.seed >= 0 THEN t.seed ELSE printf('%llu', t.seed) END AS seed,
  e.host, e.os, e.kernel, e.cpu, e.n_cpu, e.mem_bytes, e.compiler, e.build, e.blas, e.host_sha256,
  r.git_sha, r.branch, r.dirty, r.diff_sha256,
  (SELECT json_group_object(u."table", p.kind || '/' || p.id || '@' || p.version || '#' || p.sha256)
   FROM trial_plugin u JOIN plugin p USING (plugin_id) WHERE u.trial_id = t.trial_id) AS plugins,
  f.spec, c.data
FROM trial t JOIN config c USING (config_id) JOIN sweep s ON s.sweep_id = t.sweep_id
JOIN environment e USING (environment_id) LEFT JOIN source r USING (source_id)
LEFT JOIN config_spec f ON f.config_id = t.config_id;

-- One row a file that a trial left.
--   trial_id, name (of the trial), sweep_id, sweep
--   kind                      image | embedding | labels | profile | checkpoint
--   artifact, step, path (relative to the database's folder), size (bytes), sha256, mime
CREATE VIEW artifacts AS
SELECT t.trial_id, s.name || '/' || c.number || '.' || t.replicate AS name, t.sweep_id, s.name AS sweep,
  a.kind, a.name AS artifact, a.step, a.path, a.size, a.sha256, a.mime
FROM trial t JOIN artifact a ON a.trial_id = coalesce(t.same_as, t.trial_id) JOIN config c USING (config_id)
JOIN sweep s ON s.sweep_id = t.sweep_id;

-- One row a tag that a sweep or a trial has.
--   sweep_id                  of the sweep, or of the trial's sweep
--   trial_id, name            of a trial; a tag of a sweep: NULL, and the sweep's name
--   tag, since
CREATE VIEW tags AS
WITH said AS (  -- SQLite: bare columns come from the row that holds the max(); at one time a tag outlives its removal
  SELECT sweep_id, trial_id, text, kind, t_ms, max(2 * t_ms + (kind = 'tag')) FROM annotation
  WHERE kind IN ('tag', 'untag') GROUP BY sweep_id, trial_id, text)
SELECT coalesce(a.sweep_id, t.sweep_id) AS sweep_id, a.trial_id, coalesce(t.name, s.name) AS name, a.text AS tag,
  strftime('%Y-%m-%d %H:%M:%f', a.t_ms / 1000.0, 'unixepoch') AS since
FROM said a LEFT JOIN sweep s ON s.sweep_id = a.sweep_id LEFT JOIN executions t ON t.trial_id = a.trial_id
WHERE a.kind = 'tag';

-- One row a note on a sweep or a trial; sweep_id, trial_id and name as in `tags`.
--   note, written
CREATE VIEW notes AS
SELECT coalesce(a.sweep_id, t.sweep_id) AS sweep_id, a.trial_id, coalesce(t.name, s.name) AS name, a.text AS note,
  strftime('%Y-%m-%d %H:%M:%f', a.t_ms / 1000.0, 'unixepoch') AS written
FROM annotation a LEFT JOIN sweep s ON s.sweep_id = a.sweep_id LEFT JOIN executions t ON t.trial_id = a.trial_id
WHERE a.kind = 'note';
