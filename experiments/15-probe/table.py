#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""table.py [DATABASE]: what the 18 searches of run.sh found, on the test rows of the seeds of `ubp confirm`. By
objective and way: mean and 95 % half-width (Student's t); over objectives: mean differences of two ways, the interval
over the six objectives. Last, groups of objectives that `ubp compare` cannot tell apart."""
import itertools
import json
import statistics
import subprocess
import sys

from scipy.stats import t

OBJECTIVES = ("reconstruction", "denoising", "contractive", "vae", "barlow_twins", "nt_xent")
WAYS = ("tpe", "random", "grid")


def ubp(*words):
    database = ["--db", sys.argv[1]] if len(sys.argv) > 1 else []
    done = subprocess.run(["ubp", *words, "--format", "json", *database], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def latest(sweep):
    return f"(SELECT max(sweep_id) FROM sweeps WHERE sweep = '{sweep}')"


def spent(sweep):
    row, = ubp("sql", f"SELECT count(DISTINCT config) AS configs, count(*) AS trials FROM trials "
                      f"WHERE sweep_id = {latest(sweep)} AND state = 'COMPLETE'")
    return f"{row['configs']} configs, {row['trials']} trials"


def tested(sweep, default=False):
    """Test accuracy by seed, of the winner or of the default config (where that has won: both)."""
    which = "(SELECT max(config) FROM trials WHERE sweep_id = t.sweep_id)" if default else "0"
    rows = ubp("sql", f"SELECT seed, last FROM trials t JOIN metric_stats USING (trial_id) WHERE "
                      f"metric = 'test.probe_accuracy' AND state = 'COMPLETE' AND config = {which} AND "
                      f"sweep_id = {latest(sweep)}")
    return {row["seed"]: row["last"] for row in rows}


def winner(sweep):
    """Its parameters, and its mean on validation rows in the search and on fresh seeds."""
    mean = "(SELECT mean FROM leaderboard l WHERE l.sweep_id = {} AND l.params = t.params)"
    row, = ubp("sql", f"SELECT params, {mean.format(latest(sweep))} AS chosen, "
                      f"{mean.format(latest(sweep + '-confirm'))} AS fresh FROM trials t "
                      f"WHERE sweep_id = {latest(sweep + '-confirm')} AND config = 0 LIMIT 1")
    return row


def interval(values, sign=""):
    half = t.ppf(0.975, len(values) - 1) * statistics.stdev(values) / len(values) ** 0.5
    return f"{statistics.mean(values):{sign}.4f} ± {half:.4f}"


def print_rows(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def groups(names):
    """Best first: those that are not told from the best one, then the same of what is left."""
    while names:
        compared = ubp("compare", "--test", *names) if len(names) > 1 else []
        worse = [row["config"] for row in compared if row["verdict"] == "worse"]
        yield [name for name in names if name not in worse], compared
        names = worse


def main():
    found = {(o, w): tested(f"probe-{o}-{w}-confirm") for o in OBJECTIVES for w in WAYS}
    rows = []
    for o in OBJECTIVES:
        row = [o, interval(list(tested(f"probe-{o}-tpe-confirm", default=True).values()))]
        rows.append(row + [interval(list(found[o, w].values())) for w in WAYS])
    print_rows(["objective", "default", *WAYS], rows)
    rows = []
    for o in OBJECTIVES:
        for w in WAYS:
            won = winner(f"probe-{o}-{w}")
            params = ", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}"
                               for k, v in won["params"].items())
            rows.append([o, w, spent(f"probe-{o}-{w}"), f"{won['chosen']:.4f}", f"{won['fresh']:.4f}", params])
    print_rows(["objective", "way", "spent", "valid, as chosen", "valid, fresh seeds", "winner"], rows)
    rows = []
    for a, b in itertools.combinations(WAYS, 2):
        by_objective = [statistics.mean(found[o, a][s] - found[o, b][s] for s in found[o, a]) for o in OBJECTIVES]
        rows.append([f"{a} - {b}", *(f"{d:+.4f}" for d in by_objective), interval(by_objective, "+")])
    print_rows(["difference", *OBJECTIVES, "mean of six"], rows)
    for number, (group, compared) in enumerate(groups([f"probe-{o}-tpe-confirm/0" for o in OBJECTIVES]), 1):
        print(f"group {number}: {', '.join(group)}")
        for row in compared:
            if row["sentence"]:
                print(f"  {row['sentence']}")


if __name__ == "__main__":
    main()
