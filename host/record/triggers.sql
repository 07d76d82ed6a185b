-- SPDX-License-Identifier: MIT
-- Version 1, continued: what the database itself refuses. A finished trial never changes, and neither does what it was
-- asked to do or what produced it. Part of the tables' version: a change needs a migration.

CREATE TRIGGER trial_update BEFORE UPDATE ON trial WHEN OLD.state NOT IN ('QUEUED', 'RUNNING')
BEGIN SELECT RAISE(ABORT, 'the trial is finished: its record cannot change'); END;
CREATE TRIGGER trial_delete BEFORE DELETE ON trial WHEN OLD.state NOT IN ('QUEUED', 'RUNNING')
BEGIN SELECT RAISE(ABORT, 'the trial is finished: its record cannot change'); END;
-- REPLACE INTO deletes without firing delete triggers.
CREATE TRIGGER trial_replace BEFORE INSERT ON trial
WHEN EXISTS(SELECT 1 FROM trial t WHERE t.state NOT IN ('QUEUED', 'RUNNING') AND (t.trial_id = NEW.trial_id
  OR (t.config_id = NEW.config_id AND t.replicate = NEW.replicate AND t.attempt = NEW.attempt)))
BEGIN SELECT RAISE(ABORT, 'the trial is finished: its record cannot change'); END;

-- ---------- what belongs to a trial ----------

CREATE TRIGGER metric_insert BEFORE INSERT ON metric
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = NEW.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER metric_update BEFORE UPDATE ON metric WHEN NEW.trial_id <> OLD.trial_id
OR NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER metric_delete BEFORE DELETE ON metric
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;

CREATE TRIGGER metric_summary_insert BEFORE INSERT ON metric_summary
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = NEW.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER metric_summary_update BEFORE UPDATE ON metric_summary WHEN NEW.trial_id <> OLD.trial_id
OR NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER metric_summary_delete BEFORE DELETE ON metric_summary
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;

CREATE TRIGGER artifact_insert BEFORE INSERT ON artifact
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = NEW.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER artifact_update BEFORE UPDATE ON artifact WHEN NEW.trial_id <> OLD.trial_id
OR NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER artifact_delete BEFORE DELETE ON artifact
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;

CREATE TRIGGER trial_log_insert BEFORE INSERT ON trial_log
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = NEW.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER trial_log_update BEFORE UPDATE ON trial_log WHEN NEW.trial_id <> OLD.trial_id
OR NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER trial_log_delete BEFORE DELETE ON trial_log
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;

CREATE TRIGGER trial_plugin_insert BEFORE INSERT ON trial_plugin
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = NEW.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER trial_plugin_update BEFORE UPDATE ON trial_plugin WHEN NEW.trial_id <> OLD.trial_id
OR NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;
CREATE TRIGGER trial_plugin_delete BEFORE DELETE ON trial_plugin
WHEN NOT EXISTS(SELECT 1 FROM trial WHERE trial_id = OLD.trial_id AND state IN ('QUEUED', 'RUNNING'))
BEGIN SELECT RAISE(ABORT, 'the trial is finished or unknown: its record cannot change'); END;

-- ---------- what a trial was asked, and by what it was produced ----------

CREATE TRIGGER sweep_update BEFORE UPDATE OF identity, seed, metric, goal, reduce ON sweep
BEGIN SELECT RAISE(ABORT, 'a sweep keeps its identity: declare another one'); END;
CREATE TRIGGER event_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TRIGGER event_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
CREATE TRIGGER config_update BEFORE UPDATE ON config
BEGIN SELECT RAISE(ABORT, 'config: recorded once, never changed'); END;
CREATE TRIGGER config_spec_update BEFORE UPDATE ON config_spec
BEGIN SELECT RAISE(ABORT, 'config_spec: recorded once, never changed'); END;
CREATE TRIGGER param_update BEFORE UPDATE ON param
BEGIN SELECT RAISE(ABORT, 'param: recorded once, never changed'); END;
CREATE TRIGGER plugin_update BEFORE UPDATE ON plugin
BEGIN SELECT RAISE(ABORT, 'plugin: recorded once, never changed'); END;
CREATE TRIGGER environment_update BEFORE UPDATE ON environment
BEGIN SELECT RAISE(ABORT, 'environment: recorded once, never changed'); END;
CREATE TRIGGER source_update BEFORE UPDATE ON source
BEGIN SELECT RAISE(ABORT, 'source: recorded once, never changed'); END;
CREATE TRIGGER metric_name_update BEFORE UPDATE ON metric_name
BEGIN SELECT RAISE(ABORT, 'metric_name: recorded once, never changed'); END;
