# SPDX-License-Identifier: MIT
"""What the tests of exports share: a database."""
import pathlib
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, check, interpreter, small  # noqa: E402, F401

SPEC = small("steps = 30\nlog_every = 1",
             'replicates = 2\n[sweep.space]\n"optimizer.lr" = [1e-3, 1e-2]\n"model.activation" = ["relu", "tanh"]\n')
FAILING = small("steps = 30\nlog_every = 1", '[sweep.space]\n"optimizer.lr" = [1e-3, 1e38]\n')
FAILING = FAILING.replace('"rings"', '"failing"')


def swept(ubp):
    """A world with two sweeps: rings, eight trials; failing, one of whose two trials fails."""
    world = World(types.SimpleNamespace(ubp=ubp))
    world.spec(SPEC)
    check(world.run("sweep", "spec.toml")[0], 0, "the sweep")
    world.spec(FAILING, "failing.toml")
    check(world.run("sweep", "failing.toml")[0], 3, "the sweep with a failure")
    return world
