# SPDX-License-Identifier: MIT
"""Data, a plugin or ubp itself is replaced before, between and in the middle of sweeps: results never mix, and one
sentence names what has changed. What need not run does not."""
import os
import pathlib
import random
import shutil
import signal
import time

from support import SPEC as MISBEHAVING
from support import World, arguments, check

SPEC = """
[dataset]
use  = "csv"
file = "table.csv"
[model]
use    = "autoencoder"
hidden = [8]
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-3
[train]
steps = STEPS
batch = 10
checkpoint_seconds = 0.05
[[metric]]
use = "reconstruction_error"
[sweep]
metric     = "train.mse"
replicates = 2
[sweep.space]
"optimizer.lr" = [1e-3, 1e-2]
"""
QUICK, SLOW = SPEC.replace("STEPS", "20"), SPEC.replace("STEPS", "6000")
VALUES = "SELECT value FROM trials WHERE sweep_id = {} AND state = 'COMPLETE' ORDER BY config, replicate"
RUNS = "SELECT count(*) AS n FROM trials WHERE started IS NOT NULL AND same_as IS NULL"


def table(factor):
    words = random.Random(1)
    rows = ["a,b,c"] + [",".join(f"{factor * words.gauss(0, 1):.6f}" for _ in range(3)) for _ in range(60)]
    return "\n".join(rows) + "\n"


def world_of(args, spec=QUICK):
    world = World(args)
    world.spec(spec)
    (world.folder / "table.csv").write_text(table(1))
    return world


def values(world, sweep):
    return [row["value"] for row in world.rows(VALUES.format(sweep))]


def replaced(file, bytes_):
    """Another file of that name, with the times of the first."""
    before = file.stat()
    fresh = file.with_suffix(".fresh")
    fresh.write_bytes(bytes_)
    shutil.copymode(file, fresh)
    os.utime(fresh, ns=(before.st_atime_ns, before.st_mtime_ns))
    fresh.rename(file)


def ok(answer, what):
    check(answer[0], 0, f"{what}: {answer[2]}")
    return answer[2]


def says(text, *words):
    for word in words:
        check(word in text, True, f"'{word}' in: {text}")
    check("internal" in text, False, text)


def between_sweeps(args):
    world = world_of(args)
    ok(world.sweep("spec.toml"), "first")
    first = values(world, 1)
    replaced(world.folder / "table.csv", table(2).encode())  # as long as before, as old as before
    error = ok(world.sweep("spec.toml"), "second")
    says(error, "table.csv has other contents", "sweep 2", "stay as they are")
    check(values(world, 1), first, "the first sweep")
    check(any(a == b for a, b in zip(first, values(world, 2))), False, "a value of the other data")
    fresh = world_of(args)
    (fresh.folder / "table.csv").write_text(table(2))
    ok(fresh.sweep("spec.toml"), "fresh")
    check(values(world, 2), values(fresh, 1), "the second sweep")
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    says(error, "table.csv has other contents", "`ubp sweep`")


def started(world, *words):
    process = world.popen("sweep", "spec.toml", "-j", "1", *words)
    deadline = time.time() + 60
    while True:
        complete = world.run("sql", "SELECT 'one' FROM trials WHERE state = 'COMPLETE' LIMIT 1")[1]
        if "one" in complete:
            return process
        assert time.time() < deadline and process.poll() is None, process.communicate()
        time.sleep(0.01)


def in_the_middle(args, change, *named):
    """`change` happens after the first of four trials: the sweep stops with a sentence; put back, it goes on."""
    world = world_of(args, SLOW)
    whole = world_of(args, SLOW)
    ok(whole.sweep("spec.toml"), "undisturbed")
    process = started(world)
    undo = change(world)
    _, error = process.communicate(timeout=60)
    check(process.returncode, 2, error)
    says(error, *named)
    states = {row["state"] for row in world.rows("SELECT DISTINCT state FROM trials")}
    check(states <= {"COMPLETE", "QUEUED"}, True, f"states {states}")
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    undo()
    ok(world.run("resume", "1"), "resume")
    check(values(world, 1), values(whole, 1), "values after all")


def other_data(world):
    file = world.folder / "table.csv"
    before = file.read_bytes()
    replaced(file, table(2).encode())
    return lambda: replaced(file, before)


def killed_and_moved(args):
    """Killed, then resumed where another file has the same name."""
    world = world_of(args, SLOW)
    process = started(world)
    check("RUNNING" in world.run("ls")[1], True, "a sweep that runs")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    check("STOPPED" in world.run("ls")[1], True, "a sweep whose ubp died")
    elsewhere = world.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "table.csv").write_text(table(2))
    for _ in range(100):
        world.folder, home = elsewhere, world.folder
        code, _, error = world.run("resume", "1")
        world.folder = home
        if code != 6:  # the killed one's last trial is dying still
            break
        time.sleep(0.05)
    check(code, 2, error)
    says(error, str(elsewhere / "table.csv"), str(home / "table.csv"))
    ok(world.run("resume", "1"), "resume at home")
    whole = world_of(args, SLOW)
    ok(whole.sweep("spec.toml"), "undisturbed")
    check(values(world, 1), values(whole, 1), "values after a kill")


def another_file_under_the_name(args):
    """A link that leads elsewhere by now, a data folder of another name, nothing at all: no sweep is continued."""
    world = world_of(args)
    (world.folder / "table.csv").rename(world.folder / "first.csv")
    (world.folder / "other.csv").write_text(table(2))
    link = world.folder / "table.csv"
    link.symlink_to("first.csv")
    ok(world.sweep("spec.toml"), "first")
    first = values(world, 1)
    link.unlink()
    link.symlink_to("other.csv")
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    says(error, "table.csv has other contents")
    link.unlink()
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    says(error, "table.csv is missing")
    link.symlink_to("first.csv")
    folder = world.folder / "data"
    folder.mkdir()
    (folder / "table.csv").write_text(table(3))
    world.env["UBP_DATA"] = str(folder)
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    says(error, str(folder / "table.csv"), str(link))
    del world.env["UBP_DATA"]
    ok(world.run("resume", "1"), "resume of what is there again")
    check(values(world, 1), first, "the first sweep")


def own_plugin(world, id_, folder):
    """A copy of a plugin where it is found first."""
    copy = world.folder / "plugins" / folder
    copy.mkdir(parents=True, exist_ok=True)
    home = pathlib.Path(world.args.ubp).parent.parent / "lib/ubp/plugins" / folder / f"{id_}.so"
    shutil.copy(home, copy)
    world.env["UBP_PLUGIN_PATH"] = str(world.folder / "plugins")
    return copy / f"{id_}.so"


def other_binary(args):
    world = world_of(args)
    plugin = own_plugin(world, "reconstruction", "objectives")
    ok(world.sweep("spec.toml"), "first")
    replaced(plugin, plugin.read_bytes() + b"another build")
    error = ok(world.sweep("spec.toml"), "second")
    says(error, "objective 'reconstruction' is another binary", "sweep 2")
    check(world.rows(RUNS), [{"n": 8}], "trials run")
    sums = world.rows("SELECT count(DISTINCT plugins) AS n FROM provenance WHERE sweep_id = 1")
    check(sums, [{"n": 1}], "binaries of one sweep")

    def change(world_):
        file = world_.folder / "plugins/objectives/reconstruction.so"
        before = file.read_bytes()
        replaced(file, before + b"another build")
        return lambda: replaced(file, before)

    original = World.popen
    World.popen = lambda self, *words, **more: (own_plugin_once(self), original(self, *words, **more))[1]
    try:
        in_the_middle(args, change, "reconstruction.so", "another binary")
    finally:
        World.popen = original


def own_plugin_once(world):
    if "UBP_PLUGIN_PATH" not in world.env:
        own_plugin(world, "reconstruction", "objectives")


def another_build(args):
    """A program of another build id: one byte of the note is another."""
    program = pathlib.Path(args.ubp).read_bytes()
    at = program.index(b"GNU\0", program.index(b"\x04\0\0\0\x14\0\0\0\x03\0\0\0")) + 4
    return program[:at] + bytes([program[at] ^ 1]) + program[at + 1:]


def own_program(world, program):
    """Has the world call a copy."""
    prefix = world.folder / "other"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "lib").symlink_to(pathlib.Path(world.args.ubp).parent.parent / "lib")
    copy = prefix / "bin/ubp"
    copy.write_bytes(program)
    copy.chmod(0o755)
    world.args = type(world.args)(**{**vars(world.args), "ubp": str(copy)})
    return copy


def host_in_the_middle(args):
    """A sweep goes on with the program that began it, whatever lies under its name by then."""
    world = world_of(args, SLOW)
    program = own_program(world, pathlib.Path(args.ubp).read_bytes())
    process = started(world)
    replaced(program, another_build(args))
    _, error = process.communicate(timeout=60)
    check(process.returncode, 0, error)
    says(error, "4 of 4 trials complete")
    check(world.rows("SELECT count(DISTINCT host_sha256) AS n FROM provenance"), [{"n": 1}], "programs of one sweep")
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    says(error, "ubp is another build")


def other_host(args):
    world = world_of(args)
    ok(world.sweep("spec.toml"), "first")
    own_program(world, another_build(args))
    code, _, error = world.run("resume", "1")
    check(code, 2, error)
    says(error, "ubp is another build")
    says(ok(world.sweep("spec.toml"), "second"), "ubp is another build", "sweep 2")
    check(world.rows(RUNS), [{"n": 8}], "trials run")


def only_what_is_new(args):
    world = world_of(args)
    ok(world.sweep("spec.toml"), "first")
    check(world.rows(RUNS), [{"n": 4}], "trials run")
    error = ok(world.sweep("spec.toml", "optimizer.lr=1e-3,1e-2,1e-1"), "a value more")
    says(error, "6 of 6 trials complete, 4 of them reused")
    check(world.rows(RUNS), [{"n": 6}], "trials run")
    for change in ("sweep.metric=train.loss", "sweep.name=other", "artifacts.curves=true"):
        says(ok(world.sweep("spec.toml", change), change), "4 of 4 trials complete, 4 of them reused")
        check(world.rows(RUNS), [{"n": 6}], "trials run")
    equal = ("SELECT count(*) AS n FROM (SELECT a.value FROM metrics a JOIN trials t USING (trial_id) JOIN metrics b "
             "ON b.trial_id = t.same_as AND b.metric = a.metric AND b.step = a.step WHERE a.value IS b.value)")
    check(world.rows(equal)[0]["n"] > 0, True, "series of a reused trial")
    losses = world.rows("SELECT value, (SELECT last FROM metric_stats m WHERE m.trial_id = t.trial_id AND metric = "
                        "'train.loss') AS last FROM trials t WHERE sweep_id = 3")
    check([row["value"] for row in losses], [row["last"] for row in losses], "another metric's values")
    check(world.run("db", "check")[1].splitlines()[0], "ok", "db check")


def another_space(args):
    """An edit of the space is another sweep, which says what is another and how much of the first it keeps."""
    world = world_of(args)
    ok(world.sweep("spec.toml", "model.latent=1..3"), "first")
    check(world.rows(RUNS), [{"n": 12}], "trials run")
    error = ok(world.sweep("spec.toml", "model.latent=2..4"), "second")
    says(error, "sweep 2 'spec': space changed since sweep 1: model.latent 1..3 -> 2..4; 8 of 12 trials still belong\n")
    check(world.rows(RUNS), [{"n": 16}], "trials run")
    check("space changed" in ok(world.sweep("spec.toml", "model.latent=2..4"), "again"), False, "said twice")
    check("space changed" in ok(world.sweep("spec.toml", "model.latent=1..3"), "back"), False, "said of the first")
    learns = ["sweep.sampler=tpe", "sweep.configs=4", "sweep.try_default=no"]
    error = ok(world.sweep("spec.toml", "model.latent=1..3", "optimizer.lr=1e-3..1e-2:log", *learns), "learning")
    says(error, "space changed since sweep 2: model.latent 2..4 -> 1..3, optimizer.lr 0.001,0.01 -> 1e-3..1e-2:log; "
                "8 of 12 trials lie in it; sweep.start_from=2 lets the sampler know them\n")


def promoted_from_elsewhere(args):
    """A trial that another sweep has run counts at a rung as what it had reached there, not as what it came to."""
    promotes = ["sweep.pruner.use=promotion", "sweep.pruner.min_steps=4", "sweep.pruner.max_steps=40",
                "sweep.pruner.eta=2", "sweep.deterministic=true"]
    lrs, before = "optimizer.lr=1e-4,3e-4,1e-3,3e-3,1e-2,3e-2", "optimizer.lr=1e-3,3e-3"
    shared = ["sweep.replicates=1", "train.steps=40"]
    states = "SELECT params, state, value FROM trials WHERE sweep_id = {} ORDER BY config"
    for often in (["train.log_every=1", "sweep.metric=train.loss"], []):  # with a value at each rung; without
        fresh, world = world_of(args), world_of(args)
        ok(fresh.sweep("spec.toml", lrs, *shared, *promotes, *often), "fresh")
        ok(world.sweep("spec.toml", before, *shared, *often), "first")
        error = ok(world.sweep("spec.toml", lrs, *shared, *promotes, *often), "second")
        check("2 of them reused" in error, bool(often), error)
        expected, found = fresh.rows(states.format(1)), world.rows(states.format(2))
        if often:  # what is complete stays complete
            check([row["state"] for row in found[2:4]], ["COMPLETE"] * 2, "reused trials")
            del expected[2:4], found[2:4]
        check(found, expected, "who was promoted")
        check({row["state"] for row in found}, {"COMPLETE", "PRUNED"}, "states")


def failed_once_more(args):
    world = World(args)
    world.spec(MISBEHAVING.replace('use = "misbehaving"', 'use = "misbehaving"\nhow = "takes_its_time"')
               .replace("epochs             = 2", "steps = 6000"))
    code, _, error = world.sweep("spec.toml", "sweep.trial_wall=1s")
    check(code, 3, error)
    code, _, error = world.sweep("spec.toml")
    check(code, 3, "failed trials are left alone: " + error)
    says(ok(world.sweep("spec.toml", "--retry-failed"), "retry"), "1 of 1 trials complete")


def side_by_side(args):
    """Databases of like names share no folder."""
    world = world_of(args)
    for name in ("e.one", "e.two", "e"):
        ok(world.sweep("spec.toml", "--db", name, "artifacts.curves=true", "train.log_every=5"), name)
    folders = sorted(p.name for p in world.folder.glob("*.files"))
    check(folders, ["e.files", "e.one.files", "e.two.files"], "folders")


def main():
    args = arguments()
    between_sweeps(args)
    in_the_middle(args, other_data, "table.csv", "other contents")
    killed_and_moved(args)
    another_file_under_the_name(args)
    other_binary(args)
    other_host(args)
    host_in_the_middle(args)
    only_what_is_new(args)
    another_space(args)
    promoted_from_elsewhere(args)
    failed_once_more(args)
    side_by_side(args)
    print("data, plugins and programs were replaced: nothing was mixed, nothing ran twice")


if __name__ == "__main__":
    main()
