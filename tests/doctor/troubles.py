#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Troubles are made, one at a time; `ubp doctor` finds each, and no other: troubles.py UBP NEEDS_ABSENT OTHER_ABI

Root may write everywhere: the folder that cannot be written is looked at without that right.
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPEC = small("steps = 20\nlog_every = 1\n[artifacts]\ncurves = true", '[sweep.space]\n"model.latent" = [1, 2]\n',
             dataset='use  = "csv"\nfile = "table.csv"')
UBP, NEEDS_ABSENT, OTHER_ABI = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
PLUGINS = UBP.parent.parent / "lib/ubp/plugins"


class Patient(World):
    def __init__(self):
        super().__init__(types.SimpleNamespace(ubp=str(UBP)))
        for name in ("UBP_PLUGIN_PATH", "UBP_DATA", "OPENBLAS_CORETYPE", "XDG_DATA_HOME"):
            self.env.pop(name, None)
        self.env["HOME"] = str(self.folder)
        self.spec(SPEC)
        self.table = self.folder / "table.csv"
        self.table.write_text("a,b\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(60)))
        code, _, error = self.run("sweep", "spec.toml", "-j", "1")
        check(code, 0, error)
        self.db = self.folder / "ubp.db"
        self.healthy_env = dict(self.env)
        self.healthy = tempfile.TemporaryDirectory(prefix="ubp-healthy-")
        shutil.copytree(self.folder, self.healthy.name, dirs_exist_ok=True)

    def recover(self):
        """As it was at first, in the same folder."""
        self.env = dict(self.healthy_env)
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.healthy.name, self.folder, dirs_exist_ok=True)

    def doctor(self, *words, before=(), **more):
        """[(area, trouble, cure)]"""
        done = subprocess.run([*before, self.args.ubp, "doctor", "--format", "json", *words], cwd=self.folder,
                              env=self.env, text=True, capture_output=True, timeout=60, **more)
        rows = json.loads(done.stdout) if done.stdout else []
        check(done.returncode, 8 if rows else 0, f"{done.stdout}{done.stderr}")
        return [(row["area"], row["trouble"], row["cure"]) for row in rows]

    def sql(self, *statements):
        with sqlite3.connect(self.db) as db:
            triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                db.execute(f"DROP TRIGGER {name}")
            for statement in [*statements, *(sql for _, sql in triggers)]:
                db.execute(statement)


def finds(found, area, *words):
    """One trouble, which has all these words, and a cure."""
    check(len(found), 1, f"{words}: {found}")
    check(found[0][0], area, found)
    for word in words:
        check(word in found[0][1], True, f"'{word}' in: {found[0]}")
    check(found[0][2] != "", True, "a cure")


def nothing(patient):
    check(patient.doctor(), [], "a world without trouble")
    check(patient.run("doctor")[:2], (0, "nothing is wrong\n"), "what is said of it")
    elsewhere = patient.doctor("--db", "nowhere.db")
    check((elsewhere, (patient.folder / "nowhere.db").exists()), ([], False), "a database that is not there")


def plugin(patient, file, kind="objectives"):
    folder = patient.folder / "plugins" / kind
    folder.mkdir(parents=True)
    patient.env["UBP_PLUGIN_PATH"] = str(patient.folder / "plugins")
    return pathlib.Path(shutil.copy(file, folder))


def plugin_without_its_library(patient):
    file = plugin(patient, NEEDS_ABSENT)
    finds(patient.doctor(), "plugins", str(file), "cannot be loaded", "libdoctor_absent.so")


def plugin_of_another_abi(patient):
    file = plugin(patient, OTHER_ABI)
    finds(patient.doctor(), "plugins", str(file), "was built against 9.9", "rebuild it")


def plugin_twice(patient):
    file = plugin(patient, PLUGINS / "objectives/reconstruction.so")
    check(patient.doctor(), [], "a copy with the same bytes")
    file.write_bytes(file.read_bytes() + b"x")
    finds(patient.doctor(), "plugins", "objective 'reconstruction' is in two files", f"{file} is used",
          f"{PLUGINS / 'objectives/reconstruction.so'} is not")


def plugin_path_that_leads_nowhere(patient):
    patient.env["UBP_PLUGIN_PATH"] = "/nowhere/plugins"
    finds(patient.doctor(), "plugins", "/nowhere/plugins: UBP_PLUGIN_PATH names it, but there is no such folder")


def damaged(patient):
    text = bytearray(patient.db.read_bytes())
    for page in range(2, len(text) // 4096):
        text[page * 4096 + 100:page * 4096 + 200] = b"\xff" * 100
    patient.db.write_bytes(text)
    finds(patient.doctor(), "database", "ubp.db", "damaged")


def damaged_record(patient):
    patient.sql("UPDATE metric_summary SET last = last + 1")
    found = patient.doctor()
    finds(found, "database", "is damaged: ")


def text_file(patient):
    patient.db.write_text("This is a text.\n" * 300)
    finds(patient.doctor(), "database", "is no ubp database")


def newer(patient):
    patient.sql("PRAGMA user_version = 99")
    finds(patient.doctor(), "database", "was written by a newer ubp (schema 99")


def older(patient):
    patient.sql("PRAGMA user_version = 3")
    finds(patient.doctor(), "database", "was written by an earlier ubp (schema 3")
    check(list(patient.folder.glob("*.bak")), [], "it was brought up to date")


def log_taken_away(patient):
    (patient.folder / "ubp.db-wal").unlink(missing_ok=True)
    (patient.folder / "ubp.db-shm").write_bytes(b"\0" * 32768)
    finds(patient.doctor(), "database", "its log", "is missing")


def read_only(patient):
    before = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    patient.folder.chmod(0o555)
    found = patient.doctor(before=before)
    patient.folder.chmod(0o755)
    finds(found, "database", "cannot be written: Permission denied")


def full_disk(patient):
    """Where this user may mount."""
    script = (f"mount -t tmpfs -o size=8m none {patient.folder}/cache && mkdir {patient.folder}/cache/c && "
              f"cp {patient.db} {patient.folder}/cache/full.db && cp -r {patient.db}.files {patient.folder}/cache/ && "
              f"UBP_CACHE={patient.folder}/cache/c {UBP} doctor --db {patient.folder}/cache/full.db --format json")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=patient.folder, env=patient.env, text=True,
                          capture_output=True)
    if not done.stdout:
        return print(f"skipped: full_disk: {done.stderr.strip()} (misfits.cpp has it)")
    finds([tuple(row.values()) for row in json.loads(done.stdout)], "database", "the disk is full: 7 MiB are free")


def seems_to_run(patient):
    patient.sql("UPDATE trial SET state = 'RUNNING', finished_ms = NULL, value = NULL WHERE trial_id = 2")
    finds(patient.doctor(), "records", "sweep 1 'rings': 1 trials look as if they ran, but no process writes")


def stopped_writer(patient):
    patient.spec(SPEC.replace("steps = 20", "steps = 1000000"))
    process = patient.popen("sweep", "spec.toml", "-j", "1")
    while patient.run("sql", "SELECT 1 FROM trials WHERE state = 'RUNNING'")[1].strip() == "":
        check(process.poll(), None, "the sweep ended before it was seen")
    check(patient.doctor(), [], "a sweep that runs")
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    found = patient.doctor()
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    finds(found, "database", f"process {process.pid} holds it, but is stopped")


def artifact_gone(patient):
    path, = next(iter(sqlite3.connect(patient.db).execute("SELECT path FROM artifacts LIMIT 1")))
    (patient.folder / path).unlink()
    finds(patient.doctor(), "files", "1 artifacts are not there: ", path)
    (patient.folder / path).write_text("short")
    finds(patient.doctor(), "files", "1 artifacts have another size than recorded: ", path)


def data_changed(patient):
    patient.table.write_text(patient.table.read_text().replace("6,1\n", "6,2\n", 1))
    finds(patient.doctor(), "data", f"{patient.table}: has changed since sweep 1 'rings' read it: recorded sha256 ")
    patient.table.unlink()
    finds(patient.doctor(), "data", f"{patient.table}: is not there any more; sweep 1 'rings' read it")


def data_path_that_leads_nowhere(patient):
    patient.env["UBP_DATA"] = "/nowhere/data"
    finds(patient.doctor(), "data", "/nowhere/data: UBP_DATA names it, but there is no such folder")


def no_cairo(patient):
    folder = patient.folder / "libraries"
    folder.mkdir()
    (folder / "libcairo.so.2").write_text("This is no library.\n" * 100)
    patient.env["LD_LIBRARY_PATH"] = str(folder)
    finds(patient.doctor(), "drawing", "libcairo.so.2: pictures need Cairo", "install libcairo2")


def old_kernels(patient):
    if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
        return print("skipped: old_kernels: this processor has no others")
    patient.env["OPENBLAS_CORETYPE"] = "Prescott"
    found = patient.doctor()
    finds(found, "machine", "BLAS: its kernels 'Prescott' do not use the AVX2 of this processor")
    check(found[0][2], "unset OPENBLAS_CORETYPE, which is 'Prescott'", "the cure")


def from_the_future(patient):
    patient.sql("UPDATE trial SET finished_ms = finished_ms + 86400000 WHERE trial_id = 2")
    finds(patient.doctor(), "records", "trials from the future: 2: the clock was set back")


def few_files(patient):
    limit = (24, 24)
    finds(patient.doctor(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit)), "machine",
          "open files: this process may have 24, expected ")


def small_addresses(patient):
    limit = (800 << 20, 800 << 20)
    finds(patient.doctor(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limit)), "machine",
          "address space: this process may have 800 MiB, expected 1024 or more")


def no_cache(patient):
    patient.env["UBP_CACHE"] = str(patient.table)
    found = patient.doctor()
    finds(found, "machine", f"{patient.table}: the cache cannot be written there")


def main():
    troubles = [plugin_without_its_library, plugin_of_another_abi, plugin_twice, plugin_path_that_leads_nowhere,
                damaged, damaged_record, text_file, newer, older, log_taken_away, read_only, full_disk, seems_to_run,
                stopped_writer, artifact_gone, data_changed, data_path_that_leads_nowhere, no_cairo, old_kernels,
                from_the_future, few_files, small_addresses, no_cache]
    patient = Patient()
    nothing(patient)
    for trouble in troubles:
        patient.recover()
        trouble(patient)
    print(f"{len(troubles)} troubles were found, and none where there was none")


if __name__ == "__main__":
    main()
