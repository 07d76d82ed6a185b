#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `--where FILTER` says of a sweep is what is said of a database that lost all other trials of it.

chosen.py UBP. The other trials are deleted by SQL that knows nothing of filters.
"""
import html
import json
import pathlib
import shutil
import sqlite3
import sys
import types

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "fault"), str(ROOT / "figures")]
from drawn_sweep import ONE, SPEC, TWO  # noqa: E402
from support import World, check  # noqa: E402

KINDS = ("curves", "history", "slice", "contour", "parallel", "importance", "box", "ranks", "timeline", "embedding",
         "images")
BLOCKS = 'metric = "valid.mse"\nblocks = ["model.latent"]\n[sweep.space]'


def asked(world, *words):
    code, out, error = world.run(*words, "--format", "json")
    check(code, 0, f"{words}: {error}")
    return json.loads(out)


def halve(world, sweep, file):
    """A filter that the best config and a few others do not match, and a database without what does not match it."""
    best, *others = (row["config"] for row in world.rows(
        f"SELECT config FROM leaderboard WHERE sweep = '{sweep}' ORDER BY rank"))
    shutil.copy(world.folder / "ubp.db", world.folder / file)
    db = sqlite3.connect(world.folder / file)
    for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    gone = db.execute("""DELETE FROM trial WHERE sweep_id = (SELECT sweep_id FROM sweep WHERE name = ?1) AND trial_id IN
        (SELECT trial_id FROM trials WHERE config IN (?2, ?3) OR (config = ?4 AND replicate = 1))""",
                      (sweep, best, others[2], others[0])).rowcount
    check(gone, 5, "trials that are deleted")
    db.commit()
    db.close()
    return f"config not in [{best}, {others[2]}] and not (config = {others[0]} and replicate = 1)"


def everywhere(world):
    where = halve(world, "one", "less.db")
    less = ("--db", str(world.folder / "less.db"))
    for kind in KINDS:
        words = ("plot", kind, "one")
        found = asked(world, *words, "--where", where)
        check(found, asked(world, *words, *less), kind)
        check(found == asked(world, *words), False, f"{kind}: the filter changes nothing")
    for verb in ("best", "importance"):
        found = asked(world, verb, "one", "--where", where)
        check(found, asked(world, verb, "one", *less), verb)
        check(found == asked(world, verb, "one"), False, f"{verb}: the filter changes nothing")
    check(asked(world, "best", "one", "--where", where, "--test"), asked(world, "best", "one", *less, "--test"), "test")
    check(world.run("best", "one", "--where", where)[2].splitlines()[0],
          f"19 of 24 trials of sweep 1 count: {where}", "what is said of the filter")

    # By SQL alone, for one figure and the leaderboard.
    rows = world.rows("SELECT name, value FROM trials WHERE sweep = 'one' ORDER BY finished, trial_id")
    numbers = {row["name"] for row in asked(world, "ls", "one", "--where", where)}
    history = asked(world, "plot", "history", "one", "--where", where)
    check([(r["trial"], r["value"]) for r in history], [(r["name"], r["value"]) for r in rows if r["name"] in numbers],
          "history")

    code, text, _ = world.run("report", "one", "--where", where)
    other = world.run("report", "one", *less)[1]
    check(code, 0, "report")
    said = f" Only trials that match count here: {where}"
    check(text.count(said), 1, text)
    check(text.replace(said, ""), other, "report")
    check(world.run("report", "one", "--where", where, "-o", "a.html")[0], 0, "a page")
    check(world.run("report", "one", *less, "-o", "b.html")[0], 0, "a page")
    page, expected = (html.unescape((world.folder / name).read_text()) for name in ("a.html", "b.html"))
    check(page.count(f" --where '{where}'"), len(KINDS) + 1, "commands of the page that carry the filter")
    check(page.replace(f" --where '{where}'", "").replace(said, ""), expected, "the page")

    where = halve(world, "two", "fewer.db")
    check(asked(world, "plot", "pareto", "two", "--where", where),
          asked(world, "plot", "pareto", "two", "--db", str(world.folder / "fewer.db")), "pareto")
    check(asked(world, "best", "two", "--where", where, "-k", "0"),
          asked(world, "best", "two", "--db", str(world.folder / "fewer.db"), "-k", "0"), "several objectives")
    check(world.run("report", "two", "--where", where)[0], 0, "report")

    where = "replicate = 0 or latent = 2"
    for words in (("plot", "ranks", "blocks"), ("best", "blocks")):
        check(asked(world, *words) == asked(world, *words, "--where", where), False, f"{words}: nothing changes")
    means = {(r["latent"], r["lr"]): r["mean"] for r in world.rows(
        "SELECT params ->> '$.\"model.latent\"' AS latent, params ->> '$.\"optimizer.lr\"' AS lr, avg(value) AS mean "
        "FROM trials WHERE sweep = 'blocks' AND (replicate = 0 OR params ->> '$.\"model.latent\"' = 2) GROUP BY 1, 2")}
    for row in asked(world, "best", "blocks", "--where", where):
        lr = row["params"]["optimizer.lr"]
        mean = (means[2, lr] + means[3, lr]) / 2
        check(abs(row["mean"] - mean) < 1e-12 * abs(mean), True, f"{row}: expected a mean of {mean}")


def formats(world):
    for kind in ("md", "latex"):
        code, out, error = world.run("plot", "box", "one", "--format", kind)
        first = {"md": "|config|n|", "latex": "\\begin{tab"}[kind]
        check((code, out.splitlines()[0].replace(" ", "")[:len(first)]), (0, first), error)
    for sign in ("tabl", "jsonl"):
        check(world.run("plot", "box", "one", "--format", sign)[:2], (2, ""), sign)


def refused(world):
    for words, code, sentence in (
            (["plot", "box", "one", "--where", "lr >"], 2, "filter, character 5: "),
            (["best", "one", "--where", "latnet = 2"], 2, "filter, character 1: no parameter, metric or column is "
             "called 'latnet'; did you mean 'latent'?"),
            (["report", "one", "--where", "latent = 7"], 4, "sweep 1 'one': no trial matches: latent = 7"),
            (["importance", "one", "--where", "config < 3"], 4, "sweep 1 'one': 3 configs have a value: "),
            (["plot", "curves", "one/0.0", "--where", "latent = 2"], 2,
             "--where selects among the trials of a sweep: found the trial one/0.0"),
            (["plot", "history", "one", "--where", "state = failed"], 4, "sweep 1 'one': no trial matches: ")):
        found, out, error = world.run(*words)
        check((found, out), (code, ""), words)
        check(error.splitlines()[-1].startswith("ubp: " + sentence), True, error)


def main():
    world = World(types.SimpleNamespace(ubp=str(pathlib.Path(sys.argv[1]).resolve())))
    for name, space in (("one", ONE), ("two", TWO), ("blocks", BLOCKS)):
        text = SPEC.replace("SPACE", space).replace('"drawn"', f'"{name}"')
        if name == "blocks":
            text = text.replace('sampler    = "random"\nconfigs    = 12\n', "")
            text = text.replace('"1e-4..1e-1:log"', "[1e-3, 1e-2, 1e-1]")
        world.spec(text, f"{name}.toml")
        check(world.run("sweep", f"{name}.toml", "-q")[0], 0, name)
    everywhere(world)
    formats(world)
    refused(world)
    print("one filter selects the same trials for every figure, report and leaderboard")


if __name__ == "__main__":
    main()
