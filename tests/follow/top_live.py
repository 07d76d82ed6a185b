#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp top` on a terminal: drawn in its place, no wider and no higher, until nobody writes: top_live.py UBP"""
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPEC = small("steps = STEPS\nlog_every = 10", '[sweep.space]\n"optimizer.lr" = [1e-3, 2e-3, 3e-3, 4e-3]\n')
ROWS, COLUMNS = 12, 90
HOME = "\x1b[H"


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, world, *words):
        self.end, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen([world.args.ubp, *words], cwd=world.folder, stdin=other, stdout=other,
                                        stderr=subprocess.STDOUT, env=dict(world.env, TERM="xterm"))
        os.close(other)
        self.seen = b""

    def read(self):
        """Whether there may be more."""
        check(bool(select.select([self.end], [], [], 60)[0]), True, "nothing is drawn")
        try:
            self.seen += os.read(self.end, 1 << 16)
            return True
        except OSError:  # its process has ended
            return False

    def frames(self):
        return self.seen.decode(errors="ignore").split(HOME)[1:]


def lines_of(frame):
    return [re.sub(r"\x1b\[[KJ]", "", line) for line in frame.split("\r\n")]


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC.replace("STEPS", "100"))
    check(world.run("sweep", "spec.toml")[0], 0, "a sweep that is done")
    world.spec(SPEC.replace("STEPS", "10000000"))
    sweep = world.popen("sweep", "spec.toml", "-j", "2")
    while len(world.rows("SELECT 1 FROM trials WHERE state = 'RUNNING'")) < 2:
        check(sweep.poll(), None, "the sweep ended before it was seen")

    terminal = Terminal(world, "top")
    while len(terminal.frames()) < 4:
        check(terminal.read(), True, "it ended while a sweep ran")
    sweep.send_signal(signal.SIGTERM)
    sweep.communicate()
    while terminal.read():
        pass
    check(terminal.process.wait(timeout=60), 0, "its exit code")

    frames = terminal.frames()
    for frame in frames:
        lines = lines_of(frame)
        check(max(len(line) for line in lines) <= COLUMNS, True, f"a line is too long: {lines}")
        check(len(lines) <= ROWS, True, f"too many lines: {lines}")
        check(frame.endswith("\x1b[J"), True, "what was below is wiped")
    check(f"written by process {sweep.pid}" in frames[0], True, frames[0])
    check("running: 2 of 2 slots" in frames[0], True, frames[0])
    check("no process writes it" in frames[-1], True, frames[-1])
    check(terminal.seen.count(b"\x1b[2J"), 1, "how often all was wiped")
    check(any(re.search("[▁-█]{4}", frame) for frame in frames), True, "the values of the sweep that is done")

    terminal = Terminal(world, "top", "--once")
    while terminal.read():
        pass
    check(b"\x1b" in terminal.seen, False, "drawn once, it is plain")
    code, out, _ = world.run("top")
    check((code, "\x1b" in out, "values" in out), (0, False, True), "in a pipe it is plain")
    print(f"{len(frames)} frames, each in its place")


if __name__ == "__main__":
    main()
