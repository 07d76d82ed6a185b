#!/bin/sh
# SPDX-License-Identifier: MIT
# Every objective searched in three ways at the cost of 72 trials, then the 18 winners on common fresh seeds. With ubp on
# the PATH; the database is $UBP_DB, else ./ubp.db. What is there is not run again.
set -e
here=$(dirname "$0")
objectives="reconstruction denoising contractive vae barlow_twins nt_xent"

for objective in $objectives; do
  for way in tpe random grid; do
    case $way in
    tpe) how="" ;;
    random) how="sweep.sampler=random sweep.configs=24 sweep.replicates=3 sweep.race.on=false" ;;
    grid) how="sweep.sampler=grid sweep.configs=0 sweep.replicates=3 sweep.race.on=false" ;;
    esac
    # shellcheck disable=SC2086
    ubp sweep "$here/$objective.toml" $how "sweep.name=probe-$objective-$way" "$@"
    searches="$searches probe-$objective-$way"
  done
done
# shellcheck disable=SC2086
ubp confirm $searches --top 1 --seeds 20 "$@"
