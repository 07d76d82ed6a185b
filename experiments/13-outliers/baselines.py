#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the usual detectors reach, by scikit-learn: baselines.py prints the mean ROC-AUC over ten one-class digits,
then, for the tables in $UBP_DATA/od, that of detectors judged on the rows they saw. Isolation forest: mean of seeds 0
to 4, raw columns; the others on z-scores and deterministic."""
import csv
import os

import numpy
from sklearn.covariance import EmpiricalCovariance
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.svm import OneClassSVM

TABLES = "annthyroid breastw glass ionosphere landsat pima satellite shuttle spambase vertebral wdbc wine wpbc".split()


def pca_error(fit, score, k):
    pca = PCA(k, svd_solver="full").fit(fit)
    return ((pca.inverse_transform(pca.transform(score)) - score) ** 2).sum(1)


def forest(fit, score, seed):
    return -IsolationForest(random_state=seed).fit(fit).score_samples(score)


def digits():
    x, y = load_digits(return_X_y=True)
    x = x / 16
    detectors = {f"PCA {k}": (lambda a, b, k=k: pca_error(a, b, k)) for k in (2, 4, 8, 16)} | {
        "one-class SVM, nu 0.1": lambda a, b: -OneClassSVM(nu=0.1, gamma="scale").fit(a).score_samples(b),
        "LOF, 20 neighbours": lambda a, b: -LocalOutlierFactor(20, novelty=True).fit(a).score_samples(b),
        "distance to the mean": lambda a, b: ((b - a.mean(0)) ** 2).sum(1)} | {
        f"isolation forest {s}": (lambda a, b, s=s: forest(a, b, s)) for s in range(5)}
    print("one-class digits, mean ROC-AUC of ten classes")
    for name, score in detectors.items():
        auc = [roc_auc_score(y[1437:] != c, score(x[:1437][y[:1437] == c], x[1437:])) for c in range(10)]
        print(f"{name:24}{numpy.mean(auc):.4f}", flush=True)


def tables():
    print(f"{'table':12}{'rows':>6}{'outliers':>10}{'forest':>9}{'PCA 90 %':>10}{'5-NN':>8}{'Mahalanobis':>13}")
    for name in TABLES:
        path = os.path.join(os.environ.get("UBP_DATA", "."), "od", name + ".csv")
        if not os.path.exists(path):
            print(f"{name:12}skipped: {path} is absent")
            continue
        with open(path) as f:
            rows = [[float(v) if v else numpy.nan for v in r] for r in list(csv.reader(f))[1:]]
        x, y = numpy.array(rows)[:, :-1], numpy.array(rows)[:, -1] == 1
        x = numpy.where(numpy.isnan(x), numpy.nanmean(x, 0), x)
        sd = x.std(0)
        z = (x - x.mean(0)) / numpy.where(sd > 0, sd, 1)
        auc = [numpy.mean([roc_auc_score(y, forest(x, x, s)) for s in range(5)]),
               roc_auc_score(y, pca_error(z, z, 0.9)),
               roc_auc_score(y, NearestNeighbors(n_neighbors=6).fit(z).kneighbors(z)[0][:, 5]),
               roc_auc_score(y, EmpiricalCovariance().fit(z).mahalanobis(z))]
        print(f"{name:12}{len(y):6}{y.sum():10}{auc[0]:9.4f}{auc[1]:10.4f}{auc[2]:8.4f}{auc[3]:13.4f}", flush=True)


digits()
tables()
