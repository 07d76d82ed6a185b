#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp tail` tells every point of a trial that runs, once, until it ends: tests/follow/tailed.py UBP"""
import pathlib
import re
import signal
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPEC = small("steps = STEPS\nlog_every = 10")


def steps_of(out):
    return [int(number) for number in re.findall(r"^step (\d+)", out, re.MULTILINE)]


def started(world, *words):
    process = world.popen("sweep", "spec.toml", "-j", "1", *words)
    while world.run("sql", "SELECT 1 FROM metrics")[1].strip() == "":
        check(process.poll(), None, "the sweep ended before a point was seen")
    return process


def of_a_running_one(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("STEPS", "20000"))
    process = started(world)
    tail = world.popen("tail", "1", "-n", "1000000")
    out, error = tail.communicate(timeout=100)
    process.communicate()
    check((tail.returncode, process.returncode), (0, 0), error)
    recorded = [row["step"] for row in world.rows("SELECT DISTINCT step FROM metrics ORDER BY step")]
    check(steps_of(out), recorded, "the steps that were told")
    loss = world.rows("SELECT value FROM metrics WHERE metric = 'train.loss' ORDER BY step DESC LIMIT 1")[0]["value"]
    check(f"train.loss {loss:.6g}" in out.splitlines()[-1], True, out.splitlines()[-1])
    check("trial 1 'rings/0.0': COMPLETE, value " in error, True, error)


def of_one_that_has_ended(ubp):
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("STEPS", "100"))
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    log = next(world.folder.glob("ubp.db.files/*/0-0/log.txt"))
    log.write_text("".join(f"line {i}\n" for i in range(5)))
    code, out, error = world.run("tail", "rings/0.0", "-n", "3")
    check(code, 0, error)
    check(steps_of(out), [80, 90, 100], "the last steps")
    check([line for line in out.splitlines() if line.startswith("log: ")],
          ["log: line 2", "log: line 3", "log: line 4"], "the last lines of its log")
    world.run("run", "spec.toml", "optimizer.lr=1e300")
    code, out, error = world.run("tail", "2")
    check((code, "FAILED: numeric: " in error), (0, True), error)
    check(world.run("tail", "9")[0], 4, "no such trial")


def of_nobody(ubp):
    """A trial that waits for nobody is not waited for; an interruption ends the one that watches, and no other."""
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("STEPS", "1000000"))
    process = started(world)
    tail = world.popen("tail", "1")
    check(tail.stdout.readline().startswith("step "), True, "the first line")
    tail.send_signal(signal.SIGINT)
    tail.communicate()
    check(tail.returncode, -signal.SIGINT, "the one that watches")
    check(process.poll(), None, "the sweep")
    process.send_signal(signal.SIGTERM)
    process.communicate()
    code, _, error = world.run("tail", "1")
    check((code, error), (4, "trial 1 'rings/0.0': waits, and no process writes the database\n"), "one that waits")


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    of_a_running_one(ubp)
    of_one_that_has_ended(ubp)
    of_nobody(ubp)
    print("every point was told, once, until the end")


if __name__ == "__main__":
    main()
