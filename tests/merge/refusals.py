# SPDX-License-Identifier: MIT
"""A shard that is damaged, of another schema, or being written is refused with one sentence and changes nothing."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

UBP = os.path.abspath(sys.argv[1])
SPEC = """
[dataset]
use  = "blobs"
rows = 60
[model]
use    = "autoencoder"
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "sgd"
[train]
epochs = 1
[sweep]
metric = "train.loss"
[sweep.space]
"optimizer.lr" = [0.1, 0.01]
"""
WRITER = """
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
input()
"""


def ubp(*words):
    done = subprocess.run([UBP, *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


def refused(main, shard, code, words):
    before = main.read_bytes()
    found, _, error = ubp("merge", main, shard)
    check(found, code, f"exit code: {error}")
    check(error.count("\n"), 1, error)
    assert words in error and str(shard) in error, error
    check(main.read_bytes() == before, True, f"the main database after: {error}")


def main():
    with tempfile.TemporaryDirectory(prefix="ubp-merge-") as name:
        folder = pathlib.Path(name)
        os.environ["UBP_CACHE"] = str(folder / "cache")
        (folder / "spec.toml").write_text(SPEC)
        shard, into = folder / "shard.db", folder / "main.db"
        code, _, error = ubp("sweep", folder / "spec.toml", "-q", "--db", shard)
        check(code, 0, error)
        code, _, error = ubp("merge", into, shard)
        check(code, 0, error)
        check(ubp("db", "check", "--db", into), ubp("db", "check", "--db", shard), "digest")
        check("2 trials taken over" in error, True, error)
        check("0 trials taken over" in ubp("merge", into, shard, shard)[2], True, "once more")

        refused(into, folder / "nowhere.db", 2, "there is no such database")
        (folder / "text.db").write_text("x" * 5000)
        refused(into, folder / "text.db", 2, "is no ubp database")
        for version, code, words in ((99, 5, "newer ubp"), (2, 2, "earlier ubp (schema 2")):
            other = folder / f"schema{version}.db"
            shutil.copy(shard, other)
            with sqlite3.connect(other) as db:
                db.execute(f"PRAGMA user_version = {version}")
            db.close()
            refused(into, other, code, words)
        damaged = folder / "damaged.db"
        shutil.copy(shard, damaged)
        with sqlite3.connect(damaged) as db:
            db.executescript("DROP TRIGGER metric_summary_update; UPDATE metric_summary SET n = n + 1")
        db.close()
        refused(into, damaged, 1, "is damaged")
        torn = folder / "torn.db"
        torn.write_bytes(shard.read_bytes()[:-20000] + bytes(20000))
        refused(into, torn, 1, "damaged")

        with subprocess.Popen([sys.executable, "-c", WRITER, f"{shard}-lock"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            refused(into, shard, 6, "is being written")
            writer.stdin.write(b"\n")


if __name__ == "__main__":
    main()
