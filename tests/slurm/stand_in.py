# SPDX-License-Identifier: MIT
"""--runner slurm where there is no Slurm: a program in srun's place, which starts its task on this machine, after a
word of its own; one that dies in the middle of a line; and one whose task is killed before it speaks."""
import argparse
import os
import time

from runner import LEARNS, MISBEHAVES, pids
from world import World, check

SRUN = """#!/bin/sh
while case $1 in --*) true ;; *) false ;; esac do shift; done
echo "a site's prolog speaks"
exec "$@"
"""
DIES_ONCE = """#!/bin/sh
if mkdir "{once}" 2>/dev/null; then
  printf 'note\\t1\\tubp\\truns somewhere\\nprogress\\t5\\t0.5\\t1\\nending\\t{{"wait_sta'
  exit 0
fi
exec "{srun}" "$@"
"""
KILLED_ONCE = """#!/bin/sh
if mkdir "{once}" 2>/dev/null; then
  echo "srun: error: here: task 0: Killed" >&2
  exit 137
fi
exec "{srun}" "$@"
"""


def wait(what, happened, seconds=30):
    deadline = time.time() + seconds
    while not happened():
        if time.time() > deadline:
            raise SystemExit(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def world_with(args, text):
    world = World(args.ubp)
    (world.folder / "bin").mkdir()
    text = text.format(once=world.folder / "once", srun=world.folder / "bin/real")
    for name, content in (("srun", text), ("real", SRUN)):
        (world.folder / "bin" / name).write_text(content)
        (world.folder / "bin" / name).chmod(0o755)
    world.env["PATH"] = f"{world.folder / 'bin'}:{world.env['PATH']}"
    return world


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    parser.add_argument("--plugins", required=True)
    args = parser.parse_args()
    slurm = ["-q", "--runner", "slurm", "-j", "2"]
    here = World(args.ubp)
    check(here.run("sweep", here.spec(500), *LEARNS, "-q")[0], 0, "a sweep here")
    for text, lost in ((SRUN, 0), (DIES_ONCE, 1), (KILLED_ONCE, 1)):
        world = world_with(args, text)
        code, _, error = world.run("sweep", world.spec(500), *LEARNS, *slurm, "--files", world.folder / "elsewhere")
        check(code, 0, error)
        check(world.digest(), here.digest(), "digest")
        found = world.rows("SELECT reason, error FROM trials WHERE state = 'LOST'")
        check(found, [{"reason": "killed", "error": "killed from outside in its task of Slurm"}] * lost, "trials lost")
        for artifact in world.rows("SELECT path FROM artifacts"):
            check(artifact["path"].startswith("elsewhere/"), True, artifact["path"])
            check((world.folder / artifact["path"]).exists(), True, artifact["path"])

    # A trial that says nothing any more must not outlive who listens.
    world = world_with(args, SRUN)
    (world.folder / "loops.toml").write_text(MISBEHAVES.format('"loops"'))
    process = world.popen("sweep", world.folder / "loops.toml", *slurm, "--plugin-path", os.path.abspath(args.plugins))
    wait("a trial", lambda: pids("__relay", str(world.folder)))
    time.sleep(1)
    process.kill()
    process.communicate()
    wait("the trial of a dead coordinator to end", lambda: not pids("__relay", str(world.folder)))

    code, _, error = World(args.ubp).run("sweep", here.spec(500), "--runner", "slurm", "-q")
    check((code, "expected -j N" in error), (2, True), error)


if __name__ == "__main__":
    main()
