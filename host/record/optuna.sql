-- SPDX-License-Identifier: MIT
-- What Optuna reads of a database of ubp: its tables, as views. On request only (`ubp db optuna on`), since other
-- programs have an `alembic_version`, too. A study is a sweep; a trial of Optuna's is an execution; the objective's
-- series are its intermediate values. Whatever Optuna tries to write into a view fails: the records stay as they are.
--
-- Optuna wants a `trials` whose `state` is in its words; `executions` has those of ubp. Synthetic ids are unique for up
-- to 16 objectives, 4096 parameters and 2^32 steps.

-- One row a sweep. Names are unique: the latest sweep of a name has it, others are "NAME (sweep ID)".
CREATE VIEW studies AS
SELECT sweep_id AS study_id,
  iif(EXISTS(SELECT 1 FROM sweep o WHERE o.name = s.name AND o.sweep_id > s.sweep_id) OR name GLOB '* (sweep *)',
    name || ' (sweep ' || sweep_id || ')', name) AS study_name
FROM sweep s;

CREATE VIEW study_directions AS
SELECT sweep_id * 16 + coalesce(o.key, 0) AS study_direction_id,
  CASE coalesce(json_extract(o.value, '$.goal'), goal) WHEN 'minimize' THEN 'MINIMIZE' WHEN 'maximize' THEN 'MAXIMIZE'
    ELSE 'NOT_SET' END AS direction,
  sweep_id AS study_id, coalesce(o.key, 0) AS objective
FROM sweep LEFT JOIN json_each(sampler, '$.objectives') o;

CREATE VIEW study_user_attributes AS
SELECT s.sweep_id << 20 | a.id AS study_user_attribute_id, s.sweep_id AS study_id, a.key,
  json_quote(a.value) AS value_json
FROM sweep s JOIN experiment e USING (experiment_id), json_each(json_object('experiment', e.name, 'question',
  e.question, 'metric', s.metric, 'reduce', s.reduce, 'replicates', s.replicates, 'sampler', s.sampler ->> '$.use',
  'identity', s.identity)) a WHERE a.type <> 'null';

-- Where a sweep optimises nothing, there is no value, which Optuna would ask a complete trial for: its trials are FAIL.
CREATE VIEW trials AS
SELECT e.trial_id, e.name, e.sweep_id, e.sweep, e.config_id, e.config, e.replicate, e.attempt, e.seed,
  CASE e.state WHEN 'QUEUED' THEN 'WAITING' WHEN 'RUNNING' THEN 'RUNNING' WHEN 'PRUNED' THEN 'PRUNED'
    WHEN 'COMPLETE' THEN iif(e.value IS NULL, 'FAIL', 'COMPLETE') ELSE 'FAIL' END AS state,
  e.reason, e.error, e.value, e.seconds, e.cpu_seconds, e.max_rss_mb, e.exit_code, e.signal, e.pid,
  e.resumed_from_step, e.supervised, e.created, e.started, e.finished, e.params, e.same_as, e.identity,
  n.number, e.sweep_id AS study_id,
  CASE WHEN e.state <> 'QUEUED' THEN coalesce(e.started, e.finished) || '000' END AS datetime_start,
  e.finished || '000' AS datetime_complete
FROM executions e
JOIN (SELECT trial_id, row_number() OVER (PARTITION BY sweep_id ORDER BY trial_id) - 1 AS number FROM trial) n
USING (trial_id);

-- As Optuna writes distributions: a range of numbers, or choices, of which a value is the index. Choices that are lists
-- are their texts: Optuna knows no lists.
CREATE VIEW trial_params AS
WITH axis AS (
  SELECT s.sweep_id, a.key AS name, a.value -> '$.choices' AS choices, a.value ->> '$.type' GLOB '*int' AS whole,
    a.value ->> '$.log' AS log, a.value -> '$.low' AS low, a.value -> '$.high' AS high, a.value -> '$.step' AS step
  FROM sweep s, json_each(s.space) a),
flat AS (
  SELECT sweep_id, name, whole, log, low, iif(log, NULL, step) AS step,
    -- Optuna wants a range to end with a whole step.
    iif(step IS NOT NULL AND NOT log AND abs((high - low) / step - round((high - low) / step)) > 1e-8,
      printf('%!.12g', low + CAST((high - low) / step AS INTEGER) * step), high) AS high,
    iif(EXISTS(SELECT 1 FROM json_each(choices) WHERE type = 'array'),
      (SELECT json_group_array(value || '') FROM json_each(choices)), choices) AS choices
  FROM axis),
distribution AS MATERIALIZED (
  SELECT sweep_id, name, choices, CASE
    WHEN choices IS NOT NULL THEN
      '{"name": "CategoricalDistribution", "attributes": {"choices": ' || choices || '}}'
    WHEN whole THEN
      printf('{"name": "IntDistribution", "attributes": {"log": %s, "step": %d, "low": %d, "high": %d}}',
        iif(log, 'true', 'false'), coalesce(step, 1), low, high)
    ELSE printf('{"name": "FloatDistribution", "attributes": {"step": %s, "low": %s, "high": %s, "log": %s}}',
        coalesce(step, 'null'), low, high, iif(log, 'true', 'false')) END AS json
  FROM flat),
place AS (
  SELECT p.config_id, p.name, p.num, p.text, d.json,
    (SELECT count(*) FROM param o WHERE o.config_id = p.config_id AND o.name < p.name) AS k,
    CASE WHEN d.choices IS NOT NULL THEN
        (SELECT min(c.key) FROM json_each(d.choices) c WHERE c.value = coalesce(p.num, p.text))
      WHEN d.json IS NOT NULL THEN iif(p.kind = 'list', json_extract(p.text, '$[0]'), p.num) END AS value
  FROM param p JOIN config c USING (config_id) LEFT JOIN distribution d ON d.sweep_id = c.sweep_id AND d.name = p.name)
-- What the space does not know is a choice of one.
SELECT t.trial_id * 4096 + k AS param_id, t.trial_id, p.name AS param_name, coalesce(p.value, 0) AS param_value,
  iif(p.value IS NULL, '{"name": "CategoricalDistribution", "attributes": {"choices": [' ||
    json_quote(coalesce(p.num, p.text)) || ']}}', p.json) AS distribution_json
FROM trial t JOIN place p USING (config_id);

-- That of a pruned trial is its last one, as in a study of Optuna's own.
CREATE VIEW trial_values AS
SELECT trial_id * 16 AS trial_value_id, trial_id, 0 AS objective, value, 'FINITE' AS value_type
FROM trial WHERE value IS NOT NULL
UNION ALL
SELECT trial_id * 16 + objective, trial_id, objective, value, 'FINITE' FROM objective_values WHERE objective > 0
UNION ALL
SELECT t.trial_id * 16, t.trial_id, 0, m.last, 'FINITE'
FROM trial t JOIN sweep s USING (sweep_id) JOIN metric_name n ON n.name = s.metric
JOIN metric_summary m ON m.trial_id = coalesce(t.same_as, t.trial_id) AND m.metric_id = n.metric_id
WHERE t.state = 'PRUNED' AND abs(m.last) < 9e999 AND json_type(s.sampler, '$.objectives') IS NULL;

CREATE VIEW trial_intermediate_values AS
SELECT (t.trial_id << 32) + m.step AS trial_intermediate_value_id, t.trial_id, m.step,
  iif(abs(m.value) < 9e999, m.value, NULL) AS intermediate_value,
  CASE WHEN m.value IS NULL THEN 'NAN' WHEN m.value = 9e999 THEN 'INF_POS' WHEN m.value = -9e999 THEN 'INF_NEG'
    ELSE 'FINITE' END AS intermediate_value_type
FROM trial t JOIN sweep s USING (sweep_id) JOIN metric_name n ON n.name = s.metric
JOIN metric m ON m.trial_id = coalesce(t.same_as, t.trial_id) AND m.metric_id = n.metric_id;

-- What a trial is, and the last value of each of its series.
CREATE VIEW trial_user_attributes AS
SELECT t.trial_id << 20 | a.id AS trial_user_attribute_id, t.trial_id, a.key, json_quote(a.value) AS value_json
FROM executions t, json_each(json_object('config', t.config, 'replicate', t.replicate, 'attempt', t.attempt, 'seed',
  t.seed, 'state', t.state, 'reason', t.reason, 'error', t.error)) a WHERE a.type <> 'null'
UNION ALL
SELECT t.trial_id << 20 | (1024 + m.metric_id), t.trial_id, 'metrics.' || n.name, printf('%!.17g', m.last)
FROM trial t JOIN metric_summary m ON m.trial_id = coalesce(t.same_as, t.trial_id) JOIN metric_name n USING (metric_id)
WHERE abs(m.last) < 9e999;

CREATE VIEW trial_system_attributes AS
SELECT NULL AS trial_system_attribute_id, NULL AS trial_id, NULL AS "key", NULL AS value_json WHERE false;
CREATE VIEW trial_heartbeats AS
SELECT NULL AS trial_heartbeat_id, NULL AS trial_id, NULL AS heartbeat WHERE false;
