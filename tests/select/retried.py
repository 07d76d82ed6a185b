#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp resume --retry FILTER` gives another attempt to those that have failed and match, and to no other trial."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import SPEC, World, arguments, check  # noqa: E402

LEARNS = 'sampler = "tpe"\nconfigs = 10\ndeterministic = true\nreplicates = 1\n'


def attempts(world):
    """By what it does: the states of its attempts."""
    by = {}
    for row in world.rows("SELECT json_extract(params, '$.\"objective.how\"') AS how, state, reason FROM trials "
                          "ORDER BY config_id, replicate, attempt"):
        by.setdefault(row["how"], []).append((row["state"], row["reason"]))
    return by


def resumed(world, *words):
    return world.run("resume", "fault", *words, "--plugin-path", world.args.plugins, "-q")


def some(args):
    world = World(args)
    spec = world.spec(SPEC + 'name = "fault"\n[sweep.space]\n"objective.how" = ["behaves", "fails_once", "aborts", '
                      '"throws", "nan"]\n')
    check(world.sweep(spec, "-j", "2", "-q")[0], 3, "a sweep with failures")
    before = attempts(world)
    check({how: len(all) for how, all in before.items()},
          {"behaves": 1, "fails_once": 1, "aborts": 1, "throws": 1, "nan": 1}, "attempts")
    code, _, error = resumed(world, "--retry", "reason = abort")
    check(code, 3, error)
    check(error.splitlines()[0], "failed trials that run again: 2", error)
    once = dict(before, fails_once=[("FAILED", "abort"), ("COMPLETE", None)], aborts=[("FAILED", "abort")] * 2)
    check(attempts(world), once, "attempts after those of one class were retried")
    check(resumed(world, "--retry", "how = throws or state = complete")[0], 3, "by a parameter")
    once["throws"] = [("FAILED", "plugin")] * 2
    check(attempts(world), once, "a complete trial that matches does not run again")
    check(resumed(world)[0], 3, "resume alone")
    check(attempts(world), once, "resume alone retries nothing")
    for words, code, sentence in (
            (["--retry", "state = complete"], 4, "sweep 1 'fault': none of its 3 failed trials matches: "
             "state = complete"),
            (["--retry", "resaon = abort"], 2, "filter, character 1: no parameter, metric or column is called "
             "'resaon'; did you mean 'reason'?"),
            (["--retry", "reason = abort", "--retry-failed"], 2, "resume: found --retry and --retry-failed, which is "
             "--retry of all: expected one of them")):
        check(resumed(world, *words), (code, "", f"ubp: {sentence}\n"), words)
    # Of two attempts the last one counts: the first of `fails_once` had failed, too.
    check(resumed(world, "--retry", "reason = abort and attempt = 0")[0], 4, "an earlier attempt")
    check(attempts(world), once, "refused")
    check(world.run("db", "check")[0], 0, "db check")


def learning(args):
    """What a sampler proposed stays proposed; continued once more, the sweep asks for nothing new."""
    world = World(args)
    spec = world.spec(SPEC + 'name = "fault"\n' + LEARNS + '[sweep.space]\n"objective.how" = ["behaves", '
                      '"fails_once", "throws"]\n"optimizer.lr" = "1e-3..1e-1:log"\n')
    check(world.sweep(spec, "-j", "2", "-q")[0], 3, "a sweep that learns, with failures")
    configs = "SELECT number, params, told FROM config ORDER BY number"
    proposed = world.rows(configs)
    failed = world.rows("SELECT name FROM trials WHERE reason = 'abort' ORDER BY trial_id")
    check(len(failed) > 0, True, "nothing failed once")
    resumed(world, "--retry", "reason = abort")
    check(world.rows(configs), proposed, "configs")
    check(world.rows("SELECT name FROM trials WHERE attempt = 1 AND state = 'COMPLETE' ORDER BY trial_id"), failed,
          "those that were retried")
    count = "SELECT count(*) AS n FROM trials"
    n = world.rows(count)
    resumed(world)
    check((world.rows(count), world.rows(configs)), (n, proposed), "continued once more")
    check(world.run("db", "check")[0], 0, "db check")


def goes_on(args):
    """A sweep that stopped at its failures proposes the same points once those ran again, for any number of slots."""
    worlds = [World(args), World(args), World(args)]
    more = ('max_failures = "2"\n[sweep.space]\n"objective.how" = ["behaves", "fails_once"]\n'
            '"optimizer.lr" = "1e-3..1e-1:log"\n')
    text = SPEC + 'name = "fault"\n' + LEARNS.replace("10", "16") + more
    check(worlds[0].sweep(worlds[0].spec(text), "-j", "1", "-q")[0], 3, "a sweep that stops at its failures")
    configs = "SELECT number, params, told FROM config ORDER BY number"
    before = worlds[0].rows(configs)
    found = []
    for world, jobs in zip(worlds[1:], "14"):
        for name in ("ubp.db", "ubp.db.files"):
            source = worlds[0].folder / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, world.folder / name)
        while resumed(world, "--retry", "reason = abort", "-j", jobs)[0] == 3:
            pass
        found.append(world.rows(configs))
        check(world.rows("SELECT count(*) AS n FROM trials WHERE state = 'COMPLETE'"), [{"n": 16}], "complete")
    check(len(before) < 16, True, "it did not stop")
    check(found[0][:len(before)], before, "what had been proposed")
    check(found[1], found[0], "configs, by one slot and by four")


def main():
    args = arguments()
    some(args)
    learning(args)
    goes_on(args)
    print("those that had failed and matched ran again, and no other")


if __name__ == "__main__":
    main()
