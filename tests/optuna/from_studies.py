#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A study of Optuna's becomes a sweep, and comes back as it was: tests/optuna/from_studies.py UBP"""
import json
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
import studies  # noqa: E402
from support import World, check  # noqa: E402

STUDY = """
study = optuna.create_study(study_name="theirs", storage=storage, direction="maximize",
                            sampler=optuna.samplers.RandomSampler(seed=3), pruner=optuna.pruners.NopPruner())
def objective(trial):
    x = trial.suggest_float("x", -5, 5)
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    n = trial.suggest_int("n", 1, 64, log=True)
    k = trial.suggest_int("k", 0, 10, step=5)
    q = trial.suggest_float("q", 0, 1, step=0.25)
    on = trial.suggest_categorical("on", [True, False])
    kind = trial.suggest_categorical("kind", ["a", "b", 3])
    if kind == "a":
        trial.suggest_float("only_a", 0, 1)
    for step in range(3):
        trial.report(x + step, step)
    if trial.number % 5 == 3:
        raise optuna.TrialPruned()
    if trial.number % 5 == 4:
        raise RuntimeError
    return float("inf") if trial.number == 10 else x + 2
study.optimize(objective, n_trials=20, catch=(RuntimeError,))
study.enqueue_trial({"x": 1})
study.ask()
optuna.create_study(study_name="other", storage=storage)
two = optuna.create_study(study_name="two", storage=storage, directions=["minimize", "maximize"])
two.optimize(lambda t: (t.suggest_int("i", 0, 5), t.suggest_float("f", 0, 1)), n_trials=4)
answer([told(t) for t in study.trials])
"""


def outcome(trial):
    return {key: trial[key] for key in ("number", "state", "params", "values", "series", "distributions")}


def main():
    release = studies.release()
    world = World(types.SimpleNamespace(ubp=str(pathlib.Path(sys.argv[1]).resolve())))
    theirs = studies.ask(world.folder / "study.db", STUDY)
    code, _, error = world.run("import", "study.db", "--study", "theirs")
    check((code, "sweep 1 'theirs': 20 trials of 20 configs; 1 that have not ended" in error), (0, True), error)
    again = world.run("import", "study.db", "--study", "theirs")[2]
    check(again.endswith("is there already: nothing is added\n"), True,
          "again")
    check(world.run("db", "check")[0], 0, world.run("db", "check")[1])
    rows = world.rows("SELECT state, reason, value, started, finished FROM trials ORDER BY trial_id")
    check([r["state"] for r in rows[:5]], ["COMPLETE", "COMPLETE", "COMPLETE", "PRUNED", "FAILED"], "states")
    check((rows[10]["state"], rows[10]["reason"]), ("FAILED", "numeric"), "a value that is infinite")
    check([r["value"] for r in rows[:3]], [t["values"][0] for t in theirs[:3]], "values")
    check(world.rows("SELECT metric, goal, reduce FROM sweeps"),
          [{"metric": "value", "goal": "maximize", "reduce": "last"}], "the objective")
    check(len(world.rows("SELECT 1 FROM metrics WHERE metric = 'value'")), 60, "points of series")

    versions = ["--for", "3.1"] if release < (3, 2) else []
    check(world.run("export", "optuna", "theirs", "-o", "back.db", *versions)[0], 0, "back")
    back = studies.ask(world.folder / "back.db", studies.TRIALS, "theirs")
    expected = [outcome(t) for t in theirs[:20]]
    expected[10].update(state="FAIL", values=None)  # as it would have been here
    for found, wanted in zip([outcome(t) for t in back], expected):
        check(found, wanted, f"trial {wanted['number']}, there and back")
    check(len(back), 20, "trials")

    check(world.run("import", "study.db", "--study", "two")[0], 0, "two objectives")
    check(len(world.rows("SELECT 1 FROM pareto WHERE sweep = 'two'")), 4, "configs of two objectives")
    for words in (["ls", "theirs"], ["best", "theirs"], ["importance", "theirs"], ["report", "theirs"], ["show", "1"],
                  ["plot", "curves", "theirs", "-o", "c.svg"], ["best", "two"]):
        code, _, error = world.run(*words)
        check(code, 0, f"{words}: {error}")
    for words, sentence in (
            ([], "study.db: has 3 studies: --study NAME says which one: theirs, other, two"),
            (["--study", "their"], "study.db: there is no study 'their'; did you mean 'theirs'?"),
            (["--study", "other"], "study.db: study 'other' has no trial that has ended"),
            (["--study", "two", "--metric", "x"], "import: --metric: found 1 names, but study 'two' has 2 objectives"),
            (["--study", "two", "--goal", "minimize"], "import: --goal: study.db: a study has its directions")):
        check(world.run("import", "study.db", *words), (2, "", f"ubp: {sentence}\n"), words)
    check(world.rows("SELECT sampler FROM sweep")[0]["sampler"]["study"], "theirs", "where from")
    print("studies became sweeps, and came back as they were")


if __name__ == "__main__":
    main()
