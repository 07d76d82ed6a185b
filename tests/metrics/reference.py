#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes data/: small fixed inputs, and what scikit-learn 1.2.1, SciPy 1.10.1 and scikit-image 0.19.3 make of them
(data/expected.csv).

A line of expected.csv is case;name;value; scores.cpp runs the case of that name and compares.
"""
import csv
import pathlib

import numpy as np
from scipy import ndimage, optimize, stats
from scipy.spatial import distance
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from sklearn import cluster, linear_model, manifold, metrics, neighbors, preprocessing

DATA = pathlib.Path(__file__).parent / "data"
EXPECTED = []


def write(name, array):
    array = np.asarray(array)
    np.savetxt(DATA / f"{name}.csv", array.reshape(len(array), -1), delimiter=",", fmt="%.10g")
    return array


def expect(case, **values):
    EXPECTED.extend((case, name, repr(float(v))) for name, v in values.items())


def blobs(rng, rows, columns, classes):
    """Overlapping clusters with columns of very different scale; four decimals, so that the file holds the exact
    numbers."""
    y = rng.randint(classes, size=rows)
    centres = np.random.RandomState(5).randn(classes, columns)
    x = (1.3 * centres[y] + rng.randn(rows, columns)) * 10.0 ** np.linspace(-1, 1, columns) + 3
    return np.round(x, 4), y


def probes(train, y, test, y_test):
    for c, standardise in [(1, False), (0.01, False), (100, True)]:
        a, b = train, test
        if standardise:
            scaler = preprocessing.StandardScaler().fit(train)
            a, b = scaler.transform(train), scaler.transform(test)
        model = linear_model.LogisticRegression(C=c, max_iter=10000, tol=1e-9, solver="newton-cg").fit(a, y)
        expect(
            f"linear_probe c={c} standardise={standardise}".replace("True", "true").replace("False", "false"),
            probe_accuracy=model.score(b, y_test),
            probe_log_loss=metrics.log_loss(y_test, model.predict_proba(b), labels=model.classes_),
        )
    for k in (1, 4, 15):
        knn = neighbors.KNeighborsClassifier(k, algorithm="brute").fit(train, y)
        expect(f"knn_probe k={k}", knn_accuracy=knn.score(test, y_test))
    # Wu et al., arXiv:1805.01978, equation 8
    unit, unit_test = preprocessing.normalize(train), preprocessing.normalize(test)
    similarity = unit_test @ unit.T
    for k, temperature in [(20, 0.07), (60, 0.5)]:
        right = 0
        for row, label in zip(similarity, y_test):
            near = np.argsort(-row, kind="stable")[:k]
            right += np.bincount(y[near], np.exp(row[near] / temperature)).argmax() == label
        expect(f"knn_probe k={k} weights=weighted temperature={temperature}", knn_accuracy=right / len(y_test))


def reconstruction(rng):
    x = write("input", np.round(rng.rand(13, 6), 4))
    r = write("reconstruction", np.round(x + 0.2 * rng.randn(13, 6), 4))
    known = write("mask", (rng.rand(13, 6) < 0.8).astype(int)).astype(bool)
    expect(
        "reconstruction_error",
        mse=metrics.mean_squared_error(x, r),
        mae=metrics.mean_absolute_error(x, r),
        sse_per_row=((x - r) ** 2).sum(axis=1).mean(),
    )
    expect(
        "reconstruction_error masked",
        mse=metrics.mean_squared_error(x[known], r[known]),
        mae=metrics.mean_absolute_error(x[known], r[known]),
        sse_per_row=((x - r)[known] ** 2).sum() / len(x),
    )


def anomaly(rng, label):
    score = write("score", np.round(rng.rand(len(label)) + 0.3 * (label == 2), 1))  # one decimal: many ties
    for c, mode in [(2, "held_out"), (0, "one_class")]:
        positive = (label == c) == (mode == "held_out")
        expect(
            f"anomaly_auc class={c} mode={mode}",
            roc_auc=metrics.roc_auc_score(positive, score),
            average_precision=metrics.average_precision_score(positive, score),
        )


def clustering(x, label, guess):
    """Clusters of the objective, more of them than classes; then k-means, started often enough to find the optimum."""
    best = cluster.KMeans(3, n_init=50, random_state=0).fit(x).labels_
    for case, found in [("clustering assigned", guess), ("clustering kmeans=3 starts=50", best)]:
        table = metrics.cluster.contingency_matrix(label, found)
        rows, columns = optimize.linear_sum_assignment(-table)
        expect(
            case,
            cluster_accuracy=table[rows, columns].sum() / len(label),
            nmi=metrics.normalized_mutual_info_score(label, found),
            ari=metrics.adjusted_rand_score(label, found),
            silhouette=metrics.silhouette_score(x, found),
        )


def label_free(x, z):
    best = cluster.KMeans(3, n_init=50, random_state=0).fit(x).labels_
    expect("silhouette k=3 starts=50", kmeans_silhouette=metrics.silhouette_score(x, best))
    unit = preprocessing.normalize(z)
    nearest = neighbors.NearestNeighbors(n_neighbors=2, algorithm="brute").fit(x).kneighbors(x)[1][:, 1]
    expect(
        "uniformity",
        uniformity=np.log(np.exp(-2 * distance.pdist(unit, "sqeuclidean")).mean()),
        alignment=((unit - unit[nearest]) ** 2).sum(axis=1).mean(),
    )


def imputation(rng):
    """Columns 0 and 1 are numeric, 2 is 0/1, 3 to 5 a one-hot group, 6 an index."""
    n = 40
    kind = rng.randint(3, size=n)
    index = rng.randint(15, size=n)
    true = np.column_stack([rng.randn(n), 100 * rng.rand(n) - 7, rng.randint(2, size=n), np.eye(3)[kind], index])
    true = write("cells", np.round(true, 4))
    guess = write("imputed", np.round(true + rng.randn(n, 7) * [0.3, 20, 0.4, 0.5, 0.5, 0.5, 0.6], 4))
    hidden = rng.rand(n, 5) < 0.4
    columns = np.column_stack([hidden[:, :3], hidden[:, [3] * 3], hidden[:, 4]])
    hidden = write("withheld", columns.astype(int)).astype(bool)
    missing = (rng.rand(n, 7) < 0.1) & ~hidden
    missing[:, 3:6] = missing[:, 3:4]
    missing[np.argmax(true[:, 1]), 1] = not hidden[np.argmax(true[:, 1]), 1]  # then the known range differs
    write("known", (~missing & ~hidden).astype(int))
    numeric = [0, 1]
    spread = [np.ptp(true[~missing[:, c], c]) for c in numeric]
    error = ((guess - true)[:, numeric] / spread)[hidden[:, numeric]]
    wrong = np.concatenate([
        (np.abs(guess - true)[:, 2] >= 0.5)[hidden[:, 2]],
        (guess[:, 3:6].argmax(1) != kind)[hidden[:, 3]],
        (np.abs(guess - true)[:, 6] >= 0.5)[hidden[:, 6]],
    ])
    expect(
        "imputation nominal=2,3-5,6",
        imputation_rmse=np.sqrt(np.mean(error**2)),
        imputation_sse=np.sum(error**2) + wrong.sum(),
        imputation_hamming=wrong.mean(),
    )
    raw = (guess - true)[hidden]
    expect("imputation unit=raw", imputation_rmse=np.sqrt(np.mean(raw**2)), imputation_sse=np.sum(raw**2))


def ranks_of_neighbours(x):
    """[i, j]: the rank of j among i's neighbours, from 1; of equally near ones the earlier is nearer."""
    d = distance.squareform(distance.pdist(x, "sqeuclidean"))
    np.fill_diagonal(d, -1)
    order, rank = np.argsort(d, axis=1, kind="stable"), np.empty(d.shape, int)
    np.put_along_axis(rank, order, np.arange(len(d))[None, :], axis=1)
    return rank


def rank_errors(own, other, k):
    """Lee, Verleysen 2009: over the k nearest of `own`."""
    n, near = len(own), (own >= 1) & (own <= k)
    worst = n * sum(abs(n - 2 * m + 1) / m for m in range(1, k + 1))
    return (np.abs(own - other)[near] / own[near]).sum() / worst


def preserved(own, other, k):
    """Venna, Kaski 2001: whether the k nearest of `own` are near in `other`."""
    n, near = len(own), (own >= 1) & (own <= k)
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * np.maximum(0, other[near] - k).sum()


def shepard(x, z):
    return stats.spearmanr(*[np.round(d / d.max() * 1e12) for d in
                             (distance.pdist(x, "sqeuclidean"), distance.pdist(z, "sqeuclidean"))]).statistic


def judged_map(x, z):
    a, b = ranks_of_neighbours(x), ranks_of_neighbours(z)
    for k in (5, 12):
        expect(
            f"trustworthiness k={k}",
            trustworthiness=manifold.trustworthiness(x, z, n_neighbors=k),
            continuity=manifold.trustworthiness(z, x, n_neighbors=k),
            mrre_input=rank_errors(a, b, k), mrre_embedding=rank_errors(b, a, k), shepard=shepard(x, z),
        )


def tied_map(rng):
    """64 rows of small integers, many of them equal: ties of all kinds, which centring leaves exact."""
    x = rng.randint(-2, 3, size=(64, 4))
    x[40:] = x[:24]
    z = x[:, :2] + rng.randint(-1, 2, size=(64, 2))
    z[50:57] = z[3]
    x, z = write("lattice", x), write("lattice_map", z)
    a, b = ranks_of_neighbours(x), ranks_of_neighbours(z)
    expect("trustworthiness tied k=7", trustworthiness=preserved(b, a, 7), continuity=preserved(a, b, 7),
           mrre_input=rank_errors(a, b, 7), mrre_embedding=rank_errors(b, a, 7), shepard=shepard(x, z))


def embedding(x, z, rng):
    judged_map(x, z)
    tied_map(np.random.RandomState(2))
    wide = write("wide", np.round(rng.randn(6, 9), 4))
    for case, m in [("collapse", x), ("collapse wide", wide)]:
        s = np.linalg.svd(m, compute_uv=False)
        p = s / s.sum() + 1e-7
        expect(case, effective_rank=np.exp(-np.sum(p * np.log(p))),
               embedding_std=preprocessing.normalize(m).std(axis=0).mean())
    size, root = np.abs(wide), np.sqrt(wide.shape[1])
    for threshold in (0.01, 0.9):
        expect(
            f"sparsity threshold={threshold}",
            active_share=np.mean(size > threshold),
            hoyer=np.mean((root - np.linalg.norm(wide, 1, axis=1) / np.linalg.norm(wide, axis=1)) / (root - 1)),
            silent_units=np.mean(~(size > threshold).any(axis=0)),
        )


def ssim(x, y, window):
    """Wang et al. 2004, over the windows that lie in the image; scikit-image has it for a window of 11 only."""
    if window == 11:
        return structural_similarity(x, y, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)

    def smooth(a):
        inside = window // 2
        return ndimage.gaussian_filter(a, 1.5, radius=inside, mode="reflect")[inside:-inside, inside:-inside]

    mx, my = smooth(x), smooth(y)
    vx, vy, c = smooth(x * x) - mx * mx, smooth(y * y) - my * my, smooth(x * y) - mx * my
    return np.mean((2 * mx * my + 1e-4) * (2 * c + 9e-4) / ((mx**2 + my**2 + 1e-4) * (vx + vy + 9e-4)))


def images(rng):
    """Two images of two channels, 14 x 12: smooth originals, noisy reconstructions."""
    x = ndimage.gaussian_filter(rng.rand(2, 2, 14, 12), (0, 0, 1.5, 1.5))
    x = write("pictures", np.round((x - x.min()) / np.ptp(x), 3))
    y = write("pictures_again", np.round(np.clip(x + 0.1 * rng.randn(*x.shape), 0, 1), 3))
    psnr = np.mean([peak_signal_noise_ratio(a, b, data_range=1) for a, b in zip(x, y)])
    for window in (11, 7):
        expect(
            f"image_quality window={window}",
            psnr=psnr,
            ssim=np.mean([ssim(a, b, window) for p, q in zip(x, y) for a, b in zip(p, q)]),
        )


def episodes(rng):
    r = write("returns", np.round(100 * rng.rand(18), 1))
    n = write("lengths", rng.randint(10, 200, size=18))
    expect("episode_return", return_mean=r.mean(), return_sd=r.std(ddof=1),
           return_iqm=stats.trim_mean(r, 0.25), length_mean=n.mean())


def main():
    rng = np.random.RandomState(1)
    train, y = blobs(rng, 120, 5, 3)
    test, y_test = blobs(rng, 80, 5, 3)
    write("train_x", train), write("train_y", y), write("test_x", test), write("test_y", y_test)
    probes(train, y, test, y_test)
    reconstruction(rng)
    anomaly(rng, y_test)
    guess = write("assignment", np.where(rng.rand(80) < 0.7, y_test, rng.randint(3, size=80)))
    expect("accuracy", accuracy=metrics.accuracy_score(y_test, guess))
    clustering(test, y_test, write("clusters", np.where(rng.rand(80) < 0.7, 2 * y_test, rng.randint(6, size=80))))
    imputation(rng)
    planar = write("map", np.round(test[:, 3:] + rng.randn(80, 2), 4))
    embedding(test, planar, rng)
    label_free(test, planar)
    images(rng)
    episodes(rng)
    with open(DATA / "expected.csv", "w", newline="") as out:
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(EXPECTED)


if __name__ == "__main__":
    main()
