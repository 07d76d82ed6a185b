-- SPDX-License-Identifier: MIT
-- A storage of Optuna's own, as Optuna 3 to 5 make it, but for the tables of optuna_on.sql; and what fills it from the
-- views of optuna.sql, which are temporary ones here. `wanted(study_id)` says which studies; trials that have not ended
-- stay where they are.
CREATE TABLE studies(study_id INTEGER PRIMARY KEY, study_name VARCHAR(512) NOT NULL);
CREATE UNIQUE INDEX main.ix_studies_study_name ON studies(study_name);
CREATE TABLE study_directions(
  study_direction_id INTEGER PRIMARY KEY, direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL REFERENCES studies,
  objective INTEGER NOT NULL, UNIQUE(study_id, objective));
CREATE TABLE study_user_attributes(
  study_user_attribute_id INTEGER PRIMARY KEY, study_id INTEGER REFERENCES studies, "key" VARCHAR(512), value_json TEXT,
  UNIQUE(study_id, "key"));
CREATE TABLE trials(
  trial_id INTEGER PRIMARY KEY, number INTEGER, study_id INTEGER REFERENCES studies, state VARCHAR(8) NOT NULL,
  datetime_start DATETIME, datetime_complete DATETIME);
CREATE INDEX main.ix_trials_study_id ON trials(study_id);
CREATE TABLE trial_user_attributes(
  trial_user_attribute_id INTEGER PRIMARY KEY, trial_id INTEGER REFERENCES trials, "key" VARCHAR(512), value_json TEXT,
  UNIQUE(trial_id, "key"));
CREATE TABLE trial_system_attributes(
  trial_system_attribute_id INTEGER PRIMARY KEY, trial_id INTEGER REFERENCES trials, "key" VARCHAR(512),
  value_json TEXT, UNIQUE(trial_id, "key"));
CREATE TABLE trial_params(
  param_id INTEGER PRIMARY KEY, trial_id INTEGER REFERENCES trials, param_name VARCHAR(512), param_value FLOAT,
  distribution_json TEXT, UNIQUE(trial_id, param_name));
CREATE TABLE trial_values(
  trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER NOT NULL REFERENCES trials, objective INTEGER NOT NULL,
  value FLOAT, value_type VARCHAR(7) NOT NULL, UNIQUE(trial_id, objective));
CREATE TABLE trial_intermediate_values(
  trial_intermediate_value_id INTEGER PRIMARY KEY, trial_id INTEGER NOT NULL REFERENCES trials, step INTEGER NOT NULL,
  intermediate_value FLOAT, intermediate_value_type VARCHAR(7) NOT NULL, UNIQUE(trial_id, step));
CREATE TABLE trial_heartbeats(
  trial_heartbeat_id INTEGER PRIMARY KEY, trial_id INTEGER NOT NULL UNIQUE REFERENCES trials,
  heartbeat DATETIME NOT NULL);

INSERT INTO main.studies SELECT study_id, study_name FROM temp.studies JOIN wanted USING (study_id);
INSERT INTO main.study_directions
SELECT study_direction_id, direction, study_id, objective FROM temp.study_directions JOIN wanted USING (study_id);
INSERT INTO main.study_user_attributes
SELECT study_user_attribute_id, study_id, "key", value_json FROM temp.study_user_attributes JOIN wanted
USING (study_id);
INSERT INTO main.study_system_attributes(study_id, "key", value_json)
SELECT sweep_id, 'study:metric_names', json_group_array(metric) FROM (SELECT * FROM objectives ORDER BY objective)
JOIN wanted ON study_id = sweep_id GROUP BY sweep_id;
INSERT INTO main.trials
SELECT trial_id, row_number() OVER (PARTITION BY study_id ORDER BY trial_id) - 1, study_id, state, datetime_start,
  datetime_complete
FROM temp.trials JOIN wanted USING (study_id) WHERE state NOT IN ('WAITING', 'RUNNING');
INSERT INTO main.trial_user_attributes
SELECT trial_user_attribute_id, trial_id, a."key", value_json FROM temp.trial_user_attributes a
WHERE trial_id IN (SELECT trial_id FROM main.trials);
INSERT INTO main.trial_params
SELECT param_id, trial_id, param_name, param_value, distribution_json FROM temp.trial_params
WHERE trial_id IN (SELECT trial_id FROM main.trials);
INSERT INTO main.trial_values
SELECT trial_value_id, trial_id, objective, value, value_type FROM temp.trial_values
WHERE trial_id IN (SELECT trial_id FROM main.trials);
INSERT INTO main.trial_intermediate_values
SELECT trial_intermediate_value_id, trial_id, step, intermediate_value, intermediate_value_type
FROM temp.trial_intermediate_values WHERE trial_id IN (SELECT trial_id FROM main.trials);
