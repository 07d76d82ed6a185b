# SPDX-License-Identifier: MIT
"""Two sweeps on one database: the second waits until the first has ended, however that ends, and never for itself.
`ubp stop` ends what runs, and says what it left."""
import re
import signal
import time

from interrupt import SWEEP
from kill_storm import kill, trials_of
from support import SPEC, World, arguments, check

LONG = SWEEP.replace("steps = 3000", "steps = 2000000")
QUICK = SPEC.replace('name = "fault"', 'name = "quick"')


def says(text, pattern):
    if not re.search(pattern, text):
        raise SystemExit(f"found {text!r}, expected a match of {pattern!r}")


def under_way(args, *words):
    """A world whose database a long sweep writes."""
    world = World(args)
    world.quick = world.spec(QUICK, "quick.toml")
    process = world.popen("sweep", world.spec(LONG), "-j", "2", "-q", "--plugin-path", args.plugins, *words)
    until(lambda: "1" in world.run("sql", "SELECT 1 AS x FROM metrics LIMIT 1")[1], process)
    return world, process


def until(happened, process):
    deadline = time.time() + 60
    while not happened():
        assert time.time() < deadline and process.poll() is None, process.communicate()
        time.sleep(0.02)


def waiting(world, holder):
    """A quick sweep that waits for the long one."""
    process = world.popen("sweep", world.quick, "-q", "--plugin-path", world.args.plugins)
    says(process.stderr.readline(),
         rf"^\S*ubp.db: waits for the sweep of process {holder.pid}, begun \d+ s ago, to end; Ctrl-C to give up\n$")
    return process


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / 100


def goes_on(world, process):
    _, error = process.communicate(timeout=120)
    check(process.returncode, 0, error)
    says(error, "1 of 1 trials complete")
    check(error.count("waits for"), 0, "sentences after the first: " + error)


def stop(args):
    world, first = under_way(args)
    second = waiting(world, first)
    code, _, error = world.sweep(world.quick, "--no-wait")
    check(code, 6, error)
    says(error, rf"written by another ubp, process {first.pid}: wait for it, or stop it\n$")
    code, _, error = world.run("stop", "1", "--db", "other.db")
    check((code, "there is no such database" in error), (2, True), error)
    check(world.run("stop", "nothing")[0], 4, "a sweep that there is not")

    used = cpu_seconds(second)
    time.sleep(2)
    check(cpu_seconds(second) - used < 0.5, True, "waiting burns no core")

    code, _, error = world.run("stop")
    check(code, 0, error)
    says(error, rf"^process {first.pid} is asked to end sweep 1: its trials write checkpoints\n"
                r"sweep 1 'fault' is stopped: 0 of 6 trials complete, 6 to do; to continue: ubp resume 1 --db \S+\n$")
    check(first.communicate()[0] is not None and first.returncode, 75, "exit code of what was stopped")
    reasons = world.rows("SELECT reason, count(*) AS n FROM trials WHERE sweep_id = 1 GROUP BY 1 ORDER BY 1")
    check(reasons, [{"reason": None, "n": 4}, {"reason": "interrupted", "n": 2}], "states")
    check(world.run("ls", "--state", "interrupted")[1].count("QUEUED"), 2, "trials that were interrupted")
    goes_on(world, second)
    code, _, error = world.run("stop")
    check((code, error.endswith("nothing runs there\n")), (4, True), error)


def stop_now(args):
    world, first = under_way(args)
    code, _, error = world.run("stop", "7")
    check(code, 4, error)
    second = waiting(world, first)
    code, _, error = world.run("stop", "1", "--now")
    check(code, 0, error)
    says(error, "its trials are killed\n")
    check((first.communicate() and first.returncode), 75, "exit code of what was stopped")
    goes_on(world, second)


def stopped_twice_is_stopped_once(args):
    world, first = under_way(args)
    trial = trials_of(first.pid)[0]
    stops = [world.popen("stop") for _ in range(3)]
    for each in stops:
        each.communicate(timeout=60)
        check(each.returncode in (0, 4), True, "exit code of stop")
    check(first.wait(), 75, "exit code of what was stopped")
    checkpoints = list(world.folder.glob("ubp.db.files/*/*/checkpoint"))
    check(len(checkpoints), 2, f"checkpoints; trial {trial}")


def killed(args):
    world, first = under_way(args)
    second = waiting(world, first)
    kill(first.pid)
    first.communicate()
    goes_on(world, second)
    check(len(world.rows("SELECT 1 FROM trials WHERE sweep_id = 1 AND state = 'LOST'")), 2, "trials that died with it")


def gives_up(args):
    world, first = under_way(args)
    for number in (signal.SIGINT, signal.SIGTERM):
        second = waiting(world, first)
        second.send_signal(number)
        _, error = second.communicate(timeout=60)
        check(second.returncode, 75, error)
        says(error, rf"^ubp: \S*ubp.db: gave up waiting for the sweep of process {first.pid}, .* nothing was done\n$")
    for words in (["resume"], ["confirm", "1"]):
        second = world.popen(*words, "--plugin-path", args.plugins)
        says(second.stderr.readline(), f"waits for the sweep of process {first.pid}")
        second.send_signal(signal.SIGINT)
        second.communicate(timeout=60)
        check(second.returncode, 75, f"exit code of {words}")
    elsewhere(world, first)
    check(first.poll(), None, "the first sweep")
    check("STOPPED" in world.run("ls", "1")[1], False, "trials that run")
    kill(first.pid)
    first.communicate()
    check(world.run("ls", "1")[1].count("STOPPED"), 2, "trials of a dead coordinator")
    check("STOPPED" in world.run("show", "1")[1], True, "a trial of a dead coordinator")


def elsewhere(world, first):
    """As if the lock were another machine's."""
    lock = world.folder / "ubp.db-lock"
    signed = lock.read_text()
    lock.write_text(signed.rsplit(" ", 1)[0] + " far-away\n")
    code, _, error = world.run("stop")
    check(code, 6, error)
    says(error, rf"is written by process {first.pid} on far-away, which cannot be reached from here: stop it there\n$")


def never_waits_for_itself(args):
    world = World(args)
    inner = world.spec(QUICK, "quick.toml")
    spec = world.spec(SPEC.replace('use = "misbehaving"', 'use = "misbehaving"\nhow = "calls"'))
    call = f"{args.ubp} sweep {inner} --plugin-path {args.plugins} 2>>{world.folder}/said"
    world.env["UBP_TEST_CALL"] = f"{call}; env -u UBP_WITHIN_TRIAL {call}; {call.replace('sweep', 'run', 1)}"
    code, _, error = world.sweep(spec)
    check(code, 0, error)
    within = "this one runs within a trial, and may not wait"
    above = "this one was started by it, and may not wait for it"
    said = (world.folder / "said").read_text().splitlines()
    check([line.rsplit(": ", 1)[1] for line in said], [within, above, within], "what ubp said within a trial")
    check(world.rows("SELECT count(*) AS n FROM sweeps"), [{"n": 1}], "sweeps")


def main():
    args = arguments()
    for part in (stop, stop_now, stopped_twice_is_stopped_once, killed, gives_up, never_waits_for_itself):
        part(args)
        print(part.__name__, flush=True)


if __name__ == "__main__":
    main()
