#!/bin/sh
# SPDX-License-Identifier: MIT
# What `ubp choosing` says of the nine sweeps of run.sh, by ten scores and three judges: all but those that order configs
# as another one does (mae, sse_per_row, log loss, ...) or that only some objectives log.
# More words are its own: --each, --format csv, --where FILTER.
set -e
for name in iris wine breast_cancer digits fashion moons blobs-2 blobs-16 blobs-64; do
  sweeps="$sweeps choosing-$name"
done
for score in mse loss effective_rank embedding_std trustworthiness continuity kmeans_silhouette uniformity alignment \
  stability; do
  scores="$scores --score $score"
done
# shellcheck disable=SC2086
exec ubp choosing $sweeps $scores --judge probe_accuracy --judge knn_accuracy --judge nmi "$@"
