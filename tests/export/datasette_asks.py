#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Datasette's questions have ubp's answers: tests/export/datasette_asks.py UBP

With UBP_DATASETTE_PYTHON, an interpreter that has the package `datasette`, its pages are asked for, too, also while a
sweep is being written.
"""
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from exported import SPEC, check, swept  # noqa: E402


def asked(world, query, **params):
    """The rows of a canned query, by SQLite alone."""
    connection = sqlite3.connect(f"file:{world.folder / 'ubp.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    check(sorted(params), sorted(query["params"]), "parameters")
    rows = [dict(row) for row in connection.execute(query["sql"], params)]
    connection.close()
    return rows


def ubp(world, *words):
    code, out, error = world.run(*words, "--format", "json")
    check(code, 0, error)
    return json.loads(out)


def part(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def compare(world, queries):
    check(len(queries) >= 4, True, "questions")
    for sweep in ("rings", "1"):
        best = asked(world, queries["best_configs"], sweep=sweep)
        names = ("rank", "config", "n", "failed", "mean", "best", "worst", "adjusted_mean")
        expected = ubp(world, "best", sweep, "-k", "0")
        check(part(best, *names), part(expected, *names), "the best configs")
        for name in ("ci95_low", "ci95_high"):
            check(max(abs(a[name] - b[name]) for a, b in zip(best, expected)) < 1e-12, True, name)
    failures = asked(world, queries["failures_by_cause"], sweep="")
    check(part(failures, "state", "reason", "n"),
          part(ubp(world, "find", "state in [failed, lost]", "--by", "state,reason"), "state", "reason", "trials"),
          "failures")
    check(part(asked(world, queries["failures_by_cause"], sweep="rings"), "n"), [], "failures of a sweep without any")
    curves = asked(world, queries["curves_of_a_trial"], trial="rings/2.1")
    trial = world.rows("SELECT trial_id FROM trials WHERE name = 'rings/2.1'")[0]["trial_id"]
    check(curves, asked(world, queries["curves_of_a_trial"], trial=str(trial)), "a trial by its id")
    points = [json.loads(line) for line in world.run("export", "jsonl", "--what", "metrics", "rings")[1].splitlines()]
    points = [point for point in points if point["trial_id"] == trial]
    names = ("metric", "step", "value", "t_ms")
    check(part(curves, *names), part(points, *names), "the curves of a trial")
    for parameter in ("optimizer.lr", "model.activation"):
        effect = asked(world, queries["effect_of_a_parameter"], sweep="rings", parameter=parameter)
        expected = ubp(world, "find", "state = complete", "--sweep", "rings", "--by", parameter, "--cols",
                       f"{parameter},n,mean,min,max", "--sort", parameter)
        check(part(effect, "value", "n", "least", "largest"), part(expected, parameter, "n", "min", "max"), parameter)
        check(max(abs(a["mean"] - b["mean"]) for a, b in zip(effect, expected)) < 1e-12, True, "means")


class Datasette:
    def __init__(self, python, world):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [python, "-m", "datasette", "ubp.db", "--metadata", "metadata.json", "-p", str(port), "--setting",
             "sql_time_limit_ms", "20000"], cwd=world.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.page("/ubp")
                return
            except OSError:
                check(self.process.poll(), None, "Datasette has ended")
                check(time.monotonic() < deadline, True, "Datasette does not answer")
                time.sleep(0.1)

    def page(self, path, **params):
        with urllib.request.urlopen(f"{self.address}{path}?{urllib.parse.urlencode(params)}", timeout=60) as answer:
            check(answer.status, 200, path)
            return answer.read().decode()

    def rows(self, path, **params):
        return json.loads(self.page(path + ".json", _shape="array", _size="max", **params))

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


def pages(world, queries, python):
    served = Datasette(python, world)
    try:
        front = served.page("/ubp")
        check([f"/ubp/{name}" in front for name in (*queries, "trials", "leaderboard")], [True] * (len(queries) + 2),
              "what the page of the database names")
        check('href="/ubp/metric_summary"' in front, False, "a table that is hidden")
        trials = served.page("/ubp/trials")
        check("One row an execution, " in trials and "rings/0.0" in trials, True, "the page of a view")
        check(len(served.rows("/ubp/trials")), 10, "rows of a view")
        for name, params in (("best_configs", {"sweep": "rings"}), ("failures_by_cause", {"sweep": ""}),
                             ("curves_of_a_trial", {"trial": "rings/0.0"}),
                             ("effect_of_a_parameter", {"sweep": "rings", "parameter": "optimizer.lr"})):
            check(queries[name]["title"] in served.page(f"/ubp/{name}", **params), True, name)
            check(served.rows(f"/ubp/{name}", **params), asked(world, queries[name], **params), name)
        world.spec(SPEC.replace('"rings"', '"live"').replace("steps = 30", "steps = 3000"), "live.toml")
        sweep = world.popen("sweep", "live.toml")
        seen = set()
        while sweep.poll() is None:
            served.page("/ubp/trials")
            seen.add(len(served.rows("/ubp/best_configs", sweep="live")))
        check(sweep.communicate()[0] is not None and sweep.returncode, 0, "the sweep")
        check(len(seen) > 1, True, f"what was seen of it: {seen}")
        check(len(served.rows("/ubp/best_configs", sweep="live")), 4, "its configs")
        check(world.run("db", "check")[1].splitlines()[0], "ok", "db check")
    finally:
        served.end()


def main():
    world = swept(str(pathlib.Path(sys.argv[1]).resolve()))
    check(world.run("export", "datasette", "-o", "metadata.json")[0], 0, "the export")
    text = (world.folder / "metadata.json").read_text()
    check(world.run("export", "datasette")[1], text, "the same, printed")
    queries = json.loads(text)["databases"]["ubp"]["queries"]
    compare(world, queries)
    check(world.run("export", "datasette", "rings")[0], 2, "of one sweep")
    python = os.environ.get("UBP_DATASETTE_PYTHON")
    if not python:
        print("every question has ubp's answer; skipped: UBP_DATASETTE_PYTHON names no interpreter, whose Datasette "
              "would show its pages")
        return
    pages(world, queries, python)
    print("every question has ubp's answer, on Datasette's pages, too, also while a sweep is written")


if __name__ == "__main__":
    main()
