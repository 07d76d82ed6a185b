-- SPDX-License-Identifier: MIT
-- The tables of Optuna's that are tables here, too: what it notes on a study, and what it looks at to know whose file
-- it has. optuna.cpp fills in the versions. No foreign key: what it would refer to may be a view.
CREATE TABLE study_system_attributes(
  study_system_attribute_id INTEGER PRIMARY KEY, study_id INTEGER, "key" VARCHAR(512), value_json TEXT,
  UNIQUE(study_id, "key"));
CREATE TABLE version_info(
  version_info_id INTEGER PRIMARY KEY CHECK(version_info_id = 1), schema_version INTEGER, library_version VARCHAR(256));
CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY(version_num));
