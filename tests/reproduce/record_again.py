#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp reproduce` comes to the bits of the record, and names what is not as it was: record_again.py UBP"""
import json
import pathlib
import random
import shutil
import sqlite3
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check  # noqa: E402

SPEC = """
[dataset]
use  = "csv"
file = "table.csv"
[model]
use    = "autoencoder"
hidden = [8]
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-3
[train]
steps = 20
batch = 10
log_every = 1
[[metric]]
use = "reconstruction_error"
[artifacts]
curves = true
[sweep]
metric     = "train.mse"
replicates = 2
[sweep.space]
"optimizer.lr" = [1e-3, 1e-2]
"""


def table(factor):
    words = random.Random(1)
    rows = ["a,b,c"] + [",".join(f"{factor * words.gauss(0, 1):.6f}" for _ in range(3)) for _ in range(60)]
    return "\n".join(rows) + "\n"


def world_of(ubp, *words):
    world = World(types.SimpleNamespace(ubp=ubp, plugins="/nowhere"))
    home = pathlib.Path(ubp).parent.parent / "lib/ubp/plugins/objectives/reconstruction.so"
    folder = world.folder / "plugins/objectives"
    folder.mkdir(parents=True)
    shutil.copy(home, folder)
    world.env["UBP_PLUGIN_PATH"] = str(world.folder / "plugins")
    world.env["TMPDIR"] = str(world.folder / "scratch")
    (world.folder / "scratch").mkdir()
    world.spec(SPEC)
    (world.folder / "table.csv").write_text(table(1))
    code, _, error = world.run("sweep", "spec.toml", *words)
    check(code, 0, error)
    return world


def content(world):
    with sqlite3.connect(world.folder / "ubp.db") as db:
        return list(db.iterdump())


def says(text, *words):
    for word in words:
        check(word in text, True, f"'{word}' in: {text}")


def equal(world, *words):
    """All that is said besides the verdict."""
    code, out, error = world.run("reproduce", *words)
    check(code, 0, f"{words}: {error}{out}")
    lines = error.splitlines()
    says(lines[-1], ": equal: ", " metrics, ", " points")
    check("differs" in out, False, out)
    return "\n".join(lines[:-1])


def same_bits(ubp):
    world = world_of(ubp)
    before = content(world)
    files = sorted((world.folder / "ubp.db.files").rglob("*"))
    for trial in "1234":
        check(equal(world, trial), "", f"trial {trial} of an unchanged world")
    check(equal(world, "spec/1.1"), "", "a trial by its name")
    check(content(world), before, "the database")
    check(sorted((world.folder / "ubp.db.files").rglob("*")), files, "its files")
    check(list((world.folder / "scratch").iterdir()), [], "what is left of the runs")
    code, out, _ = world.run("reproduce", "1", "--format", "json")
    rows = {row["metric"]: row for row in json.loads(out)}
    check(rows["train.loss"]["points"], 20, "points of train.loss")
    check({row["verdict"] for row in rows.values()}, {"equal"}, "verdicts")
    check("train.seconds" in rows, False, "the wall clock is compared")
    value = world.rows("SELECT value FROM trials WHERE trial_id = 1")[0]["value"]
    check(rows["value"]["now"], value, "the objective's value")


def another_record(ubp):
    """The record says one bit more than the trial: found, in its place."""
    world = world_of(ubp)
    with sqlite3.connect(world.folder / "ubp.db") as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE metric SET value = value * (1 + 2e-16) WHERE trial_id = 2 AND step = 7 AND metric_id = "
                   "(SELECT metric_id FROM metric_name WHERE name = 'train.loss')")
        for _, sql in triggers:
            db.execute(sql)
    code, out, error = world.run("reproduce", "2", "--format", "json")
    check(code, 8, error)
    says(error, "differs: 1 of ", "first train.loss at step 7: ")
    row = next(row for row in json.loads(out) if row["metric"] == "train.loss")
    check((row["verdict"], row["step"]), ("differs", 7), "the first difference")
    check(row["recorded"] == row["now"], False, "values that differ")


def another_plugin(ubp):
    world = world_of(ubp)
    plugin = world.folder / "plugins/objectives/reconstruction.so"
    fresh = plugin.with_suffix(".fresh")
    fresh.write_bytes(plugin.read_bytes() + b"x")
    fresh.chmod(0o755)
    fresh.rename(plugin)
    said = equal(world, "1")
    says(said, "objective 'reconstruction'", str(plugin), "differs from the record: recorded ")
    check(said.count("differs from the record"), 1, said)
    plugin.unlink()
    world.env["UBP_PLUGIN_PATH"] = ""
    check(equal(world, "1"), "", "the plugin of the program itself, which is the one that was recorded")


def another_table(ubp):
    world = world_of(ubp)
    file = world.folder / "table.csv"
    text = file.read_text()
    at = text.index("\n") + 3
    file.write_text(text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1:])
    code, _, error = world.run("reproduce", "1")
    check(code, 8, error)
    says(error, f"data ({file}): differs from the record: recorded ", "differs: ")
    file.unlink()
    code, out, error = world.run("reproduce", "1")
    check((code, out), (2, ""), error)
    says(error, "table.csv is missing")


def another_spec(ubp):
    """A spec that is named is compared; the record is what runs."""
    world = world_of(ubp)
    check(equal(world, "1", "spec.toml"), "", "the spec that was recorded")
    world.spec(SPEC.replace("latent = 2", "latent = 3"), "spec.toml")
    said = equal(world, "1", "spec.toml")
    says(said, "spec model.latent (spec.toml): differs from the record: recorded 2, now 3: the record is used")
    check(equal(world, "1", "spec.toml", "model.latent=2"), "", "the spec as it was, by an override")
    world.spec(SPEC.replace("latent = 2", "latant = 2"), "spec.toml")
    says(equal(world, "1", "spec.toml"), "spec.toml:", "latant", "the record is used")


def another_program(ubp):
    world = world_of(ubp)
    program = pathlib.Path(ubp).read_bytes()
    prefix = world.folder / "other"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "lib").symlink_to(pathlib.Path(ubp).parent.parent / "lib")
    copy = prefix / "bin/ubp"
    copy.write_bytes(program + b"x")
    copy.chmod(0o755)
    world.args.ubp = str(copy)
    says(equal(world, "1"), f"ubp ({copy}): differs from the record: recorded ")


def other_kernels(ubp):
    world = world_of(ubp)
    with sqlite3.connect(world.folder / "ubp.db") as db:
        db.execute("DROP TRIGGER environment_update")
        db.execute("UPDATE environment SET blas = 'OpenBLAS of yesterday', cpu = 'a processor of yesterday'")
    says(equal(world, "1"), "BLAS: differs from the record: recorded OpenBLAS of yesterday, now ",
         "processor: differs from the record: recorded a processor of yesterday, now ")


def pruned_and_failed(ubp):
    """Of a trial that was cut short the series count that it has; one that failed fails again."""
    world = world_of(ubp, "sweep.pruner.use=promotion", "sweep.pruner.min_steps=4", "sweep.pruner.max_steps=20",
                     "sweep.pruner.eta=2", "sweep.deterministic=true", "-j", "1")
    states = {row["state"]: row["trial_id"] for row in world.rows("SELECT state, trial_id FROM trials")}
    check(equal(world, str(states["COMPLETE"])), "", "one that was promoted")
    check(equal(world, str(states["PRUNED"])), "", "one that was pruned")
    world.spec(SPEC[:SPEC.index("[sweep]")], "one.toml")
    code, _, error = world.run("run", "one.toml", "optimizer.lr=1e300")
    failed = world.rows("SELECT trial_id, state FROM trials ORDER BY trial_id DESC LIMIT 1")[0]
    check(failed["state"], "FAILED", error)
    check(equal(world, str(failed["trial_id"])), "", "one that failed")


def refusals(ubp):
    world = world_of(ubp)
    code, _, error = world.run("reproduce", "99")
    check((code, error), (4, "ubp: there is no trial 99: the last one is 4\n"), "no such trial")
    with sqlite3.connect(world.folder / "ubp.db") as db:
        db.execute("INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms) SELECT "
                   "sweep_id, config_id, replicate, 1, seed, 'QUEUED', 1 FROM trial WHERE trial_id = 1")
    code, _, error = world.run("reproduce", "5")
    check((code, "is QUEUED: expected one that has come to an end" in error), (2, True), error)


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    for part in (same_bits, another_record, another_plugin, another_table, another_spec, another_program, other_kernels,
                 pruned_and_failed, refusals):
        part(ubp)
    print("every trial came to the bits of its record, and what had changed was named")


if __name__ == "__main__":
    main()
