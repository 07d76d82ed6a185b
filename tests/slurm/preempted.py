# SPDX-License-Identifier: MIT
"""SIGTERM and SIGUSR1, sent to ubp or to every process of a job, lead to checkpoints and to 75; what continues ends
with the numbers of a sweep that nobody disturbed."""
import os
import signal
import sys
import time

from world import World, check, trials_of

SIGNALS = (signal.SIGTERM, signal.SIGUSR1)


def preempted(world, signal_number, everybody, *words):
    """Runs ubp until a trial is under way, then sends the signal."""
    process = world.popen(*words)
    deadline = time.time() + 60
    running = "SELECT 'under way' AS x FROM metrics JOIN trials USING (trial_id) WHERE state = 'RUNNING' LIMIT 1"
    while "under way" not in world.run("sql", running)[1]:  # the database comes and grows
        assert time.time() < deadline and process.poll() is None, process.communicate()
        time.sleep(0.02)
    for pid in [process.pid] + (trials_of(process.pid) if everybody else []):
        os.kill(pid, signal_number)
    _, error = process.communicate(timeout=300)
    check(process.returncode, 75, f"exit code after {signal_number!r}: {error}")
    check(world.rows("SELECT DISTINCT state FROM trials WHERE state NOT IN ('QUEUED', 'COMPLETE')"), [], "states")


def main():
    whole = World(sys.argv[1])
    spec = whole.spec(steps=80000)
    check(whole.run("sweep", spec, "-j", "2", "-q")[0], 0, "exit code")
    for number in SIGNALS:
        for everybody in (False, True):
            world = World(sys.argv[1])
            spec = world.spec(steps=80000)
            preempted(world, number, everybody, "sweep", spec, "-j", "2", "-q")
            preempted(world, number, everybody, "resume", "-j", "2", "-q")
            check(world.run("resume", "-j", "2", "-q")[0], 0, "exit code of the last")
            resumed = world.rows("SELECT count(*) AS n FROM trials WHERE resumed_from_step > 0")[0]["n"]
            check(resumed > 0, True, "trials that continued from a checkpoint")
            check(world.digest(), whole.digest(), f"digest after {number!r}")
        world = World(sys.argv[1])
        preempted(world, number, False, "run", world.spec(steps=600000), "-q")


if __name__ == "__main__":
    main()
