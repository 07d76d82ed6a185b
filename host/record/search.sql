-- SPDX-License-Identifier: MIT
-- Version 3: sweeps that learn and that stop early.

ALTER TABLE sweep ADD COLUMN default_config INTEGER;  -- number of the config that is the spec without its space
-- Of a config that a sampler proposed: the configs whose results it was the first to know, a JSON array of numbers. So
-- config k knew the results of all that stand in those of configs 0 .. k, and those before it without a result ran.
ALTER TABLE config ADD COLUMN told TEXT CHECK(told IS NULL OR json_valid(told));
-- What a trial had reached when it paused at a budget; NULL: nothing finite.
CREATE TABLE rung(
  trial_id INTEGER NOT NULL REFERENCES trial,
  step INTEGER NOT NULL,
  value REAL,                       -- of the objective metric, reduced over the series so far
  PRIMARY KEY(trial_id, step)) STRICT, WITHOUT ROWID;
CREATE TRIGGER rung_update BEFORE UPDATE ON rung
BEGIN SELECT RAISE(ABORT, 'what a trial had reached does not change'); END;
CREATE TRIGGER rung_delete BEFORE DELETE ON rung
BEGIN SELECT RAISE(ABORT, 'what a trial had reached does not change'); END;
