#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does a wide table take memory for its cells, not more? wide.py UBP: one row of 100,000 columns, and ten."""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

COLUMNS = 100_000
MOST = 400 << 20  # bytes; the numbers of ten rows are 8 MB, the model's a few more
SPEC = """
[dataset]
use = "csv"
file = "wide.csv"
[model]
use = "autoencoder"
hidden = [2]
latent = 2
[objective]
use = "denoising"
[optimizer]
use = "sgd"
lr = 0.001
[train]
epochs = 1
"""


def run(ubp, folder, rows):
    lines = [",".join(f"c{at}" for at in range(COLUMNS))]
    lines += [",".join(str((at * 7 + row * 3) % 1000 / 10) for at in range(COLUMNS)) for row in range(rows)]
    (folder / "wide.csv").write_text("\n".join(lines))
    (folder / "wide.toml").write_text(SPEC)
    environment = dict(os.environ, UBP_CACHE=str(folder / "cache"))
    done = subprocess.run([ubp, "run", "wide.toml", "--db", f"{rows}.db"], cwd=folder, env=environment, text=True,
                          capture_output=True, timeout=300)
    return done


def main():
    with tempfile.TemporaryDirectory() as name:
        for rows in (1, 10):
            done = run(sys.argv[1], pathlib.Path(name), rows)
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
            if done.returncode or most > MOST:
                sys.exit(f"{rows} rows: exit code {done.returncode}, {most} bytes of {MOST}\n{done.stderr}")
            print(f"{rows} rows: {most >> 20} MiB")


if __name__ == "__main__":
    main()
