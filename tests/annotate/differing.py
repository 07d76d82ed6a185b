#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ubp diff`: every difference is told, and no other: tests/annotate/differing.py UBP"""
import json
import pathlib
import shutil
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPEC = small("steps = 20\nlog_every = 1", '[sweep.space]\n"model.latent" = [1, 2]\n',
             dataset='use  = "csv"\nfile = "table.csv"')


def difference(world, a, b):
    code, out, error = world.run("diff", a, b, "--format", "json")
    check(code, 0, error)
    return json.loads(out), error


def parts(rows):
    return {(row["part"], row["name"]) for row in rows}


def main():
    ubp = str(pathlib.Path(sys.argv[1]).resolve())
    world = World(types.SimpleNamespace(ubp=ubp))
    folder = world.folder / "plugins/objectives"
    folder.mkdir(parents=True)
    plugin = shutil.copy(pathlib.Path(ubp).parent.parent / "lib/ubp/plugins/objectives/reconstruction.so", folder)
    world.env["UBP_PLUGIN_PATH"] = str(world.folder / "plugins")
    world.spec(SPEC)
    table = world.folder / "table.csv"
    table.write_text("a,b\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(60)))
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")

    nothing = "trials 1 'rings/0.0' and 1 'rings/0.0': nothing differs\n"
    check(difference(world, "1", "rings/0.0"), ([], nothing), "itself")
    rows, error = difference(world, "1", "2")
    check(error, "", "what is said of a difference")
    check({part for part, _ in parts(rows)}, {"trial", "parameter", "series", "last"}, "parts of two configs")
    by_name = {(row["part"], row["name"]): row for row in rows}
    latent = by_name[("parameter", "model.latent")]
    check((latent["a"], latent["b"]), (1, 2), "the parameter")
    series, last = by_name[("series", "train.loss")], by_name[("last", "train.loss")]
    losses = {t: [row["value"] for row in world.rows(
        f"SELECT value FROM metrics WHERE trial_id = {t} AND metric = 'train.loss' ORDER BY step")] for t in (1, 2)}
    first = next(i for i, (a, b) in enumerate(zip(losses[1], losses[2])) if a != b)
    check((series["step"], float(series["a"]), float(series["b"])), (first + 1, losses[1][first], losses[2][first]),
          "the first step at which the losses differ")
    check((float(last["a"]), float(last["b"])), (losses[1][-1], losses[2][-1]), "the last losses")
    check(("series", "train.seconds") in by_name, False, "the wall clock")

    text = table.read_text()
    table.write_text(text.replace("6,1\n", "6,2\n", 1))
    check(world.run("sweep", "spec.toml")[0], 0, "with other data")
    rows, _ = difference(world, "1", "3")
    check({part for part, _ in parts(rows)}, {"trial", "data", "series", "last"}, "parts of other data")
    check([row["name"] for row in rows if row["part"] == "data"], [str(table)], "the file")

    table.write_text(text)
    fresh = pathlib.Path(plugin).with_suffix(".fresh")
    fresh.write_bytes(pathlib.Path(plugin).read_bytes() + b"x")
    fresh.rename(plugin)
    check(world.run("sweep", "spec.toml")[0], 0, "with another binary")
    rows, _ = difference(world, "1", "5")
    check(parts(rows), {("plugin", "objective 'reconstruction'")}, "another binary with the same numbers")

    check(world.run("diff", "1", "99")[0], 4, "no such trial")
    print("every difference was told, and no other")


if __name__ == "__main__":
    main()
