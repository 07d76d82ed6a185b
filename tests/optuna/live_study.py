#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Optuna reads a database of ubp while a sweep writes it: tests/optuna/live_study.py UBP

UBP_OPTUNA_PYTHON: an interpreter with another Optuna.
"""
import datetime
import json
import pathlib
import sqlite3
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
import studies  # noqa: E402
from support import World, check, small  # noqa: E402

SPACE = """sampler = "random"
configs = 16
replicates = 2
seed = 5
[sweep.pruner]
use = "median"
startup_trials = 3
[sweep.space]
"optimizer.use" = ["sgd", "adam"]
"optimizer.lr" = "1e-4..1e2:log"
"optimizer.momentum" = {range = "0..0.9:step=0.2", when = "optimizer.use == sgd"}
"optimizer.nesterov" = {choice = [false, true], when = "optimizer.use == sgd"}
"optimizer.beta1" = {range = "0.5..0.99", when = "optimizer.use == adam"}
"model.latent" = "1..64:log"
"model.hidden" = ["8", "8+4"]
"train.batch" = "10..50:step=20"
"""
WORDS = {"QUEUED": "WAITING", "RUNNING": "RUNNING", "COMPLETE": "COMPLETE", "PRUNED": "PRUNED", "FAILED": "FAIL",
         "LOST": "FAIL", "CANCELLED": "FAIL"}


def master(world):
    return sorted(sqlite3.connect(world.folder / "ubp.db").execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall(), key=str)


def tables(world):
    """All rows of ubp's own tables."""
    db = sqlite3.connect(world.folder / "ubp.db")
    names = [name for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN "
        "('study_system_attributes', 'version_info', 'alembic_version')")]
    return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def utc(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def on(world, release):
    code, _, error = world.run("db", "optuna", "on", *(["--for", "3.1"] if release < (3, 2) else []))
    check(code, 0, error)
    check("trials.state" in error and "executions.state" in error, True, error)


def as_optuna_has(value):
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list) else value


def equal_to_sql(world, study, seen):
    """Every trial that Optuna sees is what SQL says of it."""
    rows = world.rows("SELECT t.*, s.sweep FROM trials t JOIN sweeps s USING (sweep_id) WHERE s.sweep_id = "
                      f"(SELECT max(sweep_id) FROM sweeps WHERE sweep = '{study}') ORDER BY trial_id")
    check([t["number"] for t in seen], list(range(len(rows))), "numbers")
    points = {}
    for row in world.rows("SELECT m.trial_id, m.step, m.value FROM metrics m JOIN sweeps s ON s.metric = m.metric JOIN "
                          "trials t USING (trial_id) WHERE t.sweep_id = s.sweep_id"):
        points.setdefault(row["trial_id"], {})[str(row["step"])] = "nan" if row["value"] is None else row["value"]
    for row, trial in zip(rows, seen):
        series = points.get(row["trial_id"], {})
        check(trial["state"], WORDS[row["state"]], f"the state of {row['name']}")
        check(trial["series"], series, f"the series of {row['name']}")
        if row["state"] == "PRUNED":
            check(trial["values"], [list(series.values())[-1]], f"the last value of {row['name']}")
        else:
            check(trial["values"], None if row["value"] is None else [row["value"]], f"the value of {row['name']}")
        params = json.loads(row["params"]) if isinstance(row["params"], str) else row["params"]
        check(trial["params"], {name: as_optuna_has(value) for name, value in params.items()}, "parameters")
        check({name: type(value) for name, value in trial["params"].items()},
              {name: type(as_optuna_has(value)) for name, value in params.items()}, "types of parameters")
        for name in ("config", "replicate", "attempt", "seed", "state", "reason", "error"):
            check(trial["attrs"].get(name), row[name], f"{name} of {row['name']}")
        if row["state"] not in ("QUEUED", "RUNNING"):
            check((trial["start"] is None, trial["end"] is None), (False, False), "times")
    return rows


def distributions(trials):
    found = {}
    for trial in trials:
        for name, distribution in trial["distributions"].items():
            check(found.setdefault(name, distribution), distribution, f"the one distribution of {name}")
    return found


def written_meanwhile(ubp, release):
    world = World(types.SimpleNamespace(ubp=ubp))
    spec = small("steps = 3000\nlog_every = 100", SPACE)
    world.spec(spec)
    world.spec(small("steps = 1").replace("rings", "first"), "first.toml")
    check(world.run("run", "first.toml")[0], 0, "so that there is a database")
    before = master(world)
    process = world.popen("sweep", "spec.toml", "-j", "2")
    on(world, release)
    check(process.poll(), None, "Optuna is let in while the sweep runs")
    loads = 0
    while process.poll() is None:
        names = studies.ask(world.folder / "ubp.db", "answer(optuna.get_all_study_names(storage))"
                            if release >= (3, 2) else
                            "answer([s.study_name for s in optuna.get_all_study_summaries(storage)])")
        if "rings" in names:
            trials = studies.ask(world.folder / "ubp.db", studies.TRIALS, "rings")
            check([t["number"] for t in trials], list(range(len(trials))), "numbers while it runs")
            loads += len(trials) > 0
    check(process.communicate()[0] is not None and process.returncode in (0, 3), True, "the sweep")
    check(loads > 0, True, "nothing was loaded while the sweep ran")

    content, digest = tables(world), world.run("db", "check")
    check(digest[0], 0, digest[1])
    trials = studies.ask(world.folder / "ubp.db", studies.TRIALS, "rings")
    rows = equal_to_sql(world, "rings", trials)
    check({row["state"] for row in rows} >= {"COMPLETE", "PRUNED"}, True, "states of the sweep")
    check(distributions(trials), {
        "optimizer.use": {"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}},
        "optimizer.lr": {"name": "FloatDistribution",
                         "attributes": {"low": 1e-4, "high": 1e2, "log": True, "step": None}},
        "optimizer.momentum": {"name": "FloatDistribution",
                               "attributes": {"low": 0.0, "high": 0.8, "log": False, "step": 0.2}},
        "optimizer.nesterov": {"name": "CategoricalDistribution", "attributes": {"choices": [False, True]}},
        "optimizer.beta1": {"name": "FloatDistribution",
                            "attributes": {"low": 0.5, "high": 0.99, "log": False, "step": None}},
        "model.latent": {"name": "IntDistribution", "attributes": {"low": 1, "high": 64, "log": True, "step": 1}},
        "model.hidden": {"name": "CategoricalDistribution", "attributes": {"choices": ["[8]", "[8,4]"]}},
        "train.batch": {"name": "IntDistribution", "attributes": {"low": 10, "high": 50, "log": False, "step": 20}},
    }, "distributions")
    best = studies.ask(world.folder / "ubp.db", """
study = optuna.load_study(study_name="rings", storage=storage)
def importances(evaluator):
    return optuna.importance.get_param_importances(study, evaluator=evaluator)
from optuna.importance import FanovaImportanceEvaluator
answer({"direction": study.direction.name, "number": study.best_trial.number, "value": study.best_value,
        "params": study.best_params, "default": importances(None),
        "fanova": importances(FanovaImportanceEvaluator(seed=1)), "attrs": study.user_attrs})""")
    row = world.rows("SELECT * FROM trials WHERE value IS NOT NULL ORDER BY value, trial_id LIMIT 1")[0]
    number = [r["trial_id"] for r in rows].index(row["trial_id"])
    check((best["direction"], best["number"], best["value"]), ("MINIMIZE", number, row["value"]), "the best trial")
    check(best["params"], trials[number]["params"], "its parameters")
    check(best["attrs"]["metric"], "train.loss", "the study's metric")
    for evaluator in ("default", "fanova"):
        check(set(best[evaluator]) >= {"optimizer.use", "optimizer.lr", "model.latent", "model.hidden", "train.batch"},
              True, f"parameters of {evaluator}")
        check(abs(sum(best[evaluator].values()) - 1) < 1e-9, True, f"importances by {evaluator}")

    refused = studies.ask(world.folder / "ubp.db", """
study = optuna.load_study(study_name="rings", storage=storage)
failed = []
def attempt(name, act):
    try:
        act()
    except Exception as e:
        failed.append(name)
attempt("ask", study.ask)
attempt("add", lambda: study.add_trial(study.trials[0]))
attempt("enqueue", lambda: study.enqueue_trial({"model.latent": 2}))
attempt("optimize", lambda: study.optimize(lambda t: t.suggest_int("model.latent", 1, 64, log=True), n_trials=1))
attempt("attribute", lambda: study.set_user_attr("a", 1))
attempt("trial attribute", lambda: study._storage.set_trial_user_attr(study.trials[0]._trial_id, "a", 1))
attempt("delete", lambda: optuna.delete_study(study_name="rings", storage=storage))
attempt("create", lambda: optuna.create_study(study_name="other", storage=storage))
study._storage.set_study_system_attr(study._study_id, "note", "of Optuna's own")
answer(failed)""")
    check(refused, ["ask", "add", "enqueue", "optimize", "attribute", "trial attribute", "delete", "create"],
          "what Optuna cannot do")
    check(tables(world), content, "ubp's own tables, whatever Optuna did")
    check(world.run("db", "check"), digest, "db check")
    check(world.run("ls", "--state", "pruned")[0], 0, "ubp's own words")
    check({r["state"] for r in world.rows("SELECT DISTINCT state FROM trials")} <= set(WORDS), True, "ubp sql")
    direct = sqlite3.connect(world.folder / "ubp.db")
    check({s for (s,) in direct.execute("SELECT DISTINCT state FROM trials")} <= set(WORDS.values()), True,
          "other programs")
    check(direct.execute("SELECT count(*) FROM executions WHERE state = 'PRUNED'").fetchone()[0] > 0, True,
          "executions")
    direct.close()
    code, _, error = world.run("db", "optuna", "off")
    check((code, "1 attributes" in error), (0, True), error)
    check(master(world), before, "what `off` leaves")
    check(tables(world), content, "ubp's own tables, after `off`")
    check(world.run("db", "optuna", "off")[0], 0, "off again")


def failures_and_names(ubp, release):
    """Failed trials, a sweep without a metric, several sweeps of one name, several objectives, another attempt."""
    world = World(types.SimpleNamespace(ubp=ubp))
    fails = '[sweep.space]\n"optimizer.lr" = [1e-3, 1e300]\n'
    world.spec(small("steps = 20\nlog_every = 5", fails))
    check(world.run("sweep", "spec.toml")[0], 3, "a sweep of which a trial fails")
    world.run("sweep", "spec.toml", "--retry-failed")
    two = small("steps = 20\nlog_every = 5", '[sweep.space]\n"model.latent" = [1, 2, 3]\n').replace(
        'metric = "train.loss"\n', "").replace(
        "[sweep.space]", '[[sweep.objective]]\nmetric = "train.loss"\n[[sweep.objective]]\nmetric = '
        '"train.parameters"\ngoal = "maximize"\n[sweep.space]').replace('name = "rings"', 'name = "two"')
    world.spec(two, "two.toml")
    code, _, error = world.run("sweep", "two.toml")
    check(code, 0, error)
    world.spec(small("steps = 20\nlog_every = 5").replace('[sweep]\nname = "rings"\nmetric = "train.loss"', ""),
               "none.toml")
    code, _, error = world.run("run", "none.toml", "--plugin-path", ".")
    check(code, 0, error)
    world.spec(small("steps = 20\nlog_every = 5", '[sweep.space]\n"optimizer.lr" = [1e-3, 2e-3]\n'))
    check(world.run("sweep", "spec.toml")[0], 0, "another sweep of that name")
    on(world, release)
    summaries = {s["name"]: s for s in studies.ask(world.folder / "ubp.db", """
answer([{"name": s.study_name, "directions": [d.name for d in s.directions], "n": s.n_trials}
        for s in optuna.get_all_study_summaries(storage)])""")}
    sweeps = world.rows("SELECT sweep_id, sweep, metric, trials FROM sweeps ORDER BY sweep_id")
    names = [f"rings (sweep {sweeps[0]['sweep_id']})", "two", sweeps[2]["sweep"], "rings"]
    check(set(summaries), set(names), "names of studies")
    check([summaries[name]["n"] for name in names], [s["trials"] for s in sweeps], "trials of studies")
    check(summaries["two"]["directions"], ["MINIMIZE", "MAXIMIZE"], "directions")
    trials = studies.ask(world.folder / "ubp.db", studies.TRIALS, names[0])
    check([t["state"] for t in trials], ["COMPLETE", "FAIL", "FAIL"], "states")
    check([t["attrs"]["attempt"] for t in trials], [0, 0, 1], "attempts")
    check(trials[1]["attrs"]["reason"], "numeric", "the reason of a failure")
    fronts = studies.ask(world.folder / "ubp.db", """
study = optuna.load_study(study_name="two", storage=storage)
answer({"best": sorted(t.number for t in study.best_trials), "values": [t.values for t in study.trials]})""")
    values = world.rows("SELECT trial_id, objective, value FROM objective_values ORDER BY trial_id, objective")
    of_two = {t["trial_id"] for t in world.rows("SELECT trial_id FROM trials WHERE sweep = 'two'")}
    check([v for trial in fronts["values"] for v in trial], [v["value"] for v in values if v["trial_id"] in of_two],
          "values of two objectives")
    front = [r["config"] for r in world.rows("SELECT config FROM pareto WHERE front ORDER BY config")]
    check(fronts["best"], front, "the Pareto front")
    none = studies.ask(world.folder / "ubp.db", studies.TRIALS, names[2])
    check([(t["state"], t["values"], t["attrs"]["state"]) for t in none], [("FAIL", None, "COMPLETE")],
          "without a metric")


def refused(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    check(world.run("db", "optuna", "on")[0], 2, "a database that is not there")
    check((world.folder / "ubp.db").exists(), False, "a database was made")
    world.spec(small("steps = 5"))
    world.run("run", "spec.toml")
    for words, sentence in ((["onn"], "db optuna: found 'onn', expected on or off"), ([], "db optuna: found '', "
                            "expected on or off"), (["on", "--for", "2.9"], "--for: there is no release '2.9'; "
                            "there are: 3.1, 3.2")):
        check(world.run("db", "optuna", *words), (2, "", f"ubp: {sentence}\n"), words)
    db = sqlite3.connect(world.folder / "ubp.db")
    db.execute("CREATE TABLE alembic_version(version_num)")
    db.close()
    code, _, error = world.run("db", "optuna", "on")
    check((code, "has a table 'alembic_version' of another program" in error), (2, True), error)


def main():
    release = studies.release()
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    refused(ubp)
    failures_and_names(ubp, release)
    written_meanwhile(ubp, release)
    print("Optuna read what SQL says, and changed nothing")


if __name__ == "__main__":
    main()
