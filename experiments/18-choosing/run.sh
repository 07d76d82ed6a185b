#!/bin/sh
# SPDX-License-Identifier: MIT
# The same 60 configs, of 3 seeds each, on nine data sets. With ubp on the PATH; the database is $UBP_DB, else ./ubp.db.
# What is there is not run again. `run.sh NAME ...`: only these. JOBS: trials at once (2).
set -e
here=$(dirname "$0")

run() { # its name, its classes, its keys
  name=$1 classes=$2
  shift 2
  case " $only " in
  "  " | *" $name "*) ;;
  *) return ;;
  esac
  ubp sweep "$here/spec.toml" "sweep.name=choosing-$name" "metric.7.kmeans=$classes" "$@" -j "${JOBS:-2}"
}

only="$*"
drawn="dataset.use=blobs dataset.test_share=0 dataset.valid_share=0.3 dataset.test_rows=400"
run iris 3
run wine 3 dataset.use=wine
run breast_cancer 2 dataset.use=breast_cancer
run digits 10 dataset.use=digits dataset.scale=none
run fashion 10 dataset.use=fashion_mnist dataset.scale=none dataset.test_share=0 dataset.valid_share=0.01 \
  dataset.rows=1000 dataset.test_rows=600
run moons 2 dataset.use=two_moons dataset.test_share=0 dataset.valid_share=0.3 dataset.test_rows=400
# shellcheck disable=SC2086
{
  run blobs-2 4 $drawn
  run blobs-16 8 $drawn dataset.dims=16 dataset.classes=8 dataset.separation=0.8
  run blobs-64 10 $drawn dataset.dims=64 dataset.classes=10 dataset.separation=0.4
}
