-- SPDX-License-Identifier: MIT
-- The database `shard` joins `main`, in a transaction whose triggers are suspended (merge.cpp). Rows are told apart by
-- what they are, never by their local numbers. Every choice between two records is the greater of a total order, so
-- that neither the order nor the number of merges matters.

-- ---------- what has a natural key ----------

INSERT OR IGNORE INTO main.metric_name(name) SELECT name FROM shard.metric_name;
INSERT INTO main.plugin(kind, id, version, sha256, file, build, first_seen_ms)
SELECT kind, id, version, sha256, file, build, first_seen_ms FROM shard.plugin WHERE true
ON CONFLICT DO UPDATE SET file = min(file, excluded.file), build = min(build, excluded.build),
  first_seen_ms = min(first_seen_ms, excluded.first_seen_ms);
INSERT OR IGNORE INTO main.environment(sha256, host, os, kernel, cpu, n_cpu, mem_bytes, compiler, build, blas,
  host_sha256)
SELECT sha256, host, os, kernel, cpu, n_cpu, mem_bytes, compiler, build, blas, host_sha256 FROM shard.environment;
INSERT OR IGNORE INTO main.source(git_sha, branch, dirty, diff_sha256)
SELECT git_sha, branch, dirty, diff_sha256 FROM shard.source;
INSERT INTO main.experiment(name, question, created_ms)
SELECT name, question, created_ms FROM shard.experiment WHERE true
ON CONFLICT DO UPDATE SET question = max(question, excluded.question), created_ms = min(created_ms,
  excluded.created_ms);

-- Two specs of one sweep differ in how much they ask for: the longer number of configs or replicates is the greater.
INSERT INTO main.sweep(experiment_id, name, identity, spec, space, sampler, seed, replicates, metric, goal, reduce,
  state, created_ms, declaration, basis, default_config)
SELECT e.experiment_id, s.name, s.identity, s.spec, s.space, s.sampler, s.seed, s.replicates, s.metric, s.goal,
  s.reduce, 'OPEN', s.created_ms, s.declaration, s.basis, s.default_config
FROM shard.sweep s JOIN shard.experiment t USING (experiment_id) JOIN main.experiment e ON e.name = t.name
ORDER BY s.sweep_id
ON CONFLICT DO UPDATE SET
  spec = iif((length(excluded.spec), excluded.spec) > (length(spec), spec), excluded.spec, spec),
  sampler = iif((length(excluded.sampler), excluded.sampler) > (length(sampler), sampler), excluded.sampler, sampler),
  space = min(space, excluded.space), basis = min(basis, excluded.basis),
  replicates = max(replicates, excluded.replicates), created_ms = min(created_ms, excluded.created_ms),
  default_config = coalesce(max(default_config, excluded.default_config), default_config, excluded.default_config);
CREATE TEMP TABLE sweep_of(theirs INTEGER PRIMARY KEY, ours INTEGER);
INSERT INTO sweep_of SELECT t.sweep_id, o.sweep_id FROM shard.sweep t JOIN main.sweep o USING (identity);

INSERT INTO main.config(sweep_id, number, supervised, params, data, told)
SELECT s.ours, c.number, c.supervised, c.params, c.data, c.told FROM shard.config c JOIN sweep_of s
ON s.theirs = c.sweep_id ORDER BY c.config_id
ON CONFLICT DO UPDATE SET data = min(data, excluded.data);
CREATE TEMP TABLE config_of(theirs INTEGER PRIMARY KEY, ours INTEGER);
INSERT INTO config_of SELECT t.config_id, o.config_id FROM shard.config t JOIN sweep_of s ON s.theirs = t.sweep_id
JOIN main.config o ON o.sweep_id = s.ours AND o.number = t.number;
INSERT OR IGNORE INTO main.config_spec SELECT c.ours, t.spec FROM shard.config_spec t JOIN config_of c
ON c.theirs = t.config_id;
INSERT OR IGNORE INTO main.param SELECT c.ours, t.name, t.kind, t.num, t.text FROM shard.param t JOIN config_of c
ON c.theirs = t.config_id;

-- ---------- trials: of two records of one attempt the one that came further stands ----------

-- A trial that only the shard has begins as one that stands below all others.
INSERT OR IGNORE INTO main.trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms)
SELECT s.ours, c.ours, t.replicate, t.attempt, t.seed, 'QUEUED', -1 FROM shard.trial t JOIN sweep_of s
ON s.theirs = t.sweep_id JOIN config_of c ON c.theirs = t.config_id ORDER BY t.trial_id;

-- Among equal states: one that was run before one that was taken over, then the later, then anything that differs.
CREATE TEMP VIEW standing AS
SELECT theirs, trial_id,
  CASE state WHEN 'QUEUED' THEN 0 WHEN 'RUNNING' THEN 1 WHEN 'LOST' THEN 2 WHEN 'CANCELLED' THEN 3 WHEN 'FAILED' THEN 4
    WHEN 'PRUNED' THEN 5 WHEN 'COMPLETE' THEN 6 END AS state,
  same_as IS NULL AS run, coalesce(finished_ms, 0) AS finished, coalesce(started_ms, 0) AS started, created_ms AS
  created, coalesce(wall_ms, 0) AS wall, coalesce(cpu_ms, 0) AS cpu, coalesce(max_rss_kb, 0) AS memory, coalesce(pid,
  0) AS pid, coalesce(points, 0) AS points, coalesce(reason, '') AS reason, coalesce(error, '') AS error
FROM (SELECT 1 AS theirs, *, (SELECT sum(n) FROM shard.metric_summary s WHERE s.trial_id = t.trial_id) AS points
      FROM shard.trial t
      UNION ALL
      SELECT 0, *, (SELECT sum(n) FROM main.metric_summary s WHERE s.trial_id = t.trial_id) FROM main.trial t);
CREATE TEMP TABLE trial_of(theirs INTEGER PRIMARY KEY, ours INTEGER, wins INTEGER);
INSERT INTO trial_of
SELECT t.trial_id, o.trial_id,
  (a.state, a.run, a.finished, a.started, a.created, a.wall, a.cpu, a.memory, a.pid, a.points, a.reason, a.error) >
  (b.state, b.run, b.finished, b.started, b.created, b.wall, b.cpu, b.memory, b.pid, b.points, b.reason, b.error)
FROM shard.trial t JOIN config_of c ON c.theirs = t.config_id
JOIN main.trial o ON o.config_id = c.ours AND o.replicate = t.replicate AND o.attempt = t.attempt
JOIN standing a ON a.theirs = 1 AND a.trial_id = t.trial_id JOIN standing b ON b.theirs = 0 AND b.trial_id = o.trial_id;
CREATE TEMP TABLE taken(theirs INTEGER PRIMARY KEY, ours INTEGER UNIQUE);
INSERT INTO taken SELECT theirs, ours FROM trial_of WHERE wins;

DELETE FROM main.metric WHERE trial_id IN (SELECT ours FROM taken);
DELETE FROM main.metric_summary WHERE trial_id IN (SELECT ours FROM taken);
DELETE FROM main.artifact WHERE trial_id IN (SELECT ours FROM taken);
DELETE FROM main.trial_log WHERE trial_id IN (SELECT ours FROM taken);
DELETE FROM main.trial_plugin WHERE trial_id IN (SELECT ours FROM taken);
DELETE FROM main.rung WHERE trial_id IN (SELECT ours FROM taken);

UPDATE main.trial SET (state, value, reason, error, exit_code, signal, pid, resumed_from_step, environment_id,
  source_id, created_ms, started_ms, finished_ms, wall_ms, cpu_ms, max_rss_kb, identity, same_as) = (
  SELECT t.state, t.value, t.reason, t.error, t.exit_code, t.signal, t.pid, t.resumed_from_step, e.environment_id,
    r.source_id, t.created_ms, t.started_ms, t.finished_ms, t.wall_ms, t.cpu_ms, t.max_rss_kb, t.identity, same.ours
  FROM taken JOIN shard.trial t ON t.trial_id = taken.theirs
  LEFT JOIN shard.environment f ON f.environment_id = t.environment_id LEFT JOIN main.environment e ON e.sha256 =
    f.sha256
  LEFT JOIN shard.source q ON q.source_id = t.source_id LEFT JOIN main.source r ON r.git_sha = q.git_sha AND
    r.branch = q.branch AND r.dirty = q.dirty AND r.diff_sha256 = q.diff_sha256
  LEFT JOIN trial_of same ON same.theirs = t.same_as
  WHERE taken.ours = main.trial.trial_id)
WHERE trial_id IN (SELECT ours FROM taken);

INSERT INTO main.metric SELECT x.ours, o.metric_id, m.step, m.value, m.t_ms FROM taken x JOIN shard.metric m
ON m.trial_id = x.theirs JOIN shard.metric_name n ON n.metric_id = m.metric_id JOIN main.metric_name o
ON o.name = n.name;
INSERT INTO main.metric_summary SELECT x.ours, o.metric_id, s.n, s.n_nan, s.first, s.last, s.last_step, s.min,
  s.min_step, s.max, s.max_step, s.sum
FROM taken x JOIN shard.metric_summary s ON s.trial_id = x.theirs JOIN shard.metric_name n ON n.metric_id = s.metric_id
JOIN main.metric_name o ON o.name = n.name;
INSERT INTO main.artifact(trial_id, kind, name, step, path, sha256, size, mime)
SELECT x.ours, a.kind, a.name, a.step, a.path, a.sha256, a.size, a.mime FROM taken x JOIN shard.artifact a
ON a.trial_id = x.theirs ORDER BY a.artifact_id;
INSERT INTO main.trial_log SELECT x.ours, l.tail FROM taken x JOIN shard.trial_log l ON l.trial_id = x.theirs;
INSERT INTO main.trial_plugin SELECT x.ours, u."table", p.plugin_id FROM taken x JOIN shard.trial_plugin u
ON u.trial_id = x.theirs JOIN shard.plugin q ON q.plugin_id = u.plugin_id JOIN main.plugin p
ON p.kind = q.kind AND p.id = q.id AND p.version = q.version AND p.sha256 = q.sha256;
INSERT INTO main.rung SELECT x.ours, r.step, r.value FROM taken x JOIN shard.rung r ON r.trial_id = x.theirs;

-- ---------- what happened: all of it, each as often as whoever saw it most ----------

INSERT INTO main.event(t_ms, trial_id, kind, data)
SELECT t.t_ms, t.trial, t.kind, t.data
FROM (SELECT e.event_id, e.t_ms, coalesce(x.ours, 0) AS key, x.ours AS trial, e.kind, e.data, row_number() OVER (
        PARTITION BY e.t_ms, x.ours, e.kind, e.data ORDER BY e.event_id) AS nth
      FROM shard.event e LEFT JOIN trial_of x ON x.theirs = e.trial_id) t
LEFT JOIN (SELECT t_ms, coalesce(trial_id, 0) AS key, kind, data, count(*) AS n FROM main.event GROUP BY 1, 2, 3, 4) o
ON o.t_ms = t.t_ms AND o.key = t.key AND o.kind = t.kind AND o.data = t.data
WHERE t.nth > coalesce(o.n, 0) ORDER BY t.event_id;

-- ---------- what people say of them ----------

INSERT INTO main.annotation(t_ms, sweep_id, trial_id, kind, text)
SELECT a.t_ms, s.ours, x.ours, a.kind, a.text
FROM shard.annotation a LEFT JOIN sweep_of s ON s.theirs = a.sweep_id LEFT JOIN trial_of x ON x.theirs = a.trial_id
WHERE NOT EXISTS(SELECT 1 FROM main.annotation o WHERE o.t_ms = a.t_ms AND o.sweep_id IS s.ours AND o.trial_id IS
  x.ours AND o.kind = a.kind AND o.text = a.text)
ORDER BY a.annotation_id;

-- ---------- whether a sweep is done follows from its trials ----------

UPDATE main.sweep SET (state, finished_ms) = (
  SELECT iif(n > 0 AND open = 0, 'DONE', 'OPEN'), iif(n > 0 AND open = 0, last, NULL)
  FROM (SELECT count(*) AS n, max(t.finished_ms) AS last, total(t.state IN ('QUEUED', 'RUNNING') OR (t.state = 'LOST'
          AND NOT EXISTS(SELECT 1 FROM main.trial later WHERE later.config_id = t.config_id AND later.replicate =
          t.replicate AND later.attempt > t.attempt))) AS open
        FROM main.trial t WHERE t.sweep_id = main.sweep.sweep_id))
WHERE sweep_id IN (SELECT ours FROM sweep_of);
