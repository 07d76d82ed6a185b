#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sweeps that the rows of their data set cannot carry are refused before anything is recorded; `ubp data` says what a
data set is understood to be."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

MODEL = '[model]\nuse = "autoencoder"\nhidden = [8]\nlatent = 2\n'
CLASSIFIER = '[model]\nuse = "classifier"\n'
OPTIMIZER = '[optimizer]\nuse = "sgd"\nlr = 1e-2\n'


def check(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}:\n  found    {found!r}\n  expected {expected!r}")


class World:
    def __init__(self, ubp):
        self.ubp = os.path.abspath(ubp)
        self.scratch = tempfile.TemporaryDirectory(prefix="ubp-facts-")
        self.folder = pathlib.Path(self.scratch.name)
        self.env = dict(os.environ, UBP_CACHE=str(self.folder / "cache"), UBP_DB=str(self.folder / "ubp.db"))

    def run(self, *words):
        done = subprocess.run([self.ubp, *words], cwd=self.folder, env=self.env, text=True, capture_output=True,
                              timeout=120)
        return done.returncode, done.stdout, done.stderr

    def spec(self, dataset, train="", metric="", sweep="", objective='use = "reconstruction"'):
        model = "" if "ubp" in objective else CLASSIFIER if "supervised" in objective else MODEL
        text = (f"[dataset]\n{dataset}\n[objective]\n{objective}\n{model}{OPTIMIZER}[train]\nepochs = 1\n{train}\n"
                f"[[metric]]\n{metric}\n[sweep]\n{sweep}\n")
        (self.folder / "spec.toml").write_text(text)
        return "spec.toml"

    def refused(self, expected, **spec):
        """`expected`: after the place of the spec."""
        code, _, error = self.run("sweep", self.spec(**spec))
        check(code, 2, error)
        _, place, sentence = error.strip().splitlines()[-1].split(": ", 2)  # notes of the data set come before it
        check(place.split(":")[0], "spec.toml", error)
        check(sentence, expected, "the sentence")
        check((self.folder / "ubp.db").exists(), False, "a database after a refusal")

    def told(self, *words, **spec):
        code, _, error = self.run("sweep", self.spec(**spec), *words)
        check(code, 0, error)
        (self.folder / "ubp.db").unlink()
        return [line for line in error.splitlines() if line.startswith("ubp: note: ")]


def write_tables(world):
    rows = [(i, i * i % 7, "good" if i < 30 else "bad") for i in range(40)]
    text = "a,b,state\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    (world.folder / "parts.csv").write_text(text)
    (world.folder / "holes.csv").write_text(text.replace("\n3,2,", "\n3,,").replace("\n4,2,", "\n,2,"))


PARTS = 'use = "csv"\nfile = "parts.csv"\nlabel = "state"\n'
LAST = PARTS + 'test_share = 0.25\ntest_from = "last"\n'  # all of them bad


def refusals(world):
    world.refused("metric 'anomaly_auc', expect: anomaly_auc: 10 rows hold no anomaly: class = 1, mode = held_out",
                  dataset=LAST, metric='use = "anomaly_auc"')
    world.refused("metric 'knn_probe', expect: knn_probe: 30 rows to search for 31 neighbours of 10 rows",
                  dataset=LAST, metric='use = "knn_probe"\nk = 31')
    world.refused("metric 'trustworthiness', expect: trustworthiness: k = 5 is not less than half of 10 rows",
                  dataset=LAST, metric='use = "trustworthiness"\nk = 5')
    world.refused("metric 'clustering', expect: clustering: the objective assigns no clusters: set kmeans to a number "
                  "of them", dataset=LAST, metric='use = "clustering"')
    world.refused("metric 'image_quality', expect: image_quality: the input is no image: set height and width",
                  dataset=LAST, metric='use = "image_quality"')
    world.refused("objective 'supervised', expect: supervised: classes = 1, but a training row has the label 1",
                  dataset=PARTS, metric='use = "accuracy"', objective='use = "supervised"\nclasses = 1')
    world.refused("metric 'knn_probe' needs labels, but the data set has none",
                  dataset='use = "csv"\nfile = "parts.csv"\n', metric='use = "knn_probe"')
    world.refused("dataset.test_share: a split has no rows: found 0.01 of 40 rows, expected a share of 1 to 39 rows",
                  dataset=PARTS + "test_share = 0.01", metric='use = "reconstruction_error"')
    world.refused("sweep.metric: 'test.mse' is never told: metrics judge the train rows here", dataset=PARTS,
                  metric='use = "reconstruction_error"', sweep='metric = "test.mse"')
    world.refused("train.early_stop: 'valid.mse' is never told: metrics judge the test rows here", dataset=LAST,
                  metric='use = "reconstruction_error"', train='early_stop = "valid.mse"')
    world.refused("train.eval_split: found valid, but there are no validation rows: dataset.valid_share or folds hold "
                  "some back", dataset=LAST, metric='use = "reconstruction_error"', train='eval_split = "valid"')
    world.refused("objective 'reconstruction' cannot train with missing cells: found 2, expected none; "
                  "dataset.missing_cells says how to do without them", dataset=PARTS.replace("parts", "holes"),
                  metric='use = "reconstruction_error"')
    world.refused("objective 'denoising' heeds no weights of rows, and the data set has them: expected data without, "
                  "or an objective that declares UBP_OBJ_ROW_LOSS", dataset=PARTS + 'weight = "b"',
                  metric='use = "reconstruction_error"', objective='use = "denoising"')
    world.refused("metric 'imputation', expect: imputation: no cell of these rows is withheld: set withhold in "
                  "[dataset]; a data set's own test rows lose none, train.eval_split = \"train\" judges the others",
                  dataset='use = "blobs"\nwithhold = 0.3', metric='use = "imputation"', objective='use = "ubp"')


def choices(world):
    error = 'use = "reconstruction_error"'
    test = "what is chosen by test rows is not judged by them;"
    check(world.told(dataset=LAST, metric=error, sweep='metric = "test.mse"\nreplicates = 3'),
          [f"ubp: note: sweep.metric names test.mse: {test} dataset.valid_share holds rows back to choose by"],
          "the note of a sweep that chooses by test rows, once")
    check(world.told(dataset=LAST + "valid_share = 0.2", metric=error, train='early_stop = "test.mse"',
                     sweep='metric = "valid.mse"'),
          [f"ubp: note: train.early_stop names test.mse: {test} valid.mse exists"], "the note of an early stop")
    check(world.told(dataset=LAST + "valid_share = 0.2", metric=error, sweep='metric = "valid.mse"'), [],
          "notes of a sweep that chooses by validation rows")


def shown(world):
    spec = world.spec(dataset=LAST.replace("parts", "holes") + "valid_share = 0.2", metric='use = "linear_probe"')
    code, out, error = world.run("data", spec, "--json")
    check(code, 0, error)
    facts = json.loads(out)
    check({name: split["rows"] for name, split in facts["splits"].items()}, {"train": 22, "valid": 8, "test": 10},
          "rows of the splits")
    check(facts["splits"]["test"]["classes"], [{"label": 0, "name": "bad", "rows": 10}], "classes of the test rows")
    check(sum(split["missing"] for split in facts["splits"].values()), 2, "missing cells")
    check([column["most"] for column in facts["columns"]], [29, 4], "the largest numbers of the training rows")
    check(len(facts["first"]), 5, "first rows")
    code, out, _ = world.run("data", spec)
    check(out.splitlines()[0], "data set 'csv': rows of [2]; fields: x, mask, label", "the first line")
    code, out, error = world.run("data", spec, "dataset.test_share=0.001")
    check((code, out), (2, ""), "a data set that cannot be split")
    check((world.folder / "ubp.db").exists(), False, "a database after looking at data")


def tested(world):
    """Each trial counts the test number of the step that chose it."""
    spec = world.spec(dataset=PARTS + 'test_share = 0.25\nvalid_share = 0.25\nscale = "standard"',
                      metric='use = "reconstruction_error"', train="eval_every = 1\nbatch = 5",
                      sweep='metric = "valid.mse"\nreduce = "min"\nreplicates = 3\n'
                            '[sweep.space]\n"model.latent" = [1, 2]')
    code, _, error = world.run("sweep", spec, "train.epochs=6")
    check(code, 0, error)
    code, out, error = world.run("best", "--test", "--format", "json")
    check(code, 0, error)
    code, points, error = world.run("sql", "--format", "json",
                                    "SELECT t.config, m.trial_id, m.metric, m.step, m.value FROM metrics m "
                                    "JOIN trials t USING (trial_id) WHERE m.metric IN ('valid.mse', 'test.mse')")
    check(code, 0, error)
    points = json.loads(points)
    for row in json.loads(out):
        found = []
        for trial in {p["trial_id"] for p in points if p["config"] == row["config"]}:
            told = {name: {p["step"]: p["value"] for p in points if p["trial_id"] == trial and p["metric"] == name}
                    for name in ("valid.mse", "test.mse")}
            found.append(told["test.mse"][min(told["valid.mse"], key=told["valid.mse"].get)])
        mean, sd = statistics.mean(found), statistics.stdev(found)
        check(abs(row["test_mean"] - mean) < 1e-12, True, f"mean of {found}, told as {row['test_mean']}")
        half = 4.302652729911275 * sd / 3**0.5  # Student's t, 2 degrees of freedom
        check(abs(row["test_ci95_high"] - mean - half) < 1e-9, True, f"interval of {found}")
    code, compared, error = world.run("compare", "--test", "1/0", "1/1", "--format", "json")
    check((code, error.split(";")[0]), (0, "minimize test.mse"), error)
    means = {f"spec/{row['config']}": row["test_mean"] for row in json.loads(out)}
    check({row["config"]: round(row["mean"], 12) for row in json.loads(compared)},
          {name: round(mean, 12) for name, mean in means.items()}, "means that are compared on test rows")
    (world.folder / "ubp.db").unlink()
    world.run("sweep", world.spec(dataset=LAST, metric='use = "reconstruction_error"', sweep='metric = "test.mse"'))
    for words in (("best", "--test"), ("compare", "--test", "1/0", "1")):
        code, _, error = world.run(*words)
        check((code, error.splitlines()[-1]),
              (2, "ubp: sweep 1 'spec' chooses by test.mse: found test rows, expected others, as valid.mse"),
              "test numbers of what test rows chose")


def confirmed(world):
    """The winner once more, on seeds and splits that did not choose it; called again it runs nothing."""
    (world.folder / "ubp.db").unlink()
    dataset = 'test_share = 0.25\nvalid_share = 0.25\nsplit_by_replicate = true\nscale = "standard"'
    spec = world.spec(dataset=PARTS + dataset,
                      metric='use = "reconstruction_error"', train="batch = 5",
                      sweep='metric = "valid.mse"\nreplicates = 3\n[sweep.space]\n"model.latent" = [1, 2]')
    check(world.run("sweep", spec)[0], 0, "the sweep")
    rows = []
    for _ in range(2):
        code, out, error = world.run("confirm", "--top", "1", "--seeds", "4", "--format", "json")
        check(code, 0, error)
        rows.append(json.loads(out))
    check(rows[0], rows[1], "the same command again")
    best = json.loads(world.run("best", "1", "-k", "1", "--format", "json")[1])[0]
    won, usual = sorted(rows[0], key=lambda row: row["note"])
    check((won["config"], won["model.latent"], won["sweep_n"], won["sweep_mean"], won["n"], won["note"]),
          (best["config"], best["model.latent"], 3, best["mean"], 4, ""), "the winner")
    check((usual["model.latent"], usual["n"], usual["note"]), (2, 4, "default"), "the default")
    trials = json.loads(world.run("sql", "--format", "json", "SELECT sweep_id, seed, value, params FROM trials")[1])
    check(len(trials), 6 + 8, "trials")
    for what in ("seed", "value"):
        fresh, seen = ({t[what] for t in trials if t["sweep_id"] == sweep} for sweep in (2, 1))
        check(fresh & seen, set(), f"a {what} of the sweep among the fresh ones")
    mean = statistics.mean(t["value"] for t in trials
                           if t["sweep_id"] == 2 and t["params"]["model.latent"] == 1)
    check(abs(won["mean"] - mean) < 1e-12 * mean, True, f"the fresh mean {mean}, told as {won['mean']}")
    code, _, error = world.run("resume", "2")
    check((code, "`ubp confirm 1`" in error), (2, True), error)
    code, _, error = world.run("confirm", "2")
    check((code, "expected one that chooses" in error), (2, True), error)


def confirmed_together(world):
    """The winners of two sweeps on seeds that they have in common, whichever is named first."""
    check(world.run("sweep", "spec.toml", "sweep.name=other", "model.latent=1,2,3")[0], 0, "another sweep")
    for words in (("spec", "other"), ("other", "spec")):
        code, out, error = world.run("confirm", *words, "--top", "1", "--seeds", "3", "--format", "csv")
        check((code, out.count("sweep_mean")), (0, 2), error)
    seeds = json.loads(world.run("sql", "--format", "json",
                                 "SELECT sweep_id, group_concat(DISTINCT seed) AS seeds FROM trials "
                                 "WHERE sweep_id > 3 GROUP BY 1")[1])
    check([row["sweep_id"] for row in seeds], [4, 5], "confirmations, each once")
    check(*(set(row["seeds"].split(",")) for row in seeds), "their seeds")
    code, out, error = world.run("compare", "4", "5", "--format", "json")
    check((code, [row["common"] for row in json.loads(out)]), (0, [None, 3]), "pairs")
    code, _, error = world.run("confirm", "spec", "other", "1")
    check((code, error), (2, "ubp: spec and 1 are one sweep: 1 'spec'\n"), "a sweep named twice")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ubp", required=True)
    world = World(parser.parse_args().ubp)
    write_tables(world)
    refusals(world)
    choices(world)
    shown(world)
    tested(world)
    confirmed(world)
    confirmed_together(world)


if __name__ == "__main__":
    main()
