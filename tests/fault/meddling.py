# SPDX-License-Identifier: MIT
"""A plugin that changes the floating-point mode, the locale and the signals changes no result, and is named."""
import os
import signal

from interrupt import SWEEP
from support import SPEC, World, arguments, check
from surroundings import wait_for

POINTS = "SELECT metric, step, value FROM metrics WHERE metric NOT IN ('train.seconds', 'train.steps_per_second')"
NOTES = "SELECT DISTINCT json_extract(data, '$.text') AS text FROM event WHERE kind = 'note' ORDER BY 1"


def main():
    args = arguments()
    spec, points = SPEC.replace('use = "misbehaving"', 'use = "meddling"'), {}
    for kind in ("calm", "meddling"):
        world = World(args)
        code, _, error = world.run("sweep", world.spec(spec), "--plugin-path", os.path.join(args.plugins, kind))
        check(code, 0, f"{kind}: {error}")
        points[kind] = world.rows(POINTS)
        notes = [row["text"] for row in world.rows(NOTES)]
        print("\n".join(notes))
        all_of_it = "the floating-point mode, the locale, the blocked signals, the handling of signals"
        library = os.path.join(args.plugins, kind, "objectives", "meddling.so")
        check(notes, [] if kind == "calm" else
              ["objective 'meddling' changed " + all_of_it + " while it was created: put back",
               "objective 'meddling', loss: changed the floating-point mode: put back",
               f"plugin {os.path.realpath(library)} changed " + all_of_it + " while it was loaded: put back"], kind)
    check(points["meddling"], points["calm"], "points")

    slow = SWEEP.replace('use = "misbehaving"\nhow = "takes_its_time"', 'use = "meddling"').replace("3000", "300000")
    database = str(world.folder / "slow.db")
    process = world.popen("sweep", world.spec(slow, "slow.toml"), "-q", "--db", database, "--plugin-path",
                          os.path.join(args.plugins, "meddling"))
    wait_for(world, process, database)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=8)  # a trial that heard nothing would be killed after 10 s
    check(process.returncode, 75, error)


if __name__ == "__main__":
    main()
