#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Event files, read by their specification: tests/export/event_files.py UBP"""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from exported import SPEC, check, swept  # noqa: E402


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def records(data):
    at = 0
    while at < len(data):
        length, of_length = struct.unpack_from("<QI", data, at)
        check(of_length, masked(data[at:at + 8]), "the sum of a length")
        record = data[at + 12:at + 12 + length]
        check(struct.unpack_from("<I", data, at + 12 + length)[0], masked(record), "the sum of a record")
        yield record
        at += 16 + length
    check(at, len(data), "the end of the file")


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7f) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    """{field: [value, ...]} of one message: whole numbers, bytes, and the bytes of fixed widths."""
    at, found = 0, {}
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            value, at = data[at:at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def events(path):
    """The version, {metric: [(step, wall time, value)]}, and {tag: bytes of hparams}."""
    version, series, hparams = None, {}, {}
    for record in records(path.read_bytes()):
        event = fields(record)
        time = struct.unpack("<d", event[1][0])[0]
        version = event[3][0] if 3 in event else version
        for value in fields(event[5][0])[1] if 5 in event else ():
            value = fields(value)
            tag = value[1][0].decode()
            if 2 in value:
                point = (event.get(2, [0])[0], time, struct.unpack("<f", value[2][0])[0])
                series.setdefault(tag, []).append(point)
            else:
                plugin = fields(fields(value[9][0])[1][0])
                check(plugin[1][0], b"hparams", "the plugin")
                hparams[tag] = fields(plugin[2][0])
    return version, series, hparams


def single(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def main():
    check(crc32c(b"123456789"), 0xe3069283, "our own sum")
    world = swept(str(pathlib.Path(sys.argv[1]).resolve()))
    runs = world.folder / "runs"
    code, _, error = world.run("export", "tensorboard", "-o", str(runs))
    check((code, error.split(";")[0]), (0, "10 runs"), "the export")
    files = sorted(path for path in runs.rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in files}

    trials = world.rows("SELECT trial_id, name, params, started, finished FROM trials")
    check([str(path.parent.relative_to(runs)) for path in files], sorted(trial["name"] for trial in trials), "the runs")
    for trial in trials:
        folder = runs / trial["name"]
        version, series, hparams = events(next(folder.iterdir()))
        check(version, b"brain.Event:2", "the version")
        points = world.rows("SELECT metric, step, m.value, "
                            "(julianday(t.started) - 2440587.5) * 86400 + t_ms / 1e3 AS time "
                            f"FROM metrics m JOIN trials t USING (trial_id) WHERE trial_id = {trial['trial_id']} "
                            "ORDER BY metric, step")
        expected = {}
        for point in points:
            expected.setdefault(point["metric"], []).append(point)
        check(set(series), set(expected), "the metrics")
        for metric, found in series.items():
            wanted = [(p["step"], single(p["value"])) for p in expected[metric]]
            check([(step, value) for step, _, value in found], wanted, (trial["name"], metric))
            check(max(abs(time - p["time"]) for (_, time, _), p in zip(found, expected[metric])) < 2e-3, True, "times")
        start = fields(hparams["_hparams_/session_start_info"][3][0])
        given = {}
        for entry in start[1]:
            entry = fields(entry)
            value = fields(entry[2][0])
            given[entry[1][0].decode()] = struct.unpack("<d", value[2][0])[0] if 2 in value else value[3][0].decode()
        check(given, trial["params"], "the parameters")
        check(start[4][0].decode(), trial["name"].split(".")[0], "the group of the replicates")
        end = fields(hparams["_hparams_/session_end_info"][4][0])
        check(end[1][0], 2 if trial["name"] == "failing/1.0" else 1, "how it ended")

    check(world.run("export", "tensorboard", "-o", str(runs))[0], 0, "the export once more")
    check({path: path.read_bytes() for path in runs.rglob("*") if path.is_file()}, before, "its bytes")
    some = world.folder / "some"
    world.run("export", "tensorboard", "rings", "-o", str(some), "--where", "lr < 5e-3")
    check(sorted(p.name for p in (some / "rings").iterdir()),
          sorted(trial["name"].split("/")[1] for trial in trials
                 if trial["name"].startswith("rings") and trial["params"]["optimizer.lr"] < 5e-3), "a part of them")

    other = world.folder / "spec.toml"
    (world.folder / "mixed").mkdir()
    (world.folder / "mixed" / "notes.txt").write_text("mine")
    for words, code, sentence in (
            (["tensorboard"], 2, "export tensorboard: -o FOLDER is missing: where the runs go"),
            (["tensorboard", "-o", str(other)], 2, f"-o: {other}: found a file, expected a folder"),
            (["tensorboard", "-o", str(world.folder / "mixed")], 2,
             f"-o: {world.folder / 'mixed'}: found notes.txt, expected a folder that is new or holds such an export "
             "only"),
            (["tensorboard", "-o", str(runs), "--what", "metrics"], 2,
             "export tensorboard: takes no --what, but --where and --output"),
            (["csv", "-o", str(runs)], 2, "export csv: takes no --output, but --what and --where")):
        found = world.run("export", *words)
        check(found, (code, "", f"ubp: {sentence}\n"), words)
    check([p.name for p in (world.folder / "mixed").iterdir()], ["notes.txt"], "the other folder")

    world.run("sweep", "failing.toml", "--retry-failed")
    started = world.rows("SELECT (julianday(started) - 2440587.5) * 86400 AS time FROM trials "
                         "WHERE name = 'failing/1.0' ORDER BY attempt")
    check(len(started), 2, "attempts")
    retried = world.folder / "retried"
    world.run("export", "tensorboard", "failing", "-o", str(retried))
    _, series, _ = events(next((retried / "failing/1.0").iterdir()))
    check(min(point[1] for points in series.values() for point in points) > started[1]["time"] - 2e-3, True,
          "the last attempt")

    world.spec(SPEC.replace("steps = 30", "steps = 31"))
    check(world.run("sweep", "spec.toml")[0], 0, "another sweep of that name")
    shared = world.folder / "shared"
    check(world.run("export", "tensorboard", "-o", str(shared))[0], 0, "the export of both")
    check(sorted(p.name for p in shared.iterdir()), ["failing", "rings (1)", "rings (3)"], "folders of sweeps")
    print("every record, sum and value of the event files was as it should be")


if __name__ == "__main__":
    main()
