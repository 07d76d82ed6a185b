#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Of a sweep that has run: every figure is drawn, its dots have titles, and its numbers are what other verbs say."""
import argparse
import csv
import io
import os
import pathlib
import subprocess
import tempfile
import xml.etree.ElementTree

SPEC = """
[dataset]
use         = "digits"
valid_share = 0.2
[model]
use    = "autoencoder"
hidden = [8]
latent = 2
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-2
[train]
epochs     = 2
batch      = 256
eval_every = 1
[[metric]]
use = "reconstruction_error"
[artifacts]
images    = 4
embedding = true
every     = 1
[sweep]
name       = "drawn"
sampler    = "random"
configs    = 12
replicates = 2
SPACE
"model.latent" = [2, 3]
"optimizer.lr" = "1e-4..1e-1:log"
"""
ONE = 'metric = "valid.mse"\n[sweep.space]'
TWO = '[[sweep.objective]]\nmetric = "valid.mse"\n[[sweep.objective]]\nmetric = "train.parameters"\n[sweep.space]'
SVG = "{http://www.w3.org/2000/svg}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True, type=pathlib.Path)
    ubp = parser.parse_args().ubp.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        environment = {k: v for k, v in os.environ.items() if k not in ("UBP_DB", "UBP_PLUGIN_PATH")}
        environment |= {"UBP_CACHE": str(folder / "cache"), "LC_ALL": "C.UTF-8"}

        def run(*words):
            done = subprocess.run([ubp, *words], cwd=folder, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
            return done.stdout

        def table(*words):
            return list(csv.DictReader(io.StringIO(run(*words, "--format", "csv"))))

        for name, space in (("one", ONE), ("two", TWO)):
            (folder / f"{name}.toml").write_text(SPEC.replace("SPACE", space).replace('"drawn"', f'"{name}"'))
            run("sweep", f"{name}.toml", "--quiet")

        drawn = {pathlib.Path(line).stem for line in run("plot", "all", "one", "-o", "one").splitlines()}
        assert drawn == {"curves", "history", "slice", "contour", "parallel", "importance", "box", "ranks", "timeline",
                         "embedding", "images"}, drawn
        run("plot", "pareto", "two", "-o", "one/pareto.svg")
        run("plot", "all", "one", "-o", "again")
        for file in sorted((folder / "one").glob("*.svg")):
            root = xml.etree.ElementTree.parse(file).getroot()
            assert root.tag == f"{SVG}svg", root.tag
            framed = [mark for frame in root.findall(f"{SVG}svg") for mark in frame]  # not those of the legend
            for mark in framed:
                if mark.tag in (f"{SVG}circle", f"{SVG}image"):
                    assert mark.findtext(f"{SVG}title"), (file.name, mark.attrib)
            assert any(mark.find(f"{SVG}title") is not None for mark in framed), file.name
            if file.stem != "pareto":
                assert file.read_bytes() == (folder / "again" / file.name).read_bytes(), file.name

        assert table("plot", "importance", "one") == table("importance", "one")
        rows = table("plot", "embedding", "one")
        assert len(rows) == 359 and {row["label"] for row in rows} == set("0123456789"), len(rows)
        images = table("plot", "images", "one/0.0")
        assert [row["step"] for row in images] == ["6", "12"], images
        assert all((folder / row["file"]).read_bytes()[1:4] == b"PNG" for row in images), images
        front = {row["config"]: row["rank"] for row in table("plot", "pareto", "two")}
        assert front == {row["config"]: row["rank"] for row in table("best", "two", "-k", "0")}, front
        assert "█" in run("plot", "images", "one/0.0"), "an image in the terminal"
    print("figures of 2 sweeps: as their records say")


if __name__ == "__main__":
    main()
