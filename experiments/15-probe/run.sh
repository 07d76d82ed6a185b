#!/bin/sh
# SPDX-License-Identifier: MIT
# Every objective searched in three ways at the cost of 48 trials, then the 18 winners on common fresh seeds. With ubp on
# the PATH; the database is $UBP_DB, else ./ubp.db. What is there is not run again. `run.sh vae nt_xent` searches only
# for these, and confirms nothing: databases of parts of it are joined by `ubp merge`.
set -e
here=$(dirname "$0")
every="reconstruction denoising contractive vae barlow_twins nt_xent"
fixed="sweep.replicates=2 sweep.race.on=false"

for way in tpe random grid; do
  for objective in ${*:-$every}; do
    case $way in
    tpe) how="" ;;
    random) how="sweep.sampler=random sweep.configs=24 $fixed" ;;
    grid) how="sweep.sampler=grid sweep.configs=0 $fixed" ;;
    esac
    # shellcheck disable=SC2086
    ubp sweep "$here/$objective.toml" $how "sweep.name=probe-$objective-$way" -j 4
    searches="$searches probe-$objective-$way"
  done
done
# shellcheck disable=SC2086
[ $# -gt 0 ] || ubp confirm $searches --top 1 --seeds 10
