-- SPDX-License-Identifier: MIT
-- Version 5: what people say of sweeps and trials, beside their records and without a change to them. What was said
-- stays: a tag is taken away by a row that says so.

CREATE TABLE annotation(
  annotation_id INTEGER PRIMARY KEY,
  t_ms INTEGER NOT NULL,            -- of a tag and its removal the later one counts
  sweep_id INTEGER REFERENCES sweep,
  trial_id INTEGER REFERENCES trial,
  kind TEXT NOT NULL CHECK(kind IN ('tag', 'untag', 'note')),
  text TEXT NOT NULL CHECK(text <> ''),
  CHECK((sweep_id IS NULL) <> (trial_id IS NULL))) STRICT;
CREATE INDEX annotation_sweep ON annotation(sweep_id) WHERE sweep_id IS NOT NULL;
CREATE INDEX annotation_trial ON annotation(trial_id) WHERE trial_id IS NOT NULL;
CREATE TRIGGER annotation_update BEFORE UPDATE ON annotation
BEGIN SELECT RAISE(ABORT, 'annotations are only appended'); END;
CREATE TRIGGER annotation_delete BEFORE DELETE ON annotation
BEGIN SELECT RAISE(ABORT, 'annotations are only appended'); END;
-- REPLACE INTO deletes without firing delete triggers.
CREATE TRIGGER annotation_replace BEFORE INSERT ON annotation
WHEN EXISTS(SELECT 1 FROM annotation WHERE annotation_id = NEW.annotation_id)
BEGIN SELECT RAISE(ABORT, 'annotations are only appended'); END;
