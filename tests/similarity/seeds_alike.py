#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp compare --representation` loads what trials have learnt and says what they share, or refuses in one sentence:
seeds_alike.py UBP"""
import json
import math
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check  # noqa: E402

SPEC = """
[dataset]
use       = "blobs"
rows      = 120
test_rows = {rows}
dims      = 6
[model]
use    = "{model}"
latent = 3
[objective]
use = "reconstruction"
[optimizer]
use = "adam"
lr  = 1e-2
[train]
epochs = 4
batch  = 20
[[metric]]
use = "reconstruction_error"
[artifacts]
checkpoint = {kept}
every      = 2
[sweep]
name       = "{name}"
metric     = "test.mse"
replicates = {seeds}
"""
LAYERS = ["encoder.0", "encoder.1", "decoder.0", "decoder.1"]


def world_of(ubp):
    world = World(types.SimpleNamespace(ubp=ubp, plugins=str(pathlib.Path(ubp).parent.parent / "lib/ubp/plugins")))
    defaults = {"rows": 50, "model": 'autoencoder"\nhidden = [5]\nactivation = "tanh', "kept": "true", "seeds": 3}
    for name, more in {"seeds": {}, "wider": {"model": 'autoencoder"\nhidden = [7]\nactivation = "tanh', "seeds": 1},
                       "bare": {"model": 'autoencoder"\nhidden = [6]\nactivation = "tanh', "kept": "false", "seeds": 1},
                       "fewer": {"rows": 49, "seeds": 1},
                       "handful": {"rows": 10, "seeds": 1}}.items():
        spec = world.spec(SPEC.format(name=name, **(defaults | more)), f"{name}.toml")
        code, _, error = world.run("sweep", spec, "--quiet")
        check(code, 0, f"{name}: {error}")
    return world


def compare(world, *words):
    code, out, error = world.run("compare", "--representation", *words)
    check(code, 0, error)
    return out, error


def pairs(world, *words):
    out, error = compare(world, *words, "--format", "json")
    return json.loads(out), error


def near(found, expected, what):
    check(math.isclose(found, expected, abs_tol=1e-9), True, f"{what}: {found} and {expected}")


def two_seeds(world):
    rows, error = pairs(world, "seeds/0.0", "seeds/0.1")
    check([(r["layer_a"], r["layer_b"]) for r in rows], [(a, b) for a in LAYERS for b in LAYERS], "pairs")
    check({r["width_a"] for r in rows if r["layer_a"] == "encoder.0"}, {5}, "width")
    check({(r["rows"], r["estimate"]) for r in rows}, {(50, "unbiased")}, "rows")
    for row in rows:
        for measure in ("procrustes", "neighbours"):
            check(0 <= row[measure] <= 1, True, f"{row}")
    for sentence in ("on 50 of 50 test rows: seeds/0.0 at step 24, seeds/0.1 at step 24",
                     "by the unbiased estimate: the widest layer has 6 columns",
                     "layers of seeds/0.0 are most like the layer of the same name of seeds/0.1, by CKA"):
        check(sentence in error, True, f"'{sentence}' in: {error}")
    back, _ = pairs(world, "seeds/0.1", "seeds/0.0")
    turned = {(r["layer_b"], r["layer_a"]): r["cka"] for r in back}
    for row in rows:
        near(row["cka"], turned[row["layer_a"], row["layer_b"]], "CKA the other way round")


def with_itself(world):
    rows, error = pairs(world, "seeds/0.2", "seeds/0.2")
    for row in rows:
        if row["layer_a"] == row["layer_b"]:
            for measure in ("cka", "procrustes", "neighbours"):
                near(row[measure], 1, f"{measure} of {row['layer_a']} with itself")
    check("4 of 4 layers" in error, True, error)


def of_several(world):
    trials = ["seeds/0.0", "seeds/0.1", "seeds/0.2", "wider/0.0"]
    rows, _ = pairs(world, *trials)
    check([(r["trial_a"], r["trial_b"]) for r in rows],
          [(a, b) for i, a in enumerate(trials) for b in trials[i + 1:]], "trials")
    check({r["layer_a"] for r in rows}, {"embedding"}, "layer")
    both, _ = pairs(world, *trials[:2], "--layer", "encoder.1")  # an autoencoder's code
    near(both[0]["cka"], rows[0]["cka"], "the last layer of the encoder is the code")


def earlier(world):
    rows, error = pairs(world, "seeds/0.0", "seeds/0.1", "--at", "12")
    late, _ = pairs(world, "seeds/0.0", "seeds/0.1")
    check("seeds/0.0 at step 12" in error, True, error)
    check([r["cka"] for r in rows] != [r["cka"] for r in late], True, "what was learnt at two steps differs")
    moments, error = pairs(world, "seeds/0.0@12", "seeds/0.0@24")  # of one training
    check("seeds/0.0@12 at step 12, seeds/0.0@24 at step 24" in error, True, error)
    same, _ = pairs(world, "seeds/0.0@24", "seeds/0.0")
    own = [r["cka"] for r in same if r["layer_a"] == r["layer_b"]]
    check(all(abs(v - 1) < 1e-9 for v in own), True, "the last moment is the end")
    check(any(r["cka"] < 0.9999 for r in moments if r["layer_a"] == r["layer_b"]), True, "a layer moves in training")


def sample(world):
    first, error = pairs(world, "seeds/0.0", "seeds/0.1", "--rows", "20")
    check("on 20 of 50 test rows" in error, True, error)
    check(first, pairs(world, "seeds/0.0", "seeds/0.1", "--rows", "20")[0], "the sample is the same one")


def shown(world):
    for format in ("table", "md", "latex"):
        out, _ = compare(world, "seeds/0.0", "seeds/0.1", "--format", format)
        for layer in LAYERS:
            check(out.count(layer.replace("_", r"\_")), 2, f"{format}: {layer} of a row and a column")
    out, _ = compare(world, "seeds/0.0", "seeds/0.1", "--format", "csv")
    check(len(out.splitlines()), 17, "csv")
    for name, start in (("matrix.svg", b"<svg"), ("matrix.png", b"\x89PNG"), ("page.html", b"<!DOCTYPE html>")):
        compare(world, "seeds/0.0", "seeds/0.1", "-o", name)
        content = (world.folder / name).read_bytes()
        check(start in content[:200], True, name)
        if not name.endswith("png"):
            for layer in LAYERS:
                check(layer.encode() in content, True, f"{name} shows {layer}")
    page = (world.folder / "page.html").read_text()
    check(page.count("<figure>"), 3, "a matrix for each measure")
    check("encoder.0, encoder.0: " in page, True, "each cell says what it is")


def refused(world, sentence, *words):
    code, out, error = world.run("compare", *words)
    check((code, out), (2, ""), f"{words}: {error}")
    check(len(error.splitlines()), 1, error)
    check(sentence in error, True, f"'{sentence}' in: {error}")


def refusals(world):
    a, b = "seeds/0.0", "seeds/0.1"
    for sentence, words in {
            "'bare/0.0': left no checkpoint: found none, expected one of a trial that ran with artifacts.checkpoint":
                (a, "bare/0.0"),
            "trial 'fewer/0.0': looks at other rows than trial 'seeds/0.0': found 49 test rows, expected the same 50":
                (a, "fewer/0.0"),
            "found 10 test rows to compare on, expected 11 or more": ("handful/0.0", "handful/0.0"),
            "left no checkpoint at step 5: expected one of: 12, 24": (a, b, "--at", "5"),
            "left no checkpoint at step 7: expected one of: 12, 24": (a, b + "@7"),
            "found 'late' after @, expected the step of a checkpoint": (a, b + "@late"),
            "has no layer 'encoder.7'; did you mean 'encoder.": (a, b, "--layer", "encoder.7"),
            "--measure: found 'r2', expected": (a, b, "--measure", "r2"),
            "--rope: goes with results of configs, not with --representation": (a, b, "--rope", "1"),
            "-o: found 'x.pdf', expected a file that ends in .png, .svg or .html": (a, b, "-o", "x.pdf"),
            "found 1 trial, expected two or more": (a,)}.items():
        refused(world, sentence, "--representation", *words)
    refused(world, "--layer: goes with --representation", a, b, "--layer", "encoder.0")
    kept = next((world.folder / "ubp.db.files").rglob("0-1/kept/*/learnt.ubp"))
    for file in (world.folder / "ubp.db.files").rglob("0-1/kept/*/learnt.ubp"):
        file.write_bytes(file.read_bytes()[:-1])
    refused(world, "is absent, cut short or damaged", "--representation", a, b)
    check(kept.exists(), True, "nothing is removed")


def main():
    world = world_of(sys.argv[1])
    for look in (two_seeds, with_itself, of_several, earlier, sample, shown, refusals):
        look(world)


main()
