# SPDX-License-Identifier: MIT
"""Whatever surrounds ubp - folders, names, closed streams, signals, limits - it works, or says why in one sentence."""
import os
import re
import shutil
import signal
import subprocess
import time

from interrupt import SWEEP
from support import SPEC, World, arguments, check

STREAMS = ("<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-")
NOBODY = 65534


class Place(World):
    """A world that can be entered by others, with a shell."""

    def __init__(self, args):
        super().__init__(args)
        self.env["UBP_PLUGIN_PATH"] = args.plugins
        self.text = self.spec(SPEC)
        self.digest = self.digest_of_calm()

    def digest_of_calm(self):
        code, _, error = self.run("sweep", self.text, "-q")
        check(code, 0, error)
        return self.run("db", "check")[1]

    def shell(self, command, env=None, **more):
        """exit code, stdout and stderr, as bytes shown"""
        done = subprocess.run(["bash", "-c", command], cwd=more.pop("cwd", self.folder), env=env or self.env,
                              capture_output=True, timeout=120, **more)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def expect(self, what, command, code, sentence, **more):
        found, _, error = self.shell(command, **more)
        print(f"{what:24} exit {found}  {error.strip()}")
        check(found, code, f"{what}: exit code: {error}")
        if not re.fullmatch(f"(?:{sentence})\n", error):
            raise SystemExit(f"{what}: found {error!r}, expected one sentence like {sentence!r}")


def closed_streams(place):
    """A descriptor that nobody opened is never the database's."""
    for number, streams in enumerate(STREAMS):
        env = dict(place.env, UBP_DB=f"closed{number}.db")
        code, out, error = place.shell(f"{place.args.ubp} sweep {place.text} -q {streams}", env)
        print(f"{'streams ' + streams:24} exit {code}")
        check(code, 1 if re.search(r"(?<!2)>&-", streams) else 0, f"{streams}: {out}{error}")
        code, out, error = place.shell(f"{place.args.ubp} db check", env)
        check((code, out), (0, place.digest), f"{streams}: {error}")
    place.expect("results nowhere", f"{place.args.ubp} ls >&-", 1, "ubp: the output could not be written")


def names(place):
    """Bytes that are no UTF-8 are refused where they would have to be recorded, and shown as text."""
    ubp, folder = place.args.ubp, os.fsencode(place.folder)
    os.mkdir(folder + b"/d\xff")
    (place.folder / "text.toml").write_text(SPEC)
    os.rename(folder + b"/text.toml", folder + b"/s\xff.toml")
    place.expect("override", f"{ubp} sweep {place.text} experiment.name=$'a\\xffb'", 2,
                 r"ubp: command line: found 'experiment\.name=a\\xffb', expected UTF-8")
    place.expect("database's folder", f"{ubp} sweep {place.text} --db $'d\\xff/x.db'", 2,
                 r"ubp: d\\xff/x\.db: the database's path is no UTF-8, .*--db FILE")
    nameless = SPEC.replace('name = "fault"', "")
    place.spec(nameless, "nameless.toml")
    os.rename(folder + b"/nameless.toml", folder + b"/n\xff.toml")
    place.expect("spec's name", f"{ubp} sweep $'n\\xff.toml'", 2,
                 r"ubp: n\\xff\.toml: experiment\.name: the file's name is no UTF-8: expected a name in the spec")
    check(place.shell(f"{ubp} sweep $'s\\xff.toml' -q")[0], 0, "a spec of that name, with a name inside")
    code, out, error = place.shell(f"{ubp} sql $'SELECT 1 AS \"a\\xff\"' --format json")
    check((code, out), (0, '[\n{"a\ufffd":1}\n]\n'), "a column of that name: " + error)
    os.mkdir(folder + b"/p\xff")
    shutil.copy(os.path.join(place.args.plugins, "objectives/misbehaving.so"), folder + b"/p\xff/misbehaving.so")
    place.expect("plugin's folder", f"{ubp} plugin describe misbehaving --plugin-path $'p\\xff'", 7,
                 r"ubp: plugin .*/p\\xff/misbehaving\.so: its path is no UTF-8, and could not be recorded")


def folders(place):
    ubp = place.args.ubp
    place.expect("no spec", f"{ubp} sweep absent.toml", 2, r"ubp: absent\.toml: cannot be read: expected a spec file.*")
    place.expect("endless spec", f"{ubp} sweep /dev/zero", 2, r"ubp: /dev/zero: too large for a spec: .*")
    place.expect("a folder as spec", f"{ubp} sweep .", 2, r"ubp: \.: cannot be read: .*")
    place.expect("a link in a circle", f"ln -s a.db a.db; {ubp} ls --db a.db", 2, r"ubp: a\.db: Too many levels .*")
    gone = f"mkdir gone; cd gone; rmdir ../gone; {ubp} sweep {place.text} --db x.db"
    place.expect("no working folder", gone, 2, r"ubp: x\.db: No such file or directory")
    homeless = {key: value for key, value in place.env.items() if key not in ("UBP_CACHE", "HOME", "XDG_CACHE_HOME")}
    temporary = place.folder / "tmp"
    temporary.mkdir()
    sweep = f"{ubp} sweep {place.text} -q"
    noted = r"ubp: /proc/\.cache/ubp: the cache cannot be written there; .*/tmp/ubp-cache-\d+ is used instead .*\n.*"
    place.expect("a home of another", sweep, 0, noted, env=dict(homeless, HOME="/proc", TMPDIR=str(temporary)))
    check(len(list(temporary.glob("ubp-cache-*/datasets"))), 1, "the private cache")
    code, _, error = place.shell(sweep, dict(homeless, TMPDIR="/nowhere"))
    check(code, 0, "no home and no temporary folder: " + error)
    for cache in temporary.iterdir():
        os.chmod(cache, 0o777)
    if os.geteuid() == 0:
        place.expect("a cache of everybody", sweep, 2,
                     r"ubp: .*/ubp-cache-0: cannot be used for the cache: set UBP_CACHE.*",
                     env=dict(homeless, HOME="/proc", TMPDIR=str(temporary)))


def other_user(place):
    """As somebody who may enter neither root's home nor the database's folder."""
    if os.geteuid() != 0:
        return print("other user               (only root can try)")
    os.chmod(place.folder, 0o755)
    locked = place.folder / "locked"
    locked.mkdir(mode=0o700)
    home = {"HOME": str(locked), "PATH": os.environ["PATH"], "TMPDIR": "/tmp",
            "UBP_PLUGIN_PATH": place.args.plugins}
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "env": home}
    if place.shell(f"{place.args.ubp} --version", **user)[0] != 0:
        return print("other user               (may not run this ubp)")
    place.expect("a database out of reach", f"{place.args.ubp} ls --db {locked}/x.db", 2,
                 r"ubp: .*/locked/x\.db: Permission denied", **user)
    place.expect("a database not to write", f"{place.args.ubp} sweep {place.text} --db {locked}/x.db", 2,
                 r"ubp: [^\n]*the cache cannot be written there;[^\n]*\n"
                 r"ubp: [^\n]*/locked/x\.db: Permission denied", **user)


def wait_for(place, process, database):
    """Until the trials are under way."""
    deadline = time.time() + 60
    running = ("SELECT 'under way' FROM metrics JOIN trials USING (trial_id) "
               "WHERE state = 'RUNNING' AND step > 100 LIMIT 1")
    while "under way" not in place.run("sql", running, "--db", database)[1]:
        if time.time() > deadline or process.poll() is not None:
            raise SystemExit(f"{database}: no trial came under way: {process.communicate()}")
        time.sleep(0.02)


def signals(place):
    """What was ignored at the start stays ignored; a terminal that goes ends a sweep as Ctrl-C does."""
    spec = place.spec(SWEEP, "long.toml")
    for prefix, number, code in (("", signal.SIGHUP, 75), ("nohup ", signal.SIGHUP, 0),
                                 ("trap '' INT; ", signal.SIGINT, 0), ("trap '' TERM; ", signal.SIGTERM, 0)):
        database = str(place.folder / f"signal{number}{code}.db")
        for _ in range(5):  # it may be through before the signal comes
            command = f"{prefix}exec" if prefix.startswith("trap") else f"exec {prefix}"
            command += f" {place.args.ubp} sweep {spec} -j 2 -q --db {database}"
            process = subprocess.Popen(["bash", "-c", command], cwd=place.folder, env=place.env, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            wait_for(place, process, database)
            process.send_signal(number)
            out, error = process.communicate(timeout=120)
            if code == 0 or process.returncode == 75:
                break
            os.remove(database)
        print(f"{prefix + number.name:24} exit {process.returncode}")
        check(process.returncode, code, f"{prefix}{number.name}: {out}{error}")


def full_terminal(place):
    """Nobody hears the progress: that ends no sweep."""
    code, _, error = place.shell(f"{place.args.ubp} sweep {place.text} --db full.db 2>/dev/full")
    check(code, 0, "standard error that is full: " + error)


def limits(place):
    """Too few files or too little address space: one sentence, or a result, and no hang."""
    for files in (5, 8, 12, 20):
        place.expect(f"{files} open files", f"ulimit -n {files}; {place.args.ubp} sweep {place.text} -j 2", 2,
                     rf"ubp: open files: this process may have {files} \(ulimit -n\): expected 36 for 2 trials .*")
    code, _, error = place.shell(f"ulimit -Sn 20; {place.args.ubp} sweep {place.text} -q -j 2 --db files.db")
    check(code, 0, "a limit that may be raised: " + error)
    if place.args.sanitized:  # a sanitizer's own memory is many terabytes
        return
    # Between what the loader needs and what libraries need before main, around 50 MB, their constructors crash.
    for megabytes in (40, 60, 100, 200):
        limit = f"ulimit -v {1000 * megabytes}; timeout 60"
        code, _, error = place.shell(f"{limit} {place.args.ubp} sweep {place.text} -q --db space{megabytes}.db")
        print(f"{megabytes:4} MB of address space exit {code}  {error.strip()}")
        check(code in (0, 1, 3, 127), True, f"{megabytes} MB: {code} {error}")  # 127: the loader's own sentence
        check(len(error.strip().splitlines()) <= 2 and "internal" not in error, True, error)
    check(code, 0, "200 MB are enough")


def main():
    place = Place(arguments([("--sanitized", 0)]))
    closed_streams(place)
    full_terminal(place)
    signals(place)
    limits(place)
    names(place)
    folders(place)
    other_user(place)


if __name__ == "__main__":
    main()
