#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TensorBoard itself reads what ubp exports: tests/export/tensorboard_reads.py UBP

UBP_TENSORBOARD_PYTHON names an interpreter that has the package; the test calls itself with it.
"""
import json
import pathlib
import subprocess
import sys


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import metadata

    found = {}
    for path in sorted(folder.rglob("events.out.tfevents.*")):
        run = EventAccumulator(str(path.parent), size_guidance={"scalars": 0})
        run.Reload()
        hparams = {tag: data for tag, data in run.PluginTagToContent("hparams").items()}
        start = metadata.parse_session_start_info_plugin_data(hparams[metadata.SESSION_START_INFO_TAG])
        end = metadata.parse_session_end_info_plugin_data(hparams[metadata.SESSION_END_INFO_TAG])
        params = {name: value.number_value if value.HasField("number_value") else value.string_value
                  for name, value in start.hparams.items()}
        found[str(path.parent.relative_to(folder))] = {
            "scalars": {tag: [(e.step, e.value) for e in run.Scalars(tag)] for tag in run.Tags()["scalars"]},
            "params": params, "group": start.group_name, "status": end.status}
    return found


def main():
    if len(sys.argv) > 2:
        print(json.dumps(read(pathlib.Path(sys.argv[2]))))
        return
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from event_files import single
    from exported import check, interpreter, swept
    python = interpreter("UBP_TENSORBOARD_PYTHON")
    world = swept(str(pathlib.Path(sys.argv[1]).resolve()))
    runs = world.folder / "runs"
    check(world.run("export", "tensorboard", "-o", str(runs))[0], 0, "the export")
    done = subprocess.run([python, __file__, "read", str(runs)], capture_output=True, text=True, timeout=200)
    check(done.returncode, 0, done.stderr)
    found = json.loads(done.stdout)
    trials = world.rows("SELECT trial_id, name, params FROM trials")
    check(sorted(found), sorted(trial["name"] for trial in trials), "the runs")
    for trial in trials:
        run = found[trial["name"]]
        check((run["params"], run["group"]), (trial["params"], trial["name"].split(".")[0]), trial["name"])
        expected = {}
        for row in world.rows(f"SELECT metric, step, value FROM metrics WHERE trial_id = {trial['trial_id']} "
                              "ORDER BY metric, step"):
            expected.setdefault(row["metric"], []).append([row["step"], single(row["value"])])
        check(run["scalars"], expected, trial["name"])
    print(f"TensorBoard read {len(found)} runs as they are recorded")


if __name__ == "__main__":
    main()
