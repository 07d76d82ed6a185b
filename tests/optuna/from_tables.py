#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp import` of comma-separated results: tests/optuna/from_tables.py UBP"""
import json
import pathlib
import sqlite3
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

COLUMNS = ("rank", "config", "n", "failed", "mean", "sd", "ci95", "best", "worst", "params", "adjusted_mean")


def leaderboard(world, *words):
    code, out, error = world.run("export", "jsonl", "--what", "leaderboard", *words)
    check(code, 0, error)
    return [{name: row[name] for name in COLUMNS} for row in map(json.loads, out.splitlines())]


def from_ubp(ubp):
    """What `ubp export csv` writes comes back with the leaderboard that it had."""
    here, there = World(types.SimpleNamespace(ubp=ubp)), World(types.SimpleNamespace(ubp=ubp))
    here.spec(small("steps = 20\nlog_every = 5", """sampler = "random"
configs = 5
replicates = 3
[sweep.space]
"optimizer.lr" = "1e-4..1e-1:log"
"model.hidden" = ["8", "8+4"]
"model.activation" = ["relu", "tanh"]
"model.latent" = "1..6"
"""))
    check(here.run("sweep", "spec.toml")[0], 0, "the sweep")
    code, out, error = here.run("export", "csv", "rings")
    check(code, 0, error)
    (there.folder / "trials.csv").write_text(out)
    imported = ("import", "trials.csv", "--metric", "value", "--goal", "minimize")
    code, _, error = there.run(*imported)
    check((code, "sweep 1 'rings': 15 trials of 5 configs" in error), (0, True), error)
    check(leaderboard(there, "rings"), leaderboard(here, "rings"), "the leaderboard")
    seeds = "SELECT name, seed, state, value FROM trials ORDER BY trial_id"
    check(there.rows(seeds), here.rows(seeds), "trials")
    before = there.run("db", "check")
    check(before[0], 0, before[1])
    code, _, error = there.run(*imported)
    check((code, "is there already: nothing is added" in error), (0, True), error)
    check(there.run("db", "check"), before, "again adds nothing")
    check(there.rows("SELECT count(*) AS n FROM sweeps"), [{"n": 1}], "sweeps")
    check(there.rows("SELECT count(*) AS n FROM provenance"), [{"n": 0}], "what produced them: ubp does not know")
    sampler = there.rows("SELECT sampler FROM sweep")[0]["sampler"]
    check((sampler["use"], sampler["file"], len(sampler["sha256"])), ("imported", "trials.csv", 64), "where from")


def verbs(ubp):
    """Every verb that looks at results does; those that run say that they cannot."""
    world = World(types.SimpleNamespace(ubp=ubp))
    rows = ["lr,width,act,on,seed,accuracy,state"]
    for c in range(12):
        for seed in range(3):
            lr, width = 10 ** (-1 - c % 4), 8 + 8 * (c // 4)
            rows.append(f"{lr},{width},{'relu' if c % 2 else 'tanh'},{'true' if c % 3 else 'false'},{seed},"
                        f"{0.5 + 0.1 * (c % 4) + 0.001 * width + 0.01 * seed},")
    rows += ["0.5,8,relu,true,0,,FAIL", "0.6,8,relu,true,0,0.4,PRUNED", "0.7,8,relu,true,0,,RUNNING",
             "0.8,8,relu,true,0,nan,"]
    (world.folder / "other.csv").write_text("\n".join(rows) + "\n")
    code, _, error = world.run("import", "other.csv", "--metric", "accuracy", "--goal", "maximize")
    check((code, "39 trials of 15 configs; 1 that have not ended are left out" in error), (0, True), error)
    states = {r["state"]: r["n"] for r in world.rows("SELECT state, count(*) AS n FROM trials GROUP BY state")}
    check(states, {"COMPLETE": 36, "FAILED": 2, "PRUNED": 1}, "states")
    kinds = {r["name"]: r["kind"] for r in world.rows("SELECT DISTINCT name, kind FROM params")}
    check(kinds, {"lr": "float", "width": "int", "act": "text", "on": "bool"}, "kinds of parameters")
    check(world.run("db", "check")[0], 0, world.run("db", "check")[1])
    for words in (["ls"], ["ls", "other"], ["find", "lr > 0.01 and accuracy > 0.5"], ["best", "other"],
                  ["compare", "other/3", "other/0"], ["importance", "other"], ["importance", "other", "--marginals"],
                  ["plot", "slice", "other", "-o", "slice.svg"], ["plot", "box", "other", "-o", "box.svg"],
                  ["plot", "parallel", "other", "-o", "parallel.svg"], ["report", "other"],
                  ["report", "other", "-o", "r.html"], ["export", "csv", "other"], ["show", "1"], ["top", "--once"],
                  ["diff", "1", "4"], ["tag", "other", "+theirs"], ["export", "optuna", "other", "-o", "s.db"],
                  ["merge", "main.db", "ubp.db"]):
        code, out, error = world.run(*words)
        check(code, 0, f"{words}: {error}")
        check(out != "" or words[0] in ("plot", "export", "merge") or "-o" in words, True, f"{words} says something")
    best = json.loads(world.run("best", "other", "--format", "json")[1])[0]
    check((best["lr"], best["width"]), (1e-4, 24), "the best config")
    importance = json.loads(world.run("importance", "other", "--format", "json")[1])
    check(importance[0]["parameter"], "lr", "what it depends on")
    sentence = "sweep 1 'other': was imported from other.csv: ubp did not run it, and cannot run it again"
    for words in (["resume", "other"], ["reproduce", "1"], ["confirm", "other"], ["prune", "other"]):
        code, out, error = world.run(*words)
        check((code, out, error), (2, "", f"ubp: {sentence}\n"), words)


def several(ubp):
    """Two objectives, two sweeps of one file, quoted cells."""
    world = World(types.SimpleNamespace(ubp=ubp))
    (world.folder / "t.csv").write_text('\ufeffsweep,params.name,ignored,a,b\r\none,"x, ""y""",z,1,2\r\n'
                                        "one,w,z,2,3\r\ntwo,,z,3,4\r\n")
    code, _, error = world.run("import", "t.csv", "--metric", "a", "--goal", "minimize", "--metric", "b", "--goal",
                               "maximize")
    check((code, error.count("sweep ")), (0, 2), error)
    check(world.rows("SELECT sweep, config, n, front FROM pareto ORDER BY 1, 2"),
          [{"sweep": "one", "config": 0, "n": 1, "front": 1}, {"sweep": "one", "config": 1, "n": 1, "front": 1},
           {"sweep": "two", "config": 0, "n": 1, "front": 1}], "the fronts")
    check(world.rows("SELECT params FROM trials ORDER BY trial_id LIMIT 1")[0]["params"], {"name": 'x, "y"'},
          "a quoted cell")
    check(world.run("db", "check")[0], 0, "db check")


BAD = (
    ("", "t.csv: cannot be read, or is empty"),
    ("\n\n", "t.csv: is empty: expected a line with the names of columns"),
    ("lr,loss\n", "t.csv: has no trial that has ended"),
    ("lr,los\n1,2\n", "t.csv: --metric: there is no column 'loss'; did you mean 'los'?"),
    ("lr,lr,loss\n1,2,3\n", "t.csv:1: there are two columns 'lr'"),
    ("lr,loss\n1,2\n1,2,3\n", "t.csv:3: found 3 cells, expected 2, one a column"),
    ("lr,loss\n1,2\n\n1,abc\n", "t.csv:4: column 2 'loss': found 'abc', expected a number"),
    ("lr,loss\n1,2\n\"1,2\n", "t.csv:3: a quoted cell begins here and does not end"),
    ("lr,loss\n\"1\"x,2\n", "t.csv:2: column 1: found more after a quoted cell, expected a comma"),
    ("lr,loss\n1,\xff2\n", "t.csv: found bytes that are no UTF-8, expected comma-separated values"),
    ("seed,loss\n-1,2\n", "t.csv:2: column 1 'seed': found '-1', expected a whole number of at least 0"),
    ("seed,loss\n1.5,2\n", "t.csv:2: column 1 'seed': found '1.5', expected a whole number of at least 0"),
    ("lr,state,loss\n1,DONE,2\n", "t.csv:2: column 2 'state': found 'DONE', expected COMPLETE, PRUNED, FAILED, LOST, "
     "CANCELLED, RUNNING or QUEUED"),
    ("lr,replicate,loss\n1,0,2\n1,0,3\n", "t.csv:3: column 2 'replicate': found '0', expected another than in line 2, "
     "whose parameters are equal"),
    ("lr,config,loss\n1,0,2\n2,0,3\n", "t.csv:3: column 2 'config': found '0', expected one number for equal "
     "parameters, and another for others"),
    ("lr,state,reason,loss\n1,FAILED,bored,\n", "t.csv:2: column 3 'reason': found 'bored', expected a class of "
     "failure, as numeric or crash"),
    ("lr,state,loss\n1,RUNNING,2\n", "t.csv: has no trial that has ended"),
)


def refused(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    goal = ["--metric", "loss", "--goal", "minimize"]
    for text, sentence in BAD:
        (world.folder / "t.csv").write_bytes(text.encode("latin-1"))
        check(world.run("import", "t.csv", *goal), (2, "", f"ubp: {sentence}\n"), text)
    (world.folder / "t.csv").write_text("lr,loss\n1,2\n")
    for words, sentence in (
            (["no.csv", *goal], "import: no.csv: there is no such file"),
            (["t.csv"], "import: t.csv: --metric NAME is missing: the column to rank by"),
            (["t.csv", "--metric", "loss"], "import: found 0 --goal, expected 1, one a --metric: minimize or maximize"),
            (["t.csv", "--metric", "loss", "--goal", "min"], "import: --goal: there is no 'min'; did you mean "
             "'minimize'?"),
            (["t.csv", *goal, "--study", "x"], "import: --study: t.csv: is no storage of Optuna's")):
        code, out, error = world.run("import", *words)
        check((code, out, error.split("; there are")[0].rstrip("\n")), (2, "", f"ubp: {sentence}".split("; did")[0]
              if "did you" not in error else f"ubp: {sentence}"), words)
    check((world.folder / "ubp.db").exists(), False, "a database was made of nothing")
    sqlite3.connect(world.folder / "x.db").execute("CREATE TABLE t(x)").connection.commit()
    check(world.run("import", "x.db")[2], "ubp: x.db: is an SQLite file, but no storage of Optuna's: it has no "
          "studies\n", "another SQLite file")
    (world.folder / "y.db").write_bytes((world.folder / "x.db").read_bytes()[:100] + b"\xff" * 5000)
    code, _, error = world.run("import", "y.db")
    check((code, "y.db" in error, error.count("\n")), (2, True, 1), error)
    world.spec(small("steps = 5"))
    world.run("run", "spec.toml")
    check(world.run("import", "ubp.db")[2], "ubp: ubp.db: is a database of ubp: `ubp merge` takes it in\n", "ubp.db")


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    refused(ubp)
    several(ubp)
    from_ubp(ubp)
    verbs(ubp)
    print("tables became sweeps, or one sentence")


if __name__ == "__main__":
    main()
