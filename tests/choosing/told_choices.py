#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `ubp choosing` says of sweeps that have run is what their series say, ranked here by plain loops."""
import itertools
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fault"))
from support import World, arguments, check, small  # noqa: E402

METRICS = """
[artifacts]
embedding = true
[[metric]]
use = "collapse"
[[metric]]
use = "silhouette"
k   = 4
[[metric]]
use = "uniformity"
[[metric]]
use = "knn_probe"
[[metric]]
use    = "clustering"
kmeans = 4
"""
SPEC = small("steps = 40\nlog_every = 10", """replicates = 2
blocks     = ["dataset.separation"]
[sweep.space]
"dataset.separation" = [0.5, 3.0]
"model.latent" = [1, 2, 4]
"optimizer.lr" = [1e-4, 1e-3, 1e-2, 1e-1]
""" + METRICS, dataset='use  = "blobs"\nrows = 120\ntest_rows = 80\nvalid_share = 0.3\ndims = 8')
SMALLER = {"train.loss", "valid.uniformity", "valid.alignment"}


def ranks(values):
    return [sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 for x in values]


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    middle = (len(a) + 1) / 2
    both = sum((x - middle) * (y - middle) for x, y in zip(a, b))
    return both / (sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b)) ** 0.5


def means(world, metric, separation):
    """Of each config, larger is better."""
    rows = world.rows(f"SELECT config, avg(last) AS mean FROM trials JOIN metric_stats USING (trial_id) WHERE metric = "
                      f"'{metric}' AND json_extract(params, '$.\"dataset.separation\"') = {separation} GROUP BY config "
                      "ORDER BY config")
    return [-row["mean"] if metric in SMALLER else row["mean"] for row in rows]


def asked(world, *words):
    code, out, error = world.run("choosing", "rings", *words, "--format", "json")
    check(code, 0, f"{words}: {error}")
    return json.loads(out), error


def main():
    args = arguments()
    world = World(args)
    code, _, error = world.sweep(world.spec(SPEC), "-q")
    check(code, 0, error)
    each, sentence = asked(world, "--each", "--judge", "knn_accuracy", "--judge", "nmi")
    scores = {"stability", "train.loss", "valid.effective_rank", "valid.embedding_std", "valid.kmeans_silhouette",
              "valid.uniformity", "valid.alignment"}
    check({(row["dataset"], row["score"], row["judge"]) for row in each},
          set(itertools.product(("rings 0.5", "rings 3.0"), scores, ("test.knn_accuracy", "test.nmi"))), "rows")
    for row in each:
        separation = row["dataset"].split()[1]
        judged = means(world, row["judge"], separation)
        check(row["low"] <= row["rho"] <= row["high"], True, f"the interval of {row}")
        check(abs(row["chance"] - (max(judged) - sum(judged) / 12) / (max(judged) - min(judged))) < 1e-12, True, row)
        if row["score"] == "stability":
            continue
        chosen = means(world, row["score"], separation)
        check(abs(row["rho"] - spearman(chosen, judged)) < 1e-12, True, f"rho of {row}")
        best = [j for c, j in zip(chosen, judged) if c == max(chosen)]
        regret = (max(judged) - sum(best) / len(best)) / (max(judged) - min(judged))
        check(abs(row["regret"] - regret) < 1e-12, True, f"regret of {row}")
    check("one may choose on none of these scores" in sentence, True, sentence)  # two data sets: p is 0.5 at the least

    over, _ = asked(world, "--judge", "knn_accuracy")
    check(len(over), len(scores), "scores over data sets")
    for row in over:
        rhos = [one["rho"] for one in each if (one["score"], one["judge"]) == (row["score"], row["judge"])]
        check((row["datasets"], row["above"]), (2, sum(r > 0 for r in rhos)), row)
        check(abs(row["rho"] - sum(rhos) / 2) < 1e-12, True, row)
        better = sum(one["regret"] < one["chance"] for one in each
                     if (one["score"], one["judge"]) == (row["score"], row["judge"]))
        check(row["better"], better, row)
        check(row["p"], 0.5 if row["above"] in (0, 2) else 1, row)
        check(row["verdict"], "not told", row)
    few, sentence = asked(world, "--where", "dataset.separation = 3", "--score", "loss", "--judge", "knn_accuracy")
    check([row["dataset"] for row in few], ["rings 3.0"], "where")
    check("on rings 3.0 alone" in sentence, True, sentence)
    twice, _ = asked(world, "rings", "--judge", "knn_accuracy")  # a sweep that is named twice is one
    check(twice, over, "twice")

    for words, expected in ((["--judge", "knn"], "--judge: found 'knn', expected a number that used labels: "),
                            (["--where", "model.latent = 1"], "choosing takes 10 configs with a score")):
        code, _, error = world.run("choosing", "rings", *words)
        check((code in (2, 4), expected in error, error.count("\n") < 6), (True, True, True), f"{code} {error}")
    out = world.run("choosing", "rings")[1]
    check("verdict" in out and "one may choose" in out.splitlines()[-1], True, out)


if __name__ == "__main__":
    main()
