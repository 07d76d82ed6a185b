-- SPDX-License-Identifier: MIT
-- Version 2: what stands behind a sweep's numbers besides its spec, and trials that need not run because an equal one
-- has. A sweep of version 1 has the basis {}: nobody knows what its data were.

ALTER TABLE sweep ADD COLUMN declaration TEXT;  -- sha256 of what its spec says; NULL: of version 1, its identity
ALTER TABLE sweep ADD COLUMN basis TEXT NOT NULL DEFAULT '{}' CHECK(json_valid(basis));  -- host/plan/basis.hpp
ALTER TABLE config ADD COLUMN data TEXT NOT NULL DEFAULT '[]' CHECK(json_valid(data));  -- [{"file", "sha256"}]
ALTER TABLE trial ADD COLUMN identity TEXT;  -- sha256 of all that can change its numbers; NULL: of version 1
-- The trial that this one is equal to, and whose series and artifacts are its own: it was not run. Its times and its
-- machine are those of the other, its cost is not told again.
ALTER TABLE trial ADD COLUMN same_as INTEGER REFERENCES trial;
CREATE INDEX trial_by_identity ON trial(identity) WHERE state = 'COMPLETE' AND same_as IS NULL;

CREATE TRIGGER sweep_basis BEFORE UPDATE OF basis, declaration ON sweep
BEGIN SELECT RAISE(ABORT, 'a sweep keeps its identity: declare another one'); END;
