# SPDX-License-Identifier: MIT
"""--runner slurm: a sweep whose trials are tasks of Slurm is the sweep that it is here, whatever is killed."""
import argparse
import os
import signal
import sys
import time

from cluster import Cluster, Skip
from world import World, check

LEARNS = ["sweep.sampler=tpe", "sweep.configs=8", "sweep.deterministic=true", "sweep.lag=2", "train.steps=500",
          "optimizer.lr=1e-4..1e-1:log"]
FATES = ("throws", "null", "aborts", "exits", "nan", "killed", "behaves")
MISBEHAVES = """
[dataset]
use  = "blobs"
rows = 200
[objective]
use = "misbehaving"
[optimizer]
use = "sgd"
lr  = 0.1
[train]
epochs = 2
batch  = 20
[sweep]
metric = "train.loss"
[sweep.space]
"objective.how" = [{}]
"""
FAILURES = "SELECT config, replicate, attempt, state, reason, error, exit_code, signal FROM trials ORDER BY 1, 2, 3"


def pids(*words):
    """Of processes whose command line has all words."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                line = file.read().replace("\0", " ")
        except OSError:
            continue
        if all(word in line for word in words):
            found.append(int(pid))
    return found


def same_as_here(args, cluster):
    here, there, inside = World(args.ubp), World(args.ubp, cluster.env), World(args.ubp, cluster.env)
    check(here.run("sweep", here.spec(500), *LEARNS, "-q")[0], 0, "a sweep here")
    code, _, error = there.run("sweep", there.spec(500), *LEARNS, "-q", "--runner", "slurm", "-j", "2")
    check(code, 0, error)
    check(there.digest(), here.digest(), "digest of a sweep whose trials are jobs")
    notes = there.rows("SELECT count(DISTINCT trial_id) AS n FROM event WHERE data LIKE '%Slurm job%'")
    check(notes, [{"n": 16}], "trials that name their machine")

    command = f"{inside.ubp} sweep {inside.spec(500)} {' '.join(LEARNS)} -q --runner slurm"
    log = inside.folder / "log.txt"
    cluster.env.update(UBP_DB=inside.env["UBP_DB"], UBP_CACHE=inside.env["UBP_CACHE"])
    cluster.call("sbatch", "-n2", f"--output={log}", f"--chdir={inside.folder}", f"--wrap={command}")
    cluster.wait_for_jobs()
    check(inside.digest(), here.digest(), f"digest of a sweep whose trials are steps: {log.read_text()}")


def fail_alike(args, cluster):
    found = []
    for env, words in ((os.environ, ["-j", "2"]), (cluster.env, ["-j", "2", "--runner", "slurm"])):
        world = World(args.ubp, env)
        spec = world.folder / "fates.toml"
        spec.write_text(MISBEHAVES.format(", ".join(f'"{fate}"' for fate in FATES)))
        code, _, error = world.run("sweep", spec, "-q", *words, "--plugin-path", args.plugins)
        check(code, 3, error)
        found.append(world.rows(FAILURES))
    check(found[1], found[0], "how trials failed")


def survives(args, cluster):
    """Asks for an end; kills a coordinator, an srun, and what runs on the other machine."""
    here, there = World(args.ubp), World(args.ubp, cluster.env)
    check(here.run("sweep", here.spec(150000), "-q")[0], 0, "a sweep here")
    spec, slurm = there.spec(150000), ["-q", "--runner", "slurm", "-j", "2"]
    mine = str(there.folder)

    def under_way():
        running = pids("__relay", mine)
        return len(running) >= 2 and "step" in there.run("sql", "SELECT 'step' AS x FROM metrics LIMIT 1")[1]

    process = there.popen("sweep", spec, *slurm)
    cluster.wait("two trials", under_way)
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=300)
    check(process.returncode, 75, error)
    cluster.wait("every job to end", lambda: not cluster.call("squeue", "-h").strip())

    process = there.popen("resume", *slurm)
    cluster.wait("two trials", under_way)
    process.kill()
    process.communicate()
    cluster.wait("the trials of a dead coordinator to end", lambda: not pids("__relay", mine), 20)

    process = there.popen("resume", *slurm)
    cluster.wait("two trials", under_way)
    os.kill(pids("srun", mine)[0], signal.SIGKILL)
    cluster.wait("its trial to run once more", lambda: len(pids("ubp worker")) >= 2)
    os.kill(pids("__relay", mine)[-1], signal.SIGKILL)  # as the end of its machine would
    _, error = process.communicate(timeout=600)
    check(process.returncode, 0, error)
    check(there.digest(), here.digest(), "digest after all that")
    code, _, error = there.run("sweep", spec, "train.steps=10", *slurm, "--slurm-args", "--partition=nowhere")
    check(code, 2, error)
    check("srun: starts no trial: srun: error" in error and "artition" in error, True, error)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    parser.add_argument("--plugins", required=True)
    args = parser.parse_args()
    args.plugins = os.path.abspath(args.plugins)
    try:
        with Cluster() as cluster:
            for part in (same_as_here, fail_alike, survives):
                began = time.time()
                part(args, cluster)
                print(f"{part.__name__}: {time.time() - began:.1f} s", flush=True)
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(77)


if __name__ == "__main__":
    main()
