#!/bin/sh
# SPDX-License-Identifier: MIT
# Four seeds, the same four untrained, how often a layer finds itself, and the page of two. Takes --db.
set -e
cd "$(dirname "$0")"
ubp sweep spec.toml --quiet "$@" >/dev/null
ubp sweep spec.toml --quiet train.steps=1 optimizer.lr=1e-30 sweep.name=layers-untrained "$@" >/dev/null
for sweep in layers layers-untrained; do
  ./matches.py $sweep 4 "$@"
done
ubp compare --representation layers/0.0 layers/1.0 -o layers.html "$@"
