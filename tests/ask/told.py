#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A program that evaluates: what it is asked, what it tells, and what of it is recorded: tests/ask/told.py UBP"""
import json
import pathlib
import signal
import subprocess
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check  # noqa: E402

SPEC = """
[experiment]
name = "mine"
[program]
x = 1.0
layers = 2
kind = "wide"
flag = true
[sweep]
sampler = "tpe"
configs = 24
replicates = 2
metric = "loss"
goal = "minimize"
[sweep.space]
"program.x" = "-3.0..3.0"
"program.layers" = "1..8"
"program.kind" = ["wide", "deep"]
"program.momentum" = "0.5..0.99"
"""


def loss(params):
    return (params["x"] - 0.5) ** 2 + 0.1 * abs(params["layers"] - 3) + (0.3 if params["kind"] == "deep" else 0)


def ask(world, *words):
    code, out, error = world.run("ask", *words, "--json")
    if code == 4:
        return None
    check(code, 0, error)
    return json.loads(out)


def tell(world, trial, what):
    process = world.popen("tell", str(trial), "--json", stdin=subprocess.PIPE)
    out, error = process.communicate(json.dumps(what) if isinstance(what, dict) else what, timeout=60)
    return process.returncode, out, error


def converse(world):
    """The whole sweep, one trial at a time."""
    seen = []
    while (asked := ask(world, "mine.toml")) is not None:
        seen.append(asked)
        found = loss(asked["params"])
        told = {"metrics": {"loss": [[1, found + 1], [2, found]]}, "seconds": 2.5}
        code, out, error = tell(world, asked["trial"], told)
        check(code, 0, error)
        check(json.loads(out)["state"], "COMPLETE", out)
    return seen


def refused(world, spec, expected, *words):
    world.spec(spec, "bad.toml")
    code, out, error = world.run("ask", "bad.toml", *words)
    check((code, out), (2, ""), error)
    check(expected in error and error.count("\n") == 1, True, f"found {error!r}, expected {expected!r}")


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC, "mine.toml")
    seen = converse(world)
    check(len(seen), 48, "24 configs of 2 trials")
    check(len({(s["config"], s["seed"]) for s in seen}), 48, "each trial once")
    check({s["seed"] for s in seen if s["replicate"] == 0}.__len__(), 1, "replicate k has one seed in all configs")
    check(all(set(s["params"]) == {"x", "layers", "kind", "flag", "momentum"} and s["params"]["flag"] is True and
              isinstance(s["params"]["layers"], int) and 0.5 <= s["params"]["momentum"] <= 0.99 for s in seen), True,
          "parameters in their types")
    late = [loss(s["params"]) for s in seen[-16:]]
    early = [loss(s["params"]) for s in seen[:16]]
    check(sum(late) < 0.6 * sum(early), True, f"the sampler learns: {early} then {late}")

    check(world.rows("SELECT state, configs, complete, metric, goal FROM sweeps"),
          [{"state": "DONE", "configs": 24, "complete": 48, "metric": "loss", "goal": "minimize"}], "the sweep")
    check(world.rows("SELECT count(*) AS n FROM trials WHERE value IS NULL OR seconds <> 2.5 OR identity IS NOT NULL "
                     "OR cpu_seconds IS NOT NULL OR max_rss_mb IS NOT NULL"),
          [{"n": 0}], "values, times, no cost that nobody measured, and no identity that could be taken over")
    best = min(seen, key=lambda s: loss(s["params"]))
    code, out, error = world.run("best", "mine", "--format", "json")
    check(code, 0, error)
    check(json.loads(out)[0]["config"], best["config"], "the best config")
    for words in (["ls", "mine"], ["find", "program.x > 0 and kind = wide"], ["importance", "mine"],
                  ["compare", f"mine/{best['config']}", f"mine/{seen[0]['config']}"], ["show", "mine/0.0"],
                  ["plot", "history", "mine"], ["plot", "slice", "mine"], ["report", "mine"], ["export", "csv", "mine"],
                  ["report", "mine", "-o", "r.html"],
                  ["prune", "mine", "--pruner", "median"], ["diff", "mine/0.0", "mine/1.0"], ["db", "check"],
                  ["top"]):
        code, _, error = world.run(*words)
        check(code, 0, f"{words}: {error}")

    # Equal answers, equal questions.
    again = World(types.SimpleNamespace(ubp=ubp))
    again.spec(SPEC, "mine.toml")
    check([s["params"] for s in converse(again)], [s["params"] for s in seen], "the same conversation again")

    # What ubp cannot do with such a sweep, in a sentence.
    for words in (["sweep", "mine.toml"], ["run", "mine.toml", "program.x=1"], ["resume", "mine"],
                  ["reproduce", "mine/0.0"], ["confirm", "mine"]):
        code, out, error = world.run(*words)
        check((code, "ubp ask" in error or "nothing to resume" in error, error.count("\n")), (2, True, 1),
              f"{words}: {out}{error}")

    in_flight(ubp)
    mistakes(ubp)


def in_flight(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC, "mine.toml")
    one, two = ask(world, "mine.toml"), ask(world, "mine.toml")
    check(one["trial"] != two["trial"], True, "a trial is given once")
    check(world.rows("SELECT state, reason, count(*) AS n FROM trials GROUP BY 1, 2 ORDER BY 3"),
          [{"state": "QUEUED", "reason": "asked", "n": 2}], "what waits to be told")
    check(world.run("tell", str(one["trial"]), "--back")[0], 0, "given back")
    check(ask(world, "mine.toml")["trial"], one["trial"], "and given again")
    code, _, error = world.run("tell", str(one["trial"]), "--failed", "out of memory")
    check(code, 0, error)
    check(world.rows(f"SELECT state, error, value FROM trials WHERE trial_id = {one['trial']}"),
          [{"state": "FAILED", "error": "out of memory", "value": None}], "a failure")
    code, _, error = world.run("tell", str(one["trial"]), "0.5")
    check((code, "not told yet" in error), (2, True), error)
    series = {"metrics": {"loss": [[1, 0.9], [2, 0.4]], "accuracy": 0.75}}
    check(tell(world, two["trial"], series)[0], 0, "series")
    check(world.rows(f"SELECT metric, step, value FROM metrics WHERE trial_id = {two['trial']} ORDER BY 1, 2"),
          [{"metric": "accuracy", "step": 0, "value": 0.75}, {"metric": "loss", "step": 1, "value": 0.9},
           {"metric": "loss", "step": 2, "value": 0.4}], "as told")
    check(world.rows(f"SELECT value FROM trials WHERE trial_id = {two['trial']}"), [{"value": 0.4}], "its last")

    # No finite number of what is compared is a failure, and says so.
    for what, reason in (({"value": None}, "numeric"), ({"metrics": {"accuracy": 1}}, "missing")):
        asked = ask(world, "mine.toml")
        code, out, error = tell(world, asked["trial"], what)
        check((code, json.loads(out)["state"]), (3, "FAILED"), error)
        check(world.rows(f"SELECT reason FROM trials WHERE trial_id = {asked['trial']}"), [{"reason": reason}], "why")

    # A point of one's own, once; killed at any moment, nothing is lost.
    point = '{"x": 0.123456789, "layers": 3, "kind": "wide", "momentum": 0.9}'
    mine = ask(world, "mine.toml", "--point", point)
    check(mine["params"], dict(json.loads(point), flag=True), "it is not rounded")
    check(ask(world, "mine.toml", "--point", point)["replicate"], 1, "its second trial")
    check(ask(world, "mine.toml", "--point", point), None, "and no third")
    for _ in range(6):
        process = world.popen("ask", "mine.toml", "--json")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    check(world.run("db", "check")[0], 0, "the database after kills")
    rest = 0
    while (asked := ask(world, "mine.toml")) is not None:
        rest += 1
        tell(world, asked["trial"], {"value": loss(asked["params"])})
    check(rest > 30, True, f"the sweep goes on: {rest}")


def mistakes(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    refused(world, SPEC + '[model]\nuse = "autoencoder"\n', "model: trials of [program] are run by a program")
    refused(world, SPEC + "[train]\nepochs = 3\n", "train.epochs: trials of [program]")
    refused(world, SPEC + '[sweep.pruner]\nuse = "median"\n', "sweep.pruner.use: trials of [program]")
    refused(world, SPEC.replace('goal = "minimize"\n', ""), "sweep.goal: missing")
    refused(world, SPEC.replace("x = 1.0", "x = [1.0, 'a']"), "program.x: found")
    refused(world, SPEC.replace("x = 1.0", "use = 1.0"), "found the name 'use'")
    refused(world, SPEC.replace("[program]", "[programme]"), "no table 'programme'; did you mean 'program'?")
    refused(world, SPEC.replace("x = 1.0", 'x = "a"'), "program.x")
    refused(world, SPEC.replace('"program.momentum"', '"program.momentum.a"'), "program.momentum.a: found 3 names")
    refused(world, SPEC, "'y' is no parameter of the space; there are", "--point", '{"y": 1}')
    refused(world, SPEC, "--point: program.x: 9", "--point", '{"x": 9}')
    refused(world, SPEC, "program.momentum: missing", "--point", '{"x": 0.5}')
    refused(world, SPEC, "--point: found 'x=3', expected a JSON object", "--point", "x=3")
    refused(world, SPEC.replace("tpe", "random"), "--point: it is none of the 24 configs", "--point",
            '{"x": 3.0, "layers": 1, "kind": "deep", "momentum": 0.75}')
    check((world.folder / "ubp.db").exists(), True, "the last of them was refused by the sweep, and not by the spec")
    check(world.rows("SELECT count(*) AS n FROM trials WHERE state <> 'QUEUED' OR reason IS NOT NULL"), [{"n": 0}],
          "nothing of them runs")
    world.spec(SPEC, "mine.toml")
    asked = ask(world, "mine.toml")
    trial = str(asked["trial"])
    for words, expected in ((["tell", trial], "found no result"), (["tell", trial, "abc"], "expected a number"),
                            (["tell", trial, "=3"], "expected VALUE or NAME=VALUE"),
                            (["tell", "99", "1"], "99"), (["tell", trial, "1", "2"], "two values of step 0"),
                            (["tell", trial, "1", "--back"], "--back: found results"),
                            (["tell", trial, "1", "--seconds", "-1"], "seconds: found -1"),
                            (["tell", trial, "--failed", " "], "found no sentence")):
        code, out, error = world.run(*words)
        check((code in (2, 4), expected in error, error.count("\n")), (True, True, 1), f"{words}: {error}")
    for text, expected in (("", "expected a JSON object"), ("[1]", "expected a JSON object"),
                           ('{"value": NaN}', "a number that is none is null"),
                           ('{"valu": 1}', "did you mean 'value'?"), ('{"value": "1"}', "expected a number"),
                           ('{"metrics": 3}', "expected an object of series"),
                           ('{"metrics": {"loss": [[1, 2, 3]]}}', "expected [step, value]"),
                           ('{"metrics": {"loss": [[1, 2], [1, 3]]}}', "two values of step 1"),
                           ('{"metrics": {"a\\nb": 1}}', "expected that of a series")):
        code, out, error = tell(world, trial, text)
        check((code, expected in error, error.count("\n"), out), (2, True, 1, ""), f"{text}: {error}")
    check(world.rows(f"SELECT state, reason FROM trials WHERE trial_id = {trial}"),
          [{"state": "QUEUED", "reason": "asked"}], "nothing of that was recorded")


main()
