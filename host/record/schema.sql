-- SPDX-License-Identifier: MIT
-- The results database of ubp, version 1: tables and the triggers that keep finished trials as they are. Users query
-- the views (views.sql), whose names are plural; tables have singular names and may change with a version.
--
-- Times are UTC unix milliseconds. JSON columns are canonical: sorted keys, shortest round-trip numbers. A metric value
-- that is NULL was NaN; +-infinity is stored as such. Needs SQLite >= 3.37 with its math functions.

-- ---------- where results come from: content-addressed rows, shared by many trials ----------

CREATE TABLE plugin(                -- one component, in one binary
  plugin_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,               -- model, objective, optimizer, dataset, metric, transform, environment
  id TEXT NOT NULL,
  version TEXT NOT NULL,            -- of its behaviour
  sha256 TEXT NOT NULL,             -- of the shared library
  file TEXT NOT NULL,
  build TEXT NOT NULL,              -- plugin name and version, compiler: as the plugin tells
  first_seen_ms INTEGER NOT NULL,
  UNIQUE(kind, id, version, sha256)) STRICT;

CREATE TABLE environment(           -- machine and ubp binary (not the component kind)
  environment_id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,      -- of the columns that follow
  host TEXT NOT NULL, os TEXT NOT NULL, kernel TEXT NOT NULL,
  cpu TEXT NOT NULL, n_cpu INTEGER NOT NULL, mem_bytes INTEGER NOT NULL,
  compiler TEXT NOT NULL, build TEXT NOT NULL, blas TEXT NOT NULL,
  host_sha256 TEXT NOT NULL) STRICT;  -- of the ubp executable

CREATE TABLE source(                -- the user's working tree; empty strings outside a git repository
  source_id INTEGER PRIMARY KEY,
  git_sha TEXT NOT NULL, branch TEXT NOT NULL, dirty INTEGER NOT NULL,
  diff_sha256 TEXT NOT NULL,        -- of `git diff HEAD`
  UNIQUE(git_sha, branch, dirty, diff_sha256)) STRICT;

-- ---------- experiment > sweep > config > trial ----------

CREATE TABLE experiment(
  experiment_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  question TEXT NOT NULL,
  created_ms INTEGER NOT NULL) STRICT;

CREATE TABLE sweep(
  sweep_id INTEGER PRIMARY KEY,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  name TEXT NOT NULL,               -- not unique: a changed spec is another sweep
  identity TEXT NOT NULL UNIQUE,    -- sha256 of all that can change results
  spec TEXT NOT NULL,               -- the resolved TOML: the sweep can be re-run from this row alone
  space TEXT NOT NULL CHECK(json_valid(space)),
  sampler TEXT NOT NULL CHECK(json_valid(sampler)),
  seed INTEGER NOT NULL,            -- unsigned 64 bits, stored as signed
  replicates INTEGER NOT NULL,
  metric TEXT,                      -- the objective metric; NULL: nothing is optimised
  goal TEXT CHECK(goal IN ('minimize', 'maximize')),
  reduce TEXT CHECK(reduce IN ('last', 'min', 'max', 'mean')),  -- from a trial's series to its value
  state TEXT NOT NULL CHECK(state IN ('OPEN', 'DONE')),
  created_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  CHECK((metric IS NULL) = (goal IS NULL) AND (metric IS NULL) = (reduce IS NULL)),
  CHECK((state = 'DONE') = (finished_ms IS NOT NULL))) STRICT;
CREATE INDEX sweep_name ON sweep(name);

CREATE TABLE config(                -- one point of the search space
  config_id INTEGER PRIMARY KEY,
  sweep_id INTEGER NOT NULL REFERENCES sweep,
  number INTEGER NOT NULL,
  supervised INTEGER NOT NULL,      -- 1: its objective is given labels
  params TEXT NOT NULL CHECK(json_valid(params)),  -- the swept ones
  UNIQUE(sweep_id, number)) STRICT;

CREATE TABLE config_spec(           -- apart from config, so that listings do not read it
  config_id INTEGER PRIMARY KEY REFERENCES config,
  spec TEXT NOT NULL CHECK(json_valid(spec))) STRICT;  -- resolved, seed excluded

CREATE TABLE param(                 -- the swept parameters again, typed, for filters
  config_id INTEGER NOT NULL REFERENCES config,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('float', 'int', 'bool', 'text', 'list')),
  num REAL,                         -- numbers; booleans as 0 and 1
  text TEXT,                        -- texts; lists as JSON
  PRIMARY KEY(config_id, name)) STRICT, WITHOUT ROWID;
CREATE INDEX param_by_name ON param(name, num, text);

CREATE TABLE trial(                 -- one execution: config x replicate x attempt
  trial_id INTEGER PRIMARY KEY,
  sweep_id INTEGER NOT NULL REFERENCES sweep,
  config_id INTEGER NOT NULL REFERENCES config,
  replicate INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  seed INTEGER NOT NULL,            -- unsigned 64 bits, stored as signed
  state TEXT NOT NULL CHECK(state IN ('QUEUED', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAILED', 'LOST', 'CANCELLED')),
  value REAL,                       -- of the objective metric, reduced; NULL unless COMPLETE
  reason TEXT,                      -- class of a failure: numeric, missing, exception, crash, timeout, memory, ...
  error TEXT,                       -- one sentence
  exit_code INTEGER, signal INTEGER,
  pid INTEGER,
  resumed_from_step INTEGER,        -- NULL: from the start
  environment_id INTEGER REFERENCES environment,
  source_id INTEGER REFERENCES source,
  created_ms INTEGER NOT NULL, started_ms INTEGER, finished_ms INTEGER,
  wall_ms INTEGER, cpu_ms INTEGER, max_rss_kb INTEGER,
  CHECK((finished_ms IS NULL) = (state IN ('QUEUED', 'RUNNING'))),
  CHECK(state NOT IN ('FAILED', 'LOST') OR (coalesce(reason, '') > '' AND coalesce(error, '') > '')),
  CHECK(state <> 'COMPLETE' OR (reason IS NULL AND error IS NULL AND started_ms IS NOT NULL)),
  CHECK(value IS NULL OR state = 'COMPLETE'),
  UNIQUE(config_id, replicate, attempt)) STRICT;
CREATE INDEX trial_by_state ON trial(sweep_id, state);
CREATE INDEX trial_running ON trial(trial_id) WHERE state = 'RUNNING';

CREATE TABLE trial_plugin(          -- the binaries behind this trial's numbers
  trial_id INTEGER NOT NULL REFERENCES trial,
  "table" TEXT NOT NULL,            -- of the spec: model, model.critic, metric.0
  plugin_id INTEGER NOT NULL REFERENCES plugin,
  PRIMARY KEY(trial_id, "table")) STRICT, WITHOUT ROWID;

CREATE TABLE trial_log(             -- the last lines a trial wrote
  trial_id INTEGER PRIMARY KEY REFERENCES trial,
  tail TEXT NOT NULL) STRICT;

-- ---------- results ----------

CREATE TABLE metric_name(metric_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- Clustered by trial and metric: reading a curve is one scan. No foreign key to trial: the triggers below look the
-- trial up anyway, once a row.
CREATE TABLE metric(
  trial_id INTEGER NOT NULL,
  metric_id INTEGER NOT NULL,
  step INTEGER NOT NULL,
  value REAL,                       -- NULL: NaN
  t_ms INTEGER NOT NULL,            -- since the trial started
  PRIMARY KEY(trial_id, metric_id, step)) STRICT, WITHOUT ROWID;

CREATE TABLE metric_summary(        -- kept by the writer, so that listings never read metric
  trial_id INTEGER NOT NULL REFERENCES trial,
  metric_id INTEGER NOT NULL REFERENCES metric_name,
  n INTEGER NOT NULL,
  n_nan INTEGER NOT NULL,
  first REAL, last REAL, last_step INTEGER NOT NULL,  -- by step; NULL: NaN
  min REAL, min_step INTEGER, max REAL, max_step INTEGER, sum REAL,  -- of the values that are numbers
  PRIMARY KEY(trial_id, metric_id)) STRICT, WITHOUT ROWID;

CREATE TABLE artifact(
  artifact_id INTEGER PRIMARY KEY,
  trial_id INTEGER NOT NULL REFERENCES trial,
  kind TEXT NOT NULL, name TEXT NOT NULL, step INTEGER NOT NULL,
  path TEXT NOT NULL,               -- relative to the database's folder
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, mime TEXT NOT NULL,
  UNIQUE(trial_id, kind, name, step)) STRICT;

CREATE TABLE event(                 -- what happened, in order; only ever appended to
  event_id INTEGER PRIMARY KEY,
  t_ms INTEGER NOT NULL,
  trial_id INTEGER REFERENCES trial,
  kind TEXT NOT NULL,
  data TEXT NOT NULL CHECK(json_valid(data))) STRICT;
CREATE INDEX event_trial ON event(trial_id) WHERE trial_id IS NOT NULL;

-- ---------- constants ----------

CREATE TABLE student_t(df INTEGER PRIMARY KEY, quantile REAL NOT NULL) STRICT;  -- 0.975; tests/record/reference.py
INSERT INTO student_t VALUES
  (1, 12.7062047364), (2, 4.30265272991), (3, 3.18244630528), (4, 2.7764451052), (5, 2.57058183661),
  (6, 2.44691184879), (7, 2.36462425101), (8, 2.30600413503), (9, 2.26215716274), (10, 2.22813885196),
  (11, 2.20098516008), (12, 2.17881282966), (13, 2.16036865646), (14, 2.14478668792), (15, 2.13144954556),
  (16, 2.11990529922), (17, 2.10981557783), (18, 2.10092204024), (19, 2.09302405441), (20, 2.08596344727),
  (21, 2.07961384473), (22, 2.0738730679), (23, 2.06865761042), (24, 2.06389856163), (25, 2.05953855275),
  (26, 2.05552943864), (27, 2.05183051648), (28, 2.0484071418), (29, 2.04522964213), (30, 2.0422724563);
