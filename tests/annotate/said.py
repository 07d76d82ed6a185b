#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp tag` and `ubp note`, also while a sweep runs: tests/annotate/said.py UBP"""
import json
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPEC = small("steps = 20", '[sweep.space]\n"optimizer.lr" = [1e-3, 2e-3, 3e-3]\n')


def says(text, *words):
    for word in words:
        check(word in text, True, f"'{word}' in: {text}")


def tags(world, *words):
    code, out, error = world.run("tag", *words, "--format", "json")
    check(code, 0, error)
    return [(row["name"], row["tag"]) for row in json.loads(out)]


def at_rest(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC)
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    digest = world.run("db", "check")[1]
    one, two = "trial 1 'rings/0.0'", "trial 2 'rings/1.0'"
    check(tags(world, "1", "rings/1.0", "+keep", "+odd"),
          [(one, "keep"), (one, "odd"), (two, "keep"), (two, "odd")], "tags of two")
    check(tags(world, "1", "-odd"), [(one, "keep")], "one taken away")
    check(tags(world, "rings", "+paper"), [("sweep 1 'rings'", "paper")], "of a sweep")
    check(tags(world, "1", "--sweep"), [("sweep 1 'rings'", "paper")], "of a sweep by its id")
    check(tags(world, "1"), [(one, "keep")], "asked for")
    check(world.rows("SELECT count(*) AS n FROM annotation")[0]["n"], 6, "what was said")
    tags(world, "1", "+keep")
    check(world.rows("SELECT count(*) AS n FROM annotation")[0]["n"], 6, "said again")
    check(world.run("note", "rings/0.0", "the first\nof all")[0], 0, "a note")
    check(world.run("note", "rings", "of the sweep")[0], 0, "a note")
    check([row["note"] for row in world.rows("SELECT note FROM notes ORDER BY written")],
          ["the first\nof all", "of the sweep"], "notes")
    out = world.run("show", "1")[1]
    says(out, "paper  sweep", "the first of all", "of the sweep")
    page = json.loads(world.run("show", "1", "--format", "json")[1])
    check([row["tag"] for row in page["tags"]], ["paper", "keep"], "the tags of a page")
    listing = json.loads(world.run("ls", "rings", "--format", "json")[1])
    check([row["tags"] for row in listing], ["keep", "keep,odd", None], "the tags of a listing")
    check([row["tags"] for row in json.loads(world.run("ls", "--format", "json")[1])], ["paper"], "of sweeps")
    check(world.run("db", "check")[1], digest, "the digest of the results")


def of_those_that_match(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC)
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    tagged = "SELECT name, tag FROM tags ORDER BY trial_id, tag"
    two = ["rings/1.0", "rings/2.0"]
    check(tags(world, "2", "+old"), [("trial 2 'rings/1.0'", "old")], "one")
    check(world.run("tag", "--where", "lr > 1e-3", "+big", "+old"),
          (0, "", "trials that match: 2; tags given: 3, taken away: 0\n"), "those that match")
    check([(r["name"], r["tag"]) for r in world.rows(tagged)], [(name, t) for name in two for t in ("big", "old")],
          "tags")
    check(world.run("tag", "--where", "tags.big", "-old"),
          (0, "", "trials that match: 2; tags given: 0, taken away: 2\n"), "taken away from those that have a tag")
    check([row["name"] for row in json.loads(world.run("tag", "--where", "tags.big", "--format", "json")[1])],
          ["trial 2 'rings/1.0'", "trial 3 'rings/2.0'"], "asked for")
    check(world.run("note", "--where", "lr > 1e-3", "large steps"),
          (0, "", "notes written: 2, one about each trial that matches\n"), "a note")
    check([(r["name"], r["note"]) for r in world.rows("SELECT name, note FROM notes ORDER BY trial_id")],
          [(name, "large steps") for name in two], "notes")
    said = world.rows("SELECT count(*) AS n FROM annotation")
    for words, code, sentence in (
            (["tag", "--where", "lr > 1", "+x"], 4, "tag: no trial matches: lr > 1"),
            (["note", "--where", "lr > 1", "text"], 4, "note: no trial matches: lr > 1"),
            (["tag", "1", "--where", "lr > 0", "+x"], 2, "tag: --where says which trials: found trial 1 'rings/0.0', "
             "too"),
            (["note", "1", "text", "--where", "lr > 0"], 2, "note: --where says which trials: found '1', too"),
            (["tag", "--where", "lrr > 0", "+x"], 2, "filter, character 1: no parameter, metric or column is called "
             "'lrr'; did you mean 'lr'?")):
        check(world.run(*words), (code, "", f"ubp: {sentence}\n"), words)
    check(world.rows("SELECT count(*) AS n FROM annotation"), said, "what was said")


def refused(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC)
    check(world.run("tag", "1", "+keep")[0], 2, "a database that is not there")
    check((world.folder / "ubp.db").exists(), False, "a database was made")
    world.run("sweep", "spec.toml")
    tags(world, "1", "+keep")
    for words, code, sentence in (
            (["tag", "1", "-kep"], 4, "tag: trial 1 'rings/0.0' has no tag 'kep'; did you mean 'keep'?"),
            (["tag", "1", "2", "--", "-x"], 4, "tag: none of them has no tag 'x'"),
            (["tag", "1", "+"], 2, "tag: found '+', expected +TAG: 1 to 100 bytes without blanks and commas"),
            (["tag", "1", "+a,b"], 2, "tag: found '+a,b', expected +TAG: 1 to 100 bytes without blanks and commas"),
            (["tag", "+keep"], 2, "tag: TRIAL|SWEEP is missing: what is to have the tags"),
            (["tag", "9", "+keep"], 4, "there is no trial 9: the last one is 3"),
            (["tag", "ring", "+keep"], 4, "there is no sweep 'ring'; did you mean 'rings'?"),
            (["note", "1", "  "], 2, "note: TEXT is empty: expected what to note")):
        found = world.run(*words)
        check(found, (code, "", f"ubp: {sentence}\n"), words)
    check(world.rows("SELECT count(*) AS n FROM annotation")[0]["n"], 1, "what was said")


def while_it_runs(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("steps = 20", "steps = 3000\nlog_every = 1"))
    process = world.popen("sweep", "spec.toml", "-j", "2")
    while world.run("sql", "SELECT 1 FROM trials WHERE state = 'RUNNING'")[1].strip() == "":
        check(process.poll(), None, "the sweep ended before a trial was seen")
    said = 0
    while process.poll() is None:
        check(world.run("tag", "rings/0.0", "rings", f"+n{said}")[0], 0, "a tag while a sweep runs")
        check(world.run("note", "2", f"note {said}")[0], 0, "a note while a sweep runs")
        said += 1
    check(process.communicate()[0] is not None and process.returncode, 0, "the sweep")
    check(said > 0, True, "nothing was said while it ran")
    check(len(world.rows("SELECT 1 FROM tags")), 2 * said, "tags")
    check(len(world.rows("SELECT 1 FROM notes")), said, "notes")
    check(world.run("db", "check")[1].splitlines()[0], "ok", "db check")
    check(world.rows("SELECT count(*) AS n FROM trials WHERE state = 'COMPLETE'")[0]["n"], 3, "complete trials")


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    at_rest(ubp)
    of_those_that_match(ubp)
    refused(ubp)
    while_it_runs(ubp)
    print("tags and notes were kept, and no record was touched")


if __name__ == "__main__":
    main()
