#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks each of twenty questions of a database of N trials in at most 12 words, and compares the answers with SQL.

ask.py --ubp PROGRAM --empty PROGRAM [--trials N] [--keep FILE]. Prints how long each answer took.
A question is a function below: its first line is the question, its value the command; `answer` and `db` give it what
ubp printed (CSV, by column) and the database to check it.
"""
import argparse
import csv
import io
import os
import resource
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import many_records

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fault"))
from support import small  # noqa: E402

QUESTIONS = {}


def question(number, command, also="--format csv", ran=False):
    """`also`: added for this test to read the answer; people leave it out. `ran`: it is asked of a small sweep that has
    run, since the trials of the large one are records alone."""
    def add(check):
        QUESTIONS[number] = (command, also, ran, check)
    return add


# A sweep of six trials.
SMALL = small("steps = 20\nlog_every = 5", """replicates = 2
[sweep.space]
"optimizer.lr" = [1e-3, 1e-2, 1e-1]
""")


def close(a, b):
    return abs(float(a) - float(b)) <= 1e-9 * max(1, abs(float(b)))


def column(rows, name):
    return [row[name] for row in rows]


PARAM = "(SELECT value FROM params p WHERE p.trial_id = t.trial_id AND p.name = '{}')"
OBJECTIVE, DATASET, LR, LATENT = (PARAM.format(name) for name in (
    "objective.use", "dataset.use", "optimizer.lr", "model.latent"))


@question(1, "ubp find '' --by objective,config --sort mean --per objective")
def best_config_per_objective(rows, db):
    expected = db.execute(f"""SELECT o, min(mean) FROM (SELECT {OBJECTIVE} AS o, avg(value) AS mean FROM trials t
        WHERE value IS NOT NULL GROUP BY config_id) GROUP BY o ORDER BY o""").fetchall()
    assert [r["objective"] for r in rows] == [o for o, _ in expected]
    assert all(close(r["mean"], mean) for r, (_, mean) in zip(rows, expected))


@question(2, "ubp find '' --by lr")
def effect_of_a_parameter(rows, db):
    by = {}
    for lr, value in db.execute(f"SELECT {LR}, value FROM trials t WHERE value IS NOT NULL"):
        by.setdefault(lr, []).append(value)
    assert [float(r["lr"]) for r in rows] == sorted(by)
    for row in rows:
        values = by[float(row["lr"])]
        assert int(row["n"]) == len(values)
        assert close(row["median"], statistics.median(values)) and close(row["mean"], statistics.fmean(values))


@question(4, "ubp find 'state = failed' --by reason --cols reason,trials")
def failures_by_cause(rows, db):
    expected = db.execute("SELECT reason, count(*) FROM failures GROUP BY reason ORDER BY reason").fetchall()
    assert [(r["reason"], int(r["trials"])) for r in rows] == expected


@question(5, "ubp find '' --by objective --of seconds --cols objective,sum")
def time_by_component(rows, db):
    expected = db.execute(f"SELECT {OBJECTIVE} AS o, sum(seconds) FROM trials t GROUP BY o ORDER BY o").fetchall()
    assert all(r["objective"] == o and close(r["sum"], s) for r, (o, s) in zip(rows, expected, strict=True))


@question(6, "ubp compare big/0 big/1")
def is_a_better_than_b(rows, db):
    expected = dict(db.execute("SELECT sweep || '/' || config, mean FROM leaderboard WHERE config < 2"))
    assert {r["config"] for r in rows} == set(expected)
    assert all(close(r["mean"], expected[r["config"]]) for r in rows)


@question(8, "ubp find 'trial = 5' --cols host,git.sha,plugin.objective.sha")
def what_made_this_number(rows, db):
    host, sha, plugins = db.execute("SELECT host, git_sha, plugins ->> '$.objective' FROM provenance WHERE trial_id = 5"
                                    ).fetchone()
    assert rows == [{"host": host, "git.sha": sha, "plugin.objective.sha": plugins.split("#")[1]}]


@question(9, "ubp reproduce 5", ran=True)  # exit code 0: equal
def again_exactly(rows, db):
    recorded = dict(db.execute("SELECT metric, last FROM metric_stats WHERE trial_id = 5"))
    recorded["value"], = db.execute("SELECT value FROM trials WHERE trial_id = 5").fetchone()
    assert {"train.loss", "value"} <= set(column(rows, "metric")) and set(column(rows, "verdict")) == {"equal"}
    assert all(float(r["recorded"]) == float(r["now"]) == recorded[r["metric"]] for r in rows)


@question(10, "ubp find 'lr > 1e-3 and latent = 4'")
def trials_of_some_configs(rows, db):
    expected = db.execute(f"SELECT trial_id FROM trials t WHERE {LR} > 1e-3 AND {LATENT} = 4 ORDER BY 1").fetchall()
    assert [int(r["trial"]) for r in rows] == [t for t, in expected] and expected


@question(11, "ubp find '' --by dataset --pivot objective")
def table_of_two_axes(rows, db):
    for dataset, objective, mean in db.execute(
            f"SELECT {DATASET} AS d, {OBJECTIVE} AS o, avg(value) FROM trials t GROUP BY d, o"):
        row = next(r for r in rows if r["dataset"] == dataset)
        assert close(row[f"objective={objective}"], mean)


@question(12, "ubp find '' --sort test.acc:desc --limit 5")
def best_by_another_metric(rows, db):
    expected = db.execute("SELECT trial_id, last FROM metric_stats WHERE metric = 'test.acc' ORDER BY last DESC LIMIT "
                          "5")
    assert [(int(r["trial"]), float(r["test.acc"])) for r in rows] == expected.fetchall()


@question(13, "ubp find 'ended > -7d'")
def results_of_the_last_week(rows, db):
    expected = db.execute("SELECT trial_id FROM trials WHERE finished > datetime('now', '-7 days') ORDER BY 1"
                          ).fetchall()
    assert [int(r["trial"]) for r in rows] == [t for t, in expected] and expected


@question(3, "ubp plot curves --top 1")
def curve_of_the_best_config(rows, db):
    best, = db.execute("SELECT config_id FROM leaderboard WHERE rank = 1 AND sweep_id = "
                       "(SELECT max(sweep_id) FROM trials WHERE value IS NOT NULL)").fetchone()
    expected = db.execute("""SELECT m.step, count(*), avg(m.value) FROM metrics m JOIN trials t USING (trial_id)
        JOIN sweeps s USING (sweep_id) WHERE t.config_id = ? AND t.state = 'COMPLETE' AND m.metric = s.metric
        GROUP BY m.step ORDER BY m.step""", (best,)).fetchall()
    assert [(int(r["step"]), int(r["n"])) for r in rows] == [(step, n) for step, n, _ in expected] and rows
    assert all(close(r["mean"], mean) for r, (_, _, mean) in zip(rows, expected))


@question(7, "ubp diff 3 7")
def what_differs(rows, db):
    one, other = (dict(db.execute("SELECT name, value FROM params WHERE trial_id = ?", (t,))) for t in (3, 7))
    expected = {name: (str(one[name]), str(other[name])) for name in one if one[name] != other[name]}
    assert {r["name"]: (r["a"], r["b"]) for r in rows if r["part"] == "parameter"} == expected and expected
    values = dict(db.execute("SELECT trial_id, value FROM trials WHERE trial_id IN (3, 7)"))
    told, = (r for r in rows if (r["part"], r["name"]) == ("trial", "value"))
    assert close(told["a"], values[3]) and close(told["b"], values[7])


@question(14, "ubp plot history -o history.svg", also="")
def a_picture(text, db):
    with open("history.svg") as file:
        shown = file.read()
    os.remove("history.svg")
    trials, = db.execute("SELECT count(*) FROM trials WHERE value IS NOT NULL AND sweep_id = "
                         "(SELECT max(sweep_id) FROM trials WHERE value IS NOT NULL)").fetchone()
    assert shown.count("data-trial=") == trials


@question(15, "ubp find '' --by dataset --pivot objective --format latex", also="")
def table_for_a_paper(text, db):
    assert text.startswith("\\begin{tabular}") and "$\\pm$" in text
    for mean, in db.execute(f"SELECT avg(value) FROM trials t GROUP BY {DATASET}, {OBJECTIVE}"):
        assert f"{mean:.5g}" in text


@question(16, "ubp find '' --cols trial,params,metrics --format csv", also="")
def one_table_for_pandas(text, db):
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == db.execute("SELECT count(*) FROM trials").fetchone()[0]
    for trial, metric, last in db.execute("SELECT trial_id, metric, last FROM metric_stats WHERE trial_id % 97 = 1"):
        assert float(rows[trial - 1][metric]) == last
    for trial, name, value in db.execute("SELECT trial_id, name, value FROM params WHERE trial_id % 97 = 1"):
        assert rows[trial - 1][name] == str(value) or float(rows[trial - 1][name]) == value


@question(18, "ubp sql 'SELECT name, value FROM trials ORDER BY value LIMIT 5'")
def the_same_in_sql(rows, db):
    expected = db.execute("SELECT name FROM trials ORDER BY value LIMIT 5").fetchall()
    assert column(rows, "name") == [name for name, in expected]


@question(17, "ubp db optuna on", also="")
def in_optunas_tools(text, db):
    """tests/optuna asks Optuna itself."""
    trials, values = db.execute("SELECT count(*), sum(value) FROM executions").fetchone()
    assert db.execute("SELECT count(*) FROM trials JOIN studies USING (study_id)").fetchone() == (trials,)
    assert close(*db.execute("SELECT sum(value) FROM trial_values").fetchone(), values)


@question(19, "ubp export tensorboard big --where 'config = 0' -o runs", also="")
def curves_in_tensorboard(text, db):
    """tests/export reads what is in them."""
    runs = sorted(os.path.relpath(folder, "runs/big") for folder, _, files in os.walk("runs") if files)
    shutil.rmtree("runs")
    assert runs == [name.split("/")[1] for name, in db.execute(
        "SELECT name FROM trials WHERE config = 0 AND sweep = 'big' AND state <> 'QUEUED' ORDER BY name")]


@question(20, "ubp compare --where 'config < 5'")
def what_more_seeds_would_change(rows, db):
    expected = dict(db.execute("SELECT config, mean FROM leaderboard WHERE config < 5"))
    assert len(rows) == len(expected) and {"verdict", "more_seeds"} <= set(rows[0])
    assert all(close(r["mean"], expected[int(r["config"].split("/")[1])]) for r in rows)


def asked(ubp, file, command, also):
    """What it printed, and the least of three times: on the clock, and of the processor."""
    words = [ubp, *shlex.split(command)[1:], *also.split()]
    clock, processor = [], []
    for _ in range(3):
        begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "UBP_DB": file})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock.append(time.perf_counter() - begin)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return done.stdout, min(clock), min(processor)


def small_sweep(ubp, folder):
    spec, file = os.path.join(folder, "small.toml"), os.path.join(folder, "small.db")
    with open(spec, "w") as text:
        text.write(SMALL)
    subprocess.run([ubp, "sweep", spec, "--db", file, "-q"], check=True, capture_output=True)
    return file


def ask_all(ubp, large, small):
    wrong = 0
    for number in sorted(QUESTIONS):
        command, also, ran, check = QUESTIONS[number]
        file = small if ran else large
        db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            assert len(command.split()) <= 12, f"{len(command.split())} words"
            text, clock, processor = asked(ubp, file, command, also)
            check(list(csv.DictReader(io.StringIO(text))) if also else text, db)
            print(f"{number:3}  {1000 * clock:7.1f} ms, {1000 * processor:6.1f} ms CPU  {command}")
        except (AssertionError, KeyError, ValueError, StopIteration) as e:
            wrong += 1
            print(f"{number:3}  WRONG: {command}: {type(e).__name__} {e}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    parser.add_argument("--empty", required=True)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--keep", help="the database, made if it is not there")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = words.keep or os.path.join(folder, "ubp.db")
        if not os.path.exists(file):
            many_records.make(words.empty, file, words.trials)
        return 1 if ask_all(words.ubp, file, small_sweep(words.ubp, folder)) else 0


if __name__ == "__main__":
    sys.exit(main())
