# SPDX-License-Identifier: MIT
"""Ctrl-C: trials checkpoint, the command says how to continue and exits 75; the continuation has the same results."""
import re
import signal
import time

from support import SPEC, World, arguments, check

STEPS = 3000
SWEEP = SPEC.replace("epochs             = 2", f"steps = {STEPS}")
SWEEP = SWEEP.replace("checkpoint_seconds = 0", "checkpoint_seconds = 60")
SWEEP = SWEEP.replace("log_every          = 1", "log_every = 10")
SWEEP = SWEEP.replace('use = "misbehaving"', 'use = "misbehaving"\nhow = "takes_its_time"')
SWEEP += 'replicates = 3\n[sweep.space]\n"optimizer.lr" = [0.1, 0.01]\n'
VALUES = "SELECT name, seed, value FROM trials WHERE state = 'COMPLETE' ORDER BY name"


def digest(world):
    code, out, error = world.run("db", "check")
    check(code, 0, "db check: " + error)
    return re.search(r"\b[0-9a-f]{64}\b", out + error).group(0)


def interrupted(args, kill_too):
    world = World(args)
    spec = world.spec(SWEEP)
    process = world.popen("sweep", spec, "-j", "2", "--plugin-path", args.plugins)
    deadline = time.time() + 60
    running = ("SELECT 'under way' AS x FROM metrics JOIN trials USING (trial_id) "
               "WHERE state = 'RUNNING' AND step > 100 LIMIT 1")
    while "under way" not in world.run("sql", running)[1]:  # the database comes and grows
        assert time.time() < deadline and process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    if kill_too:
        process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=60)
    if process.returncode == 0:
        return world, error  # it was faster than the signal
    check(process.returncode, 75, "exit code of an interrupted sweep: " + error)
    assert "ubp resume 1 --db" in error, error
    others = world.rows("SELECT count(*) AS n FROM trials WHERE state NOT IN ('QUEUED', 'COMPLETE')")
    check(others, [{"n": 0}], "states")
    return world, error


def main():
    args = arguments()
    whole = World(args)
    code, _, error = whole.sweep(whole.spec(SWEEP), "-j", "2")
    check(code, 0, error)
    for kill_too in (False, True):
        for _ in range(5):  # on a busy machine the signal may come when both trials are just through
            world, error = interrupted(args, kill_too)
            code, _, error = world.run("resume", "-j", "2", "--plugin-path", args.plugins)
            check(code in (0, 4), True, "exit code of resume: " + error)
            resumed = world.rows("SELECT count(*) AS n FROM trials WHERE resumed_from_step > 0")[0]["n"]
            print(f"{'killed' if kill_too else 'stopped'}: {resumed} trials continued from a checkpoint")
            check(world.rows(VALUES), whole.rows(VALUES), "values after an interruption")
            check(digest(world), digest(whole), "digest after an interruption")
            if resumed > 0 or kill_too:
                break
        assert kill_too or resumed > 0, "no trial continued from a checkpoint"
    code, _, error = whole.run("resume")
    check(code, 4, "nothing to resume: " + error)


if __name__ == "__main__":
    main()
