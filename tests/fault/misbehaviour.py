# SPDX-License-Identifier: MIT
"""Whatever a plugin does, it fails its own trial, with a class and one sentence that names it, and never the sweep."""
import re

from support import SPEC, World, arguments, check

# how: state, reason, what the sentence must match
EXPECTED = {
    "behaves": ("COMPLETE", None, None),
    "prints": ("COMPLETE", None, None),
    "throws": ("FAILED", "plugin", r"misbehaving.*no luck today"),
    "colours": ("FAILED", "plugin",
                r"^[ -~]*misbehaving[ -~]*: \\x1b\[31mred\\xff x+\.\.\. \(\d+ bytes\)$"),
    "names": ("FAILED", "plugin",
              r"misbehaving.*'name\d+' is one metric too many: a trial has at most 1000, each a series over .*"),
    "throws_int": ("FAILED", "exception", r"misbehaving"),
    "nan": ("FAILED", "numeric", r"train\.loss is -?nan"),
    "null": ("FAILED", "crash", r"^crashed in misbehaving\.loss, stage 0, step 5 \(SIGSEGV, Segmentation fault\)$"),
    "recurses": ("FAILED", "crash", r"^crashed in misbehaving\.loss, stage 0, step 5 \(SIGSEGV, Segmentation fault\)$"),
    "aborts": ("FAILED", "abort", r"^aborted in misbehaving\.loss, stage 0, step 5$"),
    "exits": ("FAILED", "exit",
              r"^plugin misbehaving: ended the process with exit code 3 in misbehaving\.loss, stage 0, step 5$"),
    "writes_stream": ("FAILED", "plugin",
                      r"^plugin misbehaving: wrote 'hello' into the stream to the coordinator; stopped in "),
    "memory": ("FAILED", "memory", r"misbehaving|memory"),
    "loops": ("FAILED", "timeout", r"^took longer than 3 s; stopped in misbehaving\.loss, stage 0, step 5$"),
    "killed": ("FAILED", "killed",
               r"^stopped from outside 4 times, last: killed from outside in misbehaving\.loss, stage 0, step 5$"),
}
# A sanitizer's runtime takes these into its own hands, and knows no limit of memory.
OF_THE_RUNTIME = ("null", "recurses", "memory", "exits", "crashes_at_load")
# Plugins that cannot be loaded: nothing is started, nothing is recorded.
UNLOADABLE = {
    "other_abi": r"ubp: .*objective\.use: plugin 'other_abi' \(.*other_abi\.so\): "
                 r"was built against 9\.9 draft 0 of the plugin header, this ubp has .*rebuild it",
    "crashes_at_load": r"ubp: .*objective\.use: plugin .*crashes_at_load\.so: crashed while it was being loaded "
                       r"\(Segmentation fault\)",
    "no_plugin": r"ubp: .*objective\.use: plugin .*no_plugin\.so: is a library, but no ubp plugin",
    "text": r"ubp: .*objective\.use: plugin .*text\.so: is no shared library",
}


def main():
    args = arguments([("--sanitized", 0)])
    world = World(args)
    expected = {how: what for how, what in EXPECTED.items() if not (args.sanitized and how in OF_THE_RUNTIME)}
    limits = 'trial_wall = "3s"\ntrial_memory = "512MiB"\n'
    spec = world.spec(SPEC + limits + '[sweep.space]\n"objective.how" = %s\n' % list(expected))
    code, _, error = world.sweep(spec, "-j", "2")
    check(code, 3, "exit code of a sweep with failures\n" + error)
    last = ("SELECT json_extract(params, '$.\"objective.how\"') AS how, state, reason, error, max(attempt) AS attempt "
            "FROM trials GROUP BY config_id")
    rows = {row["how"]: row for row in world.rows(last)}
    check(sorted(rows), sorted(expected), "trials")
    for how, (state, reason, sentence) in expected.items():
        row = rows[how]
        print(f"{how:14} {row['state']:9} {row['reason'] or '':10} {row['error'] or ''}")
        check((row["state"], row["reason"]), (state, reason), how + f": {row['error']}")
        if sentence and not re.search(sentence, row["error"]):
            raise SystemExit(f"{how}: found {row['error']!r}, expected a match of {sentence!r}")
    check(rows["killed"]["attempt"], 3, "attempts of a trial that is killed again and again")

    before = world.rows("SELECT count(*) AS n FROM trials")
    for plugin, sentence in UNLOADABLE.items():
        if args.sanitized and plugin in OF_THE_RUNTIME:
            continue
        code, _, error = world.sweep(spec, f"objective.use={plugin}", "objective.how=behaves")
        print(f"{plugin:14} exit {code}    {error.strip()}")
        check(code, 7, plugin)
        check(len(error.strip().splitlines()), 1, plugin + ": lines")
        if not re.search(sentence, error):
            raise SystemExit(f"{plugin}: found {error!r}, expected a match of {sentence!r}")
    blobs, csv = 'use       = "blobs"\nrows      = 200\ntest_rows = 100', 'use = "csv"\nfile = "absent.csv"'
    absent = world.spec(SPEC.replace(blobs, csv), "absent.toml")
    code, _, error = world.sweep(absent)
    print(f"{'missing data':14} exit {code}    {error.strip()}")
    check(code, 2, "missing data")
    if not re.fullmatch(r"ubp: .*absent\.toml:4: dataset 'csv'.*absent\.csv is missing: .*\n", error):
        raise SystemExit(f"missing data: found {error!r}")
    mask = '[dataset]\nuse = "blobs"\nwithhold_file = "absent.txt"\n' \
           '[objective]\nuse = "ubp"\n[optimizer]\nuse = "sgd"\nlr = 0.1\n'
    code, _, error = world.sweep(world.spec(mask, "mask.toml"))
    print(f"{'missing mask':14} exit {code}    {error.strip()}")
    check(code, 2, "missing mask")
    if not re.fullmatch(r"ubp: .*mask\.toml:1: dataset\.withhold_file: absent\.txt is missing: .*\n", error):
        raise SystemExit(f"missing mask: found {error!r}")
    alike = '[dataset]\nuse = "blobs"\n[model]\nuse = "projector"\n' \
            '[objective]\nuse = "nt_xent"\n[optimizer]\nuse = "sgd"\nlr = 0.1\n'
    code, _, error = world.sweep(world.spec(alike, "alike.toml"))
    print(f"{'views alike':14} exit {code}    {error.strip()}")
    check(code, 2, "views alike")
    if not re.fullmatch(r"ubp: .*alike\.toml:5: objective 'nt_xent' compares 2 views of a row: "
                        r"found no \[\[transform\]\], expected .*\n", error):
        raise SystemExit(f"views alike: found {error!r}")
    check(world.rows("SELECT count(*) AS n FROM trials"), before, "trials after what cannot be loaded")

    code, _, error = world.sweep(spec, "-j", "2")
    check(code, 3, "the same command again\n" + error)
    check(world.rows("SELECT count(*) AS n FROM trials"), before, "trials after the same command again")


if __name__ == "__main__":
    main()
