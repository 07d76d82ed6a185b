#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page of a trial: every part is there or says why not, each names its command, nothing is fetched; and one
sentence for what cannot be explained."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PARTS = ["scores", "layers", "map", "movement", "traversals", "interpolations", "prototypes", "neighbours", "features",
         "weights", "attributions"]
KEPT = "[artifacts]\ncheckpoint = true\nevery = 1\n"
SPECS = {
    "images": """[dataset]
use = "digits"
test_share = 0.2
[objective]
use = "reconstruction"
[model]
use = "autoencoder"
hidden = [16]
latent = 4
[[metric]]
use = "linear_probe"
baselines = true
""" + KEPT,
    "sparse": """[dataset]
use = "blobs"
rows = 200
test_rows = 100
dims = 6
[objective]
use = "sparse"
[model]
use = "autoencoder"
hidden = [8]
latent = 12
latent_activation = "relu"
[artifacts]
checkpoint = true
""",
    "made": """[dataset]
use = "blobs"
rows = 200
test_rows = 100
dims = 6
[objective]
use = "gan"
[model]
use = "gan"
[artifacts]
checkpoint = true
""",
    "forgotten": """[dataset]
use = "blobs"
rows = 50
[objective]
use = "reconstruction"
[model]
use = "autoencoder"
[[metric]]
use = "collapse"
""",
}
REST = '[optimizer]\nuse = "adam"\nlr = 1e-3\n[train]\nepochs = 3\n'


def check(condition, what):
    if not condition:
        raise SystemExit(what)


class World:
    def __init__(self, ubp, folder):
        self.ubp, self.folder = os.path.abspath(ubp), folder
        self.env = dict(os.environ, UBP_CACHE=str(folder / "cache"), UBP_DB=str(folder / "ubp.db"))
        for name, text in SPECS.items():
            (folder / f"{name}.toml").write_text(f'[experiment]\nname = "{name}"\n{text}{REST}')
            code, _, error = self.run("run", f"{name}.toml")
            check(code == 0, error)

    def run(self, *words):
        done = subprocess.run([self.ubp, *words], cwd=self.folder, env=self.env, text=True, capture_output=True,
                              timeout=120)
        return done.returncode, done.stdout, done.stderr

    def page(self, trial, *words):
        code, _, error = self.run("explain", trial, "-o", "page.html", *words)
        return code, (self.folder / "page.html").read_text() if code == 0 else "", error


def sections(page):
    return re.findall(r'<section id="([a-z]+)"', page)


def left_out(page):
    return dict(re.findall(r"<li><strong>([a-z]+)</strong>: (.*?)</li>", page))


def whole_page(world):
    code, page, error = world.page("images-run/0.0")
    check(code == 0, error)
    shown, gaps = sections(page), left_out(page)
    check(set(shown) - {"absent"} | set(gaps) == set(PARTS), f"parts: {shown}, left out: {gaps}")
    check(gaps == {"features": "every code is active on more than half of the rows: the code is not sparse"},
          f"left out of an autoencoder of images with checkpoints: {gaps}")
    for part in shown:
        check(part == "absent" or f"<code>ubp explain images-run/0.0 --only {part}</code>" in page,
              f"{part} names no command")
    check(not re.search(r'(?:src|href)="(?!data:|#)', page), "the page fetches something")
    pictures = sum(len(found) for found in re.findall(r"base64,[^\"]*", page))
    check(len(page) - pictures < 1_000_000, f"{len(page) - pictures} bytes besides pictures")
    for column in ("untrained", "PCA", "raw input"):
        check(f">{column}</th>" in page, f"no column {column} among the scores")
    check("integrated gradients" in page and "trustworthy" in page, "attributions are not judged")
    check(page == world.page("images-run/0.0")[1], "the same trial gives another page")


def single_parts(world):
    code, page, error = world.page("images-run/0.0", "--only", "traversals", "--only", "map")
    check(code == 0 and sections(page) == ["map", "traversals"], error + str(sections(page)))
    _, first, _ = world.page("images-run/0.0", "--only", "attributions", "--scalar", "code.1", "--absent", "zeros")
    check("code.1" in first and "row of zeros" in first, "another scalar, against zeros")


def other_kinds(world):
    code, page, error = world.page("sparse-run/0.0")
    check(code == 0, error)
    check("features" in sections(page), f"features of a sparse code are left out: {left_out(page)}")
    check(left_out(page)["scores"] == "no metric of the trial reads codes alone", left_out(page)["scores"])
    check("artifacts.every" in left_out(page)["movement"], left_out(page)["movement"])
    code, page, error = world.page("made-run/0.0")
    check(code == 0 and sections(page), error)
    check("no model has" in left_out(page)["map"], str(left_out(page)))


def run_again(world):
    before = world.run("sql", "SELECT count(*) FROM trials")[1]
    code, page, error = world.page("forgotten-run/0.0")
    check(code == 0 and "has not kept what it learnt (artifacts.checkpoint): it is run again" in error, error)
    check("What forgotten-run/0.0 has learnt" in page and "traversals" in sections(page), str(sections(page)))
    check("effective_rank" in page and ">untrained</th>" in page, "codes are not judged beside baselines")
    check(world.run("sql", "SELECT count(*) FROM trials")[1] == before, "the second run is recorded")


def refused(world):
    for words, sentence in (
            (["images-run/0.0", "--only", "maps"], "--only: no part 'maps'; did you mean 'map'?"),
            (["forgotten-run/0.0", "--only", "maps"], "--only: no part 'maps'; did you mean 'map'?"),  # before it runs
            (["images-run/0.0", "--absent", "black"], "--absent: found 'black', expected mean or zeros"),
            (["images-run/0.0", "--only", "attributions", "--scalar", "code.9"],
             "code.9: a code has 4 numbers: expected code.0 to code.3"),
            (["images-run/0.0", "--rows", "1"], "--rows: found 1, expected 2 or more")):
        code, _, error = world.page(*words)
        check(code == 2 and sentence in error and len(error.strip().splitlines()) == 1, f"{words}: {code} {error}")


def main():
    with tempfile.TemporaryDirectory(prefix="ubp-explain-") as scratch:
        world = World(sys.argv[1], pathlib.Path(scratch))
        whole_page(world)
        single_parts(world)
        other_kinds(world)
        run_again(world)
        refused(world)


main()
