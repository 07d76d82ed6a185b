#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp export optuna` writes what Optuna reads and continues: tests/optuna/own_storage.py UBP"""
import pathlib
import sqlite3
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
import studies  # noqa: E402
from support import World, check, small  # noqa: E402

SPACE = """sampler = "random"
configs = 5
[sweep.space]
"optimizer.lr" = "1e-4..1e-1:log"
"model.latent" = "1..6"
"model.activation" = ["relu", "tanh"]
"""


def main():
    release = studies.release()
    world = World(types.SimpleNamespace(ubp=str(pathlib.Path(sys.argv[1]).resolve())))
    world.spec(small("steps = 20\nlog_every = 5", SPACE))
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    world.spec(small("steps = 20\nlog_every = 5", '[sweep.space]\n"optimizer.lr" = [1e-3, 1e300]\n').replace(
        "rings", "failing"), "failing.toml")
    check(world.run("sweep", "failing.toml")[0], 3, "a sweep of which a trial fails")
    versions = ["--for", "3.1"] if release < (3, 2) else []

    code, out, error = world.run("export", "optuna", "rings", "-o", "study.db", *versions)
    check((code, out), (0, ""), error)
    check("study.db: 1 study, 5 trials; " in error, True, error)
    check(world.run("db", "optuna", "on", *versions)[0], 0, "the live file")
    live, written = (studies.ask(world.folder / name, studies.TRIALS, "rings") for name in ("ubp.db", "study.db"))
    check(written, live, "trials of the file that was written")
    check(len(written), 5, "trials")
    names = [name for (name,) in sqlite3.connect(world.folder / "study.db").execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'")]
    check({"studies", "alembic_version", "trials"} <= set(names), True, "tables, not views")

    more = studies.ask(world.folder / "study.db", """
study = optuna.load_study(study_name="rings", storage=storage, sampler=optuna.samplers.TPESampler(seed=1))
def objective(trial):
    lr = trial.suggest_float("optimizer.lr", 1e-4, 1e-1, log=True)
    trial.report(lr, 1)
    return lr + trial.suggest_int("model.latent", 1, 6) + len(trial.suggest_categorical("model.activation",
                                                                                        ["relu", "tanh"]))
study.optimize(objective, n_trials=5)
answer([told(t) for t in study.trials])""")
    check(more[:5], live, "the first five")
    check([(t["number"], t["state"]) for t in more[5:]], [(n, "COMPLETE") for n in range(5, 10)], "five more")

    code, _, error = world.run("export", "optuna", "rings", "-o", "study.db")
    check((code, error), (2, "ubp: -o: study.db: is there already: an export goes to a new file\n"), "again")
    check(world.run("db", "optuna", "off")[0], 0, "off")
    check(world.run("export", "optuna", "-o", "all.db", *versions)[0], 0, "all sweeps")
    failing = studies.ask(world.folder / "all.db", studies.TRIALS, "failing")
    check([t["state"] for t in failing], ["COMPLETE", "FAIL"], "states")
    check(studies.ask(world.folder / "all.db", studies.TRIALS, "rings"), live, "the same trials among all")
    for words, sentence in ((["-o", "no/study.db"], "-o: no/study.db: cannot be written: there is no folder 'no' to "
                             "write to"), ([], "export optuna: -o FILE is missing: what to write"),
                            (["-o", "x.db", "--where", "lr > 0"],
                             "export optuna: takes no --where, but --output and --for")):
        check(world.run("export", "optuna", "rings", *words), (2, "", f"ubp: {sentence}\n"), words)
    check(world.run("export", "csv", "-o", "x.csv")[2],
          "ubp: export csv: takes no --output, but --what and --where\n", "csv")
    print("Optuna read what was written, and went on")


if __name__ == "__main__":
    main()
