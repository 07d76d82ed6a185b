# SPDX-License-Identifier: MIT
"""One bit of a database is turned over, 200 times: its numbers are the same ones still, or `ubp db check` says that it
is damaged. And whatever was hit, every verb ends with an exit code of its own and a sentence.

For other bits: flips.py --ubp build/release/bin/ubp --plugins build/release/tests/fault/plugins --flips 2000 --seed 7
"""
import random
import shutil
import sqlite3

from support import SPEC, World, arguments, check

NUMBERS = ("SELECT sweep, rank, config, n, mean, sd, ci95, best, worst, params FROM leaderboard ORDER BY 1, 2, 3",
           "SELECT * FROM metric_stats ORDER BY 1, 2",
           "SELECT trial_id, metric, step, value FROM metrics ORDER BY 1, 2, 3",
           "SELECT * FROM params ORDER BY trial_id, name",
           "SELECT name, attempt, state, value, reason FROM trials ORDER BY 1, 2",
           "SELECT config, name FROM trials WHERE state = 'FAILED' ORDER BY 1, 2")  # by an index
VERBS = (("db", "check"), ("ls",), ("best",), ("show", "1"), ("export", "csv"))


def answers(file):
    """None: not all of them can be given."""
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            return [db.execute(sql).fetchall() for sql in NUMBERS]
    except (sqlite3.Error, UnicodeError):
        return None


def main():
    args = arguments([("--flips", 200), ("--seed", 1)])
    world = World(args)
    space = '\nreplicates = 2\n[sweep.space]\n"objective.how" = ["behaves", "throws"]\n"optimizer.lr" = [0.1, 0.01]\n'
    code, _, error = world.sweep(world.spec(SPEC + space), "-q")
    check(code, 3, error)
    whole, truth = (world.folder / "ubp.db").read_bytes(), answers(world.folder / "ubp.db")
    code, calm, error = world.run("db", "check")
    check(code, 0, error)
    rng = random.Random(args.seed)
    counts = {"equal": 0, "reported": 0}
    for _ in range(args.flips):
        at, bit = rng.randrange(len(whole)), rng.randrange(8)
        hit = bytearray(whole)
        hit[at] ^= 1 << bit
        folder = world.folder / "hit"
        folder.mkdir()
        (folder / "ubp.db").write_bytes(hit)
        said = {}
        for verb in VERBS:
            code, out, error = world.run(*verb, "--db", str(folder / "ubp.db"))
            said[verb] = (code, out)
            if code not in range(8) or "internal error" in error or (code and not (out + error).strip()):
                raise SystemExit(f"byte {at}, bit {bit}: ubp {' '.join(verb)}: exit {code}: {out}{error}")
        equal = answers(folder / "ubp.db") == truth
        counts["equal" if equal else "reported"] += 1
        if not equal and said[VERBS[0]] == (0, calm):
            raise SystemExit(f"byte {at}, bit {bit}: other numbers, and db check says:\n{calm}")
        shutil.rmtree(folder)
    print(counts)
    check(counts["reported"] > 0, True, "flips that matter")


if __name__ == "__main__":
    main()
