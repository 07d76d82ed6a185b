#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A program that searches: ubp trains the points that it brings: tests/ask/brought.py UBP"""
import json
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, small  # noqa: E402

SPACE = '[sweep.space]\n"optimizer.lr" = "1e-4..1e-1:log"\n"model.latent" = [1, 2, 3]\n'
SWEEP = 'sampler = "external"\nconfigs = 5\nreplicates = 2\n'


def brought(world, point, expected=0):
    code, out, error = world.run("ask", "mine.toml", "--point", json.dumps(point), "--json", "--quiet")
    check(code, expected, error)
    return json.loads(out) if code == 0 else error


def main():
    world = World(types.SimpleNamespace(ubp=str(pathlib.Path(sys.argv[1]).resolve())))
    world.spec(small("steps = 20", SWEEP + SPACE), "mine.toml")
    first = brought(world, {"optimizer.lr": 0.0123456789, "model.latent": 3})
    check([(row["name"], row["state"]) for row in first], [("rings/0.0", "COMPLETE"), ("rings/0.1", "COMPLETE")],
          "a config with its two trials")
    check(world.rows("SELECT params FROM trials LIMIT 1")[0]["params"],
          {"model.latent": 3, "optimizer.lr": 0.0123456789}, "the point as it was brought")
    check(brought(world, {"optimizer.lr": 0.0123456789, "model.latent": 3}), first, "the same again is not run again")
    second = brought(world, {"optimizer.lr": 0.001, "model.latent": 1})
    check(second[0]["value"] != first[0]["value"], True, "another config, another value")
    check(world.rows("SELECT count(*) AS n, sum(state = 'COMPLETE') AS complete FROM trials"),
          [{"n": 4, "complete": 4}], "what was run")

    # Trained as any other trial: a grid with that point has the same bits.
    other = World(types.SimpleNamespace(ubp=world.args.ubp))
    other.spec(small("steps = 20", "replicates = 2\n" + SPACE.replace('"1e-4..1e-1:log"', "[0.001]")
                     .replace("[1, 2, 3]", "[1]")), "grid.toml")
    check(other.run("sweep", "grid.toml")[0], 0, "a grid")
    check([row["value"] for row in other.rows("SELECT value FROM trials ORDER BY replicate")],
          [row["value"] for row in second], "its values")
    check(world.run("reproduce", "rings/1.0")[0], 0, "it can be reproduced")
    check(world.run("sweep", "mine.toml")[0], 0, "the sweep itself has nothing more to run")

    for point, expected in (({"optimizer.lr": 1}, "is not in the space"), ({"lr": 0.1}, "is no parameter of the space"),
                            ({"model.latent": 2.5}, "model.latent"), ([1], "expected a JSON object")):
        error = brought(world, point, 2)
        check((expected in error, error.count("\n")), (True, 1), error)
    for latent in (1, 2, 3):
        brought(world, {"model.latent": latent, "optimizer.lr": 0.02})
    error = brought(world, {"optimizer.lr": 0.09}, 2)
    check("has its 5 configs already" in error, True, error)
    world.spec(small("steps = 20", SWEEP.replace("external", "random") + SPACE), "mine.toml")
    check("expected external" in brought(world, {}, 2), True, "another sampler")
    code, _, error = world.run("ask", "mine.toml")
    check((code, "[program]" in error), (2, True), error)


main()
