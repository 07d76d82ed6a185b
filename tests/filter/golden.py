#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every line of filters.txt: is its SQL that of golden.txt, and are its trials those that evaluate.py finds?

golden.py --rows PROGRAM --empty PROGRAM. UBP_ACCEPT=1 writes golden.txt instead of comparing: read the difference.
"""
import argparse
import difflib
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import evaluate
import small_records

HERE = pathlib.Path(__file__).parent


def found_by_ubp(program, file, filters):
    done = subprocess.run([program, file, str(small_records.NOW)], input=filters, capture_output=True, text=True,
                          check=True)
    return done.stdout


def answers(text):
    """[(filter, trials or None where it was refused, text)] of what filter_rows prints."""
    found = []
    for block in text.split("\n\n")[:-1]:
        filter_line, last = block.split("\n")[0][2:], block.split("\n")[-1]
        refused = last.startswith("= exit")
        found.append((filter_line, None if refused else [int(t) for t in last[1:].split()], block))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", required=True)
    parser.add_argument("--empty", required=True)
    words = parser.parse_args()
    filters = (HERE / "filters.txt").read_text()
    golden = HERE / "golden.txt"
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "ubp.db")
        small_records.make(words.empty, file)
        text = found_by_ubp(words.rows, file, filters)
        db = sqlite3.connect(file)
        world = evaluate.World(db, small_records.NOW)
        db.close()
    wrong, compared, some = 0, 0, 0
    for line, trials, _ in answers(text):
        if trials is None:
            continue
        expected = world.matching(line)
        compared += 1
        some += 0 < len(trials) < len(world.trials)
        if trials != expected:
            wrong += 1
            print(f"{line}\n  ubp:      {trials}\n  expected: {expected}")
    print(f"{compared} filters compared, {some} of them select some trials and not all")
    if os.environ.get("UBP_ACCEPT"):
        golden.write_text(text)
    elif text != golden.read_text():
        sys.stdout.writelines(difflib.unified_diff(golden.read_text().splitlines(True), text.splitlines(True),
                                                   "golden.txt", "found"))
        wrong += 1
    return 1 if wrong or compared < 200 else 0


if __name__ == "__main__":
    sys.exit(main())
