# SPDX-License-Identifier: MIT
"""What a trial may use up, and how often one that failed is tried again: within a sweep, across commands, counted."""
import re

from support import SPEC, World, arguments, check

ATTEMPTS = ("SELECT json_extract(params, '$.\"objective.how\"') AS how, attempt, state, reason, error, value "
            "FROM trials ORDER BY config, replicate, attempt")


def swept(world, hows, more=""):
    return world.spec(SPEC + more + f'[sweep.space]\n"objective.how" = {hows}\n')


def attempts(world):
    found = {}
    for row in world.rows(ATTEMPTS):
        found.setdefault(row["how"], []).append((row["state"], row["reason"]))
    return found


def stalls(args):
    world = World(args)
    code, _, error = world.sweep(swept(world, ["loops", "behaves"], 'trial_stall = "2s"\n'), "-j", "2")
    check(code, 3, error)
    check(attempts(world), {"loops": [("FAILED", "stalled")], "behaves": [("COMPLETE", None)]}, "attempts")
    sentence = world.rows("SELECT error FROM failures")[0]["error"]
    check(sentence, "no step for 2 s; stopped in misbehaving.loss, stage 0, step 5", "sentence")


def tries_again(args):
    world = World(args)
    hows = ["behaves", "fails_once", "aborts", "throws", "nan"]
    spec = swept(world, hows, "retries = { any = 1, plugin = 0 }\n")
    code, _, error = world.sweep(spec, "-j", "2")
    check(code, 3, error)
    again = re.findall(r"failed: abort: aborted in misbehaving.loss, stage 0, step 5; tried again\n", error)
    check(len(again), 2, error)
    check("2 of 5 trials complete, 3 failed" in error, True, error)
    once = {"behaves": [("COMPLETE", None)], "fails_once": [("FAILED", "abort"), ("COMPLETE", None)],
            "aborts": [("FAILED", "abort")] * 2, "throws": [("FAILED", "plugin")], "nan": [("FAILED", "numeric")]}
    check(attempts(world), once, "attempts")
    values = world.rows("SELECT DISTINCT value FROM trials WHERE state = 'COMPLETE'")
    check(len(values), 1, "a trial that was tried again has the result of its seed")
    check(world.sweep(spec, "-j", "2")[0], 3, "the same command again")
    check(attempts(world), once, "attempts after the same command again")
    code, _, error = world.sweep(spec, "sweep.retries.abort=2", "sweep.retries.numeric=1", "-q")
    check(code, 3, error)
    check(attempts(world), {**once, "aborts": [("FAILED", "abort")] * 3, "nan": [("FAILED", "numeric")] * 2},
          "attempts of a sweep that may try more often")
    check(world.run("db", "check")[0], 0, "db check")


def counts_what_failed_in_the_end(args):
    world = World(args)
    more = 'retries = 1\nmax_failures = "1"\nreplicates = 4\n'
    code, _, error = world.sweep(swept(world, ["fails_once"], more), "-j", "1", "-q")
    check(code, 0, error)
    check("4 of 4 trials complete" in error, True, error)
    world = World(args)
    code, _, error = world.sweep(swept(world, ["fails_once"], 'max_failures = "1"\nreplicates = 4\n'), "-j", "1", "-q")
    check(code, 3, error)
    check("no further trial was started: 1 trials have failed" in error, True, error)


def main():
    args = arguments()
    stalls(args)
    tries_again(args)
    counts_what_failed_in_the_end(args)
    print("a trial that stalls is ended; what failed is tried again as often as its class allows")


if __name__ == "__main__":
    main()
