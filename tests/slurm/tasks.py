# SPDX-License-Identifier: MIT
"""ubp slurm submit: an array whose tasks are queued again, told to stop and killed, and the merge behind it, come to
the sweep that one machine runs; shards are merged again, in other orders."""
import argparse
import itertools
import os
import signal
import sys
import time

from cluster import Cluster, Skip
from runner import pids
from world import World, check

STEPS = 60000


def submitted(world, cluster):
    """The array's job, and the folder of its shards."""
    code, out, error = world.run("slurm", "submit", world.spec(STEPS), "--tasks", "4", "--slurm-args", "--time=5")
    check(code, 0, error)
    return out.split()[0], next((world.folder / "ubp.db.shards").glob("*"))


def wait_for_task(cluster, world, shards, task):
    """Until it has something to lose."""
    cluster.wait(f"task {task} to be under way",
                 lambda: pids("ubp worker") and pids(f"__share {shards} {task} ") and
                 list(world.folder.glob(f"ubp.db.shards/*/{task}.db.files/*/*/checkpoint*")))


def parent_of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def disturbed(args, cluster):
    world = World(args.ubp, cluster.env)
    array, shards = submitted(world, cluster)
    wait_for_task(cluster, world, shards, 1)
    os.kill(parent_of(pids(f"__share {shards} 1 ")[0]), signal.SIGUSR1)  # the script, as --signal=B:USR1@120 does
    wait_for_task(cluster, world, shards, 0)
    cluster.call("scontrol", "requeue", f"{array}_0")
    wait_for_task(cluster, world, shards, 2)
    os.kill(pids(f"__share {shards} 2 ")[0], signal.SIGKILL)
    cluster.wait_for_jobs()
    log = "\n".join(f"{log}: {log.read_text()}" for log in shards.glob("*.log"))
    states = world.rows("SELECT config % 4 AS task, group_concat(DISTINCT state) AS states FROM trials GROUP BY 1")
    complete = [row["task"] for row in states if row["states"] == "COMPLETE"]
    check(complete, [0, 1, 3], f"tasks that came to their end, all but the one that was killed: {states}\n{log}")
    resumed = world.rows("SELECT DISTINCT config FROM trials WHERE resumed_from_step > 0 AND config IN (0, 1)")
    check(len(resumed), 2, f"tasks that continued from a checkpoint: {resumed}\n{log}")
    submitted(world, cluster)
    cluster.wait_for_jobs()
    return world, shards


def same_in_any_order(args, world, shards, expected):
    for number, order in enumerate(list(itertools.permutations(sorted(shards.glob("*.db"))))[::4]):
        main = world.folder / f"order{number}.db"
        code, _, error = world.run("merge", main, *order, order[0], order[number % 4])
        check(code, 0, error)
        check(world.digest(main), expected, f"digest of {order}")
    for artifact in world.rows("SELECT path FROM artifacts"):
        check((world.folder / artifact["path"]).exists(), True, artifact["path"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    args = parser.parse_args()
    try:
        with Cluster() as cluster:
            began = time.time()
            here = World(args.ubp)
            check(here.run("sweep", here.spec(STEPS), "-q")[0], 0, "a sweep here")
            world, shards = disturbed(args, cluster)
            check(world.digest(), here.digest(), "digest of the merged database")
            same_in_any_order(args, world, shards, here.digest())
            code, _, error = world.run("slurm", "submit", world.spec(STEPS), "sweep.sampler=tpe", "sweep.configs=9",
                                       "optimizer.lr=1e-4..1e-1:log", "--tasks", "2")
            check((code, "--runner slurm" in error), (2, True), error)
            print(f"{time.time() - began:.1f} s")
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(77)


if __name__ == "__main__":
    main()
