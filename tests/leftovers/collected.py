#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp gc` removes what is ubp's and unnamed, and nothing else: tests/leftovers/collected.py UBP"""
import json
import os
import pathlib
import signal
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPEC = small("steps = STEPS\nlog_every = 1\ncheckpoint_seconds = 0\n[artifacts]\ncurves = true\nevery  = 1",
             '[sweep.space]\n"optimizer.lr" = [1e-3, 2e-3]\n')


def everything(world):
    return {str(path.relative_to(world.folder)) for path in world.folder.glob("ubp.db*/**/*") if path.is_file()}


def gc(world, *words):
    code, out, error = world.run("gc", *words, "--format", "json")
    check(code, 0, error)
    found = {str(pathlib.Path(row["file"]).relative_to(world.folder)): row for row in json.loads(out)}
    return found, error


def put(world, name, text="left over"):
    path = world.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return name


def at_rest(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("STEPS", "20"))
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    check(gc(world), ({}, "0 files, 0 bytes removed\n"), "nothing to collect")
    before = everything(world)
    identity = world.rows("SELECT substr(identity, 1, 12) AS i FROM sweeps")[0]["i"]
    trial, kept = f"ubp.db.files/{identity}/0-0", "kept/0123456789abcdef"
    ours = {put(world, f"{trial}/{kept}/old.png"), put(world, f"{trial}/checkpoint"), put(world, f"{trial}/x.new"),
            put(world, f"{trial}/{kept}/curves.png.new")}
    os.link(world.folder / trial / kept / "old.png", world.folder / trial / "old.png")
    ours.add(f"{trial}/old.png")
    ours.add(put(world, "ubp.db.part"))
    unknown = {put(world, f"ubp.db.files/ffffffffffff/0-0/{kept}/a.png"),
               put(world, "ubp.db.files/ffffffffffff/0-0/checkpoint")}
    others = {put(world, f"{trial}/thesis.txt"), put(world, f"{trial}/kept/mine.txt"),
              put(world, f"{trial}/kept/pictures/a.png"), put(world, "ubp.db.files/notes.txt"),
              put(world, "ubp.db.files/notes/0-0/checkpoint"), put(world, f"ubp.db.files/{identity}/notes/checkpoint"),
              put(world, "ubp.db.v3.bak"), put(world, "other.db.part")}
    (world.folder / trial / "checkpoint.new").symlink_to(world.folder / "spec.toml")
    everywhere = everything(world)

    found, error = gc(world, "--dry-run")
    check(set(found), ours | unknown, "what would be removed")
    check({row["removed"] for row in found.values()}, {"no"}, "removed by a dry run")
    check(found[f"{trial}/checkpoint"]["bytes"], 9, "its size")
    check(error, f"{len(ours)} files, {9 * len(ours)} bytes would be removed; 2 files of sweeps that are not in this "
                 "database are left alone\n", "the sum")
    check(everything(world), everywhere, "files after a dry run")

    found, _ = gc(world)
    check({name for name, row in found.items() if row["removed"] == "yes"}, ours, "what was removed")
    check(everything(world), everywhere - ours, "files")
    check(before <= everything(world), True, "files that records name")
    for name in others:
        check((world.folder / name).exists(), True, name)
    check((world.folder / trial / kept).exists(), False, "the folder of the version")
    check(set(gc(world)[0]), unknown, "what is left")


def while_it_runs(ubp):
    """Neither while a sweep writes, nor what a trial needs that was interrupted."""
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("STEPS", "100000").replace("every  = 1\n", ""))
    process = world.popen("sweep", "spec.toml", "-j", "1")
    checkpoints = lambda: list(world.folder.glob("ubp.db.files/*/*/checkpoint"))  # noqa: E731
    while not checkpoints():
        check(process.poll(), None, "the sweep ended before its first checkpoint")
    code, out, error = world.run("gc")
    check((code, out, "is being written by another ubp" in error), (6, "", True), error)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    check(process.returncode, 75, "the sweep")
    put(world, str(checkpoints()[0].relative_to(world.folder).parent / "x.new"))
    check(gc(world)[0], {}, "what an interrupted trial needs")
    check(len(checkpoints()), 1, "its checkpoint")


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    at_rest(ubp)
    while_it_runs(ubp)
    print("what nothing named was removed, and nothing else")


if __name__ == "__main__":
    main()
