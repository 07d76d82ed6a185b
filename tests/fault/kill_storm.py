# SPDX-License-Identifier: MIT
"""kill -9 of the coordinator, of a trial, of both, or of the server that forks trials, at random moments, until the
sweep is through: nothing is lost, nothing is there twice, and the digest of the results equals that of a sweep that
nobody disturbed.

Run it alone for a longer storm:
kill_storm.py --ubp build/release/bin/ubp --plugins build/release/tests/fault/plugins --rounds 30
"""
import os
import random
import signal
import time

from interrupt import SWEEP, VALUES, digest
from support import World, arguments, check

STORM = SWEEP.replace("checkpoint_seconds = 60", "checkpoint_seconds = 0.02")


def trials_of(pid, verb=b"worker"):
    """The trial processes of a coordinator, or its children of another verb."""
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            for child in file.read().split():
                with open(f"/proc/{child}/cmdline", "rb") as words:
                    if verb in words.read().split(b"\0"):
                        found.append(int(child))
    except OSError:
        pass  # it has just ended
    return found


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def storm(args, seed):
    rng = random.Random(seed)
    world = World(args)
    spec = world.spec(STORM)
    kills = {"coordinator": 0, "trial": 0, "both": 0, "server": 0}
    for _ in range(200):
        process = world.popen("sweep", spec, "-j", "2", "-q", "--plugin-path", args.plugins)
        until = time.time() + rng.uniform(0.05, 1.0)
        while time.time() < until and process.poll() is None:
            time.sleep(0.005)
            if rng.random() < 0.02 and kills["trial"] < 3:  # one that is killed more than three times may fail
                victims = trials_of(process.pid)
                if victims:
                    kill(rng.choice(victims))
                    kills["trial"] += 1
            if rng.random() < 0.02:
                for server in trials_of(process.pid, b"__forks")[:1]:  # the others are about to become trials
                    kill(server)
                    kills["server"] += 1
        if process.poll() is None and sum(kills.values()) - kills["server"] < 12:
            victims = trials_of(process.pid) if rng.random() < 0.5 else []
            kill(process.pid)
            for victim in victims:
                kill(victim)
            kills["both" if victims else "coordinator"] += 1
            process.communicate()
            continue
        _, error = process.communicate(timeout=120)
        check(process.returncode, 0, f"seed {seed}: exit code: {error}")
        return world, kills
    raise SystemExit(f"seed {seed}: the sweep never came to its end")


def main():
    args = arguments([("--rounds", 3), ("--seed", 1)])
    calm = World(args)
    code, _, error = calm.sweep(calm.spec(STORM), "-j", "2", "-q")
    check(code, 0, error)
    for seed in range(args.seed, args.seed + args.rounds):
        world, kills = storm(args, seed)
        lost = world.rows("SELECT count(*) AS n FROM trials WHERE state = 'LOST'")[0]["n"]
        resumed = world.rows("SELECT count(*) AS n FROM trials WHERE resumed_from_step > 0")[0]["n"]
        print(f"seed {seed}: killed {kills}; {lost} attempts lost, {resumed} continued from a checkpoint", flush=True)
        check(world.rows(VALUES), calm.rows(VALUES), f"seed {seed}: values")
        check(digest(world), digest(calm), f"seed {seed}: digest")


if __name__ == "__main__":
    main()
