-- SPDX-License-Identifier: MIT
-- Takes back what optuna_on.sql and optuna.sql have made.
DROP VIEW studies;
DROP VIEW study_directions;
DROP VIEW study_user_attributes;
DROP VIEW trials;
DROP VIEW trial_params;
DROP VIEW trial_values;
DROP VIEW trial_intermediate_values;
DROP VIEW trial_user_attributes;
DROP VIEW trial_system_attributes;
DROP VIEW trial_heartbeats;
DROP TABLE study_system_attributes;
DROP TABLE version_info;
DROP TABLE alembic_version;
CREATE VIEW trials AS SELECT * FROM executions;
