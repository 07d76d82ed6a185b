#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does `ubp reproduce` come to the bits of every experiment? tests/reproduce/every_experiment.py UBP [SPEC ...]

Runs every spec of experiments/ in the small form of tests/repo/same_bits.py, and then every trial of it again from its
record; of a spec with many trials the first of each config, and no more than `MOST`. A spec whose data is not on this
machine is skipped. Exit codes: 0 all equal, 1 something differs, 4 nothing could be run.
"""
import pathlib
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "repo"))
from same_bits import SMALL, Program  # noqa: E402

MOST = 8


def trials_of(db):
    with sqlite3.connect(db) as connection:
        rows = connection.execute("SELECT min(trial_id) FROM trials WHERE state IN ('COMPLETE', 'PRUNED', 'FAILED') "
                                  "AND started IS NOT NULL AND same_as IS NULL GROUP BY config_id LIMIT ?", (MOST,))
        return [str(trial) for trial, in rows]


def reproduce(name, program):
    """("equal" | "skipped" | "differs", why)"""
    code, line, db = program.sweep(name)
    if code == 2 and "is missing" in line:
        return "skipped", line.removeprefix("ubp: ")
    if code:
        return "differs", f"the sweep ends with {code}: {line}"
    trials = trials_of(db)
    for trial in trials:
        done = program.ubp("reproduce", trial, "--quiet", "--db", str(db))
        said = done.stderr.strip().splitlines()
        if done.returncode or len(said) != 1 or ": equal: " not in said[0]:
            return "differs", f"trial {trial} ends with {done.returncode}: {'; '.join(said)}"
    return "equal", f"{len(trials)} trials, the last: {said[0]}"


def main():
    counts = {"equal": 0, "skipped": 0, "differs": 0}
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(pathlib.Path(sys.argv[1]), pathlib.Path(scratch) / "ubp")
        for name in sys.argv[2:] or sorted(SMALL):
            verdict, why = reproduce(name, program)
            counts[verdict] += 1
            print(f"{verdict:<8} {name}: {why}", flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    sys.exit(1 if counts["differs"] else 0 if counts["equal"] else 4)


if __name__ == "__main__":
    main()
