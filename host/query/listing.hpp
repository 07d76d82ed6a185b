// SPDX-License-Identifier: MIT
// The tables that verbs print: queries whose columns are stable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "query/find.hpp"
#include "query/reader.hpp"
#include "query/sweeps.hpp"

namespace ubp {

struct TrialFilter {
  std::optional<std::int64_t> sweep_id;
  std::string state;        ///< "FAILED"; "": any
  std::string where;        ///< filter/syntax.hpp; "": all
  std::string waits;        ///< why a queued one waits: "interrupted"; "": any
  bool written = true;      ///< a live process writes the database; if none does, what looks as if it ran is STOPPED
  std::int64_t newest = 0;  ///< only so many, newest first; 0: all, in the order they were declared
};

/// One row a sweep, oldest first: sweep_id, sweep, experiment, state, configs, replicates, complete, running, queued,
/// failed, metric, goal, best (the adjusted mean of the config at rank 1), created, tags.
/// `written`: a live process writes the database; if none does, a sweep that looks as if it ran is STOPPED.
Query sweep_listing(bool written);

/// One row an execution: trial_id, name, attempt, state, value, seconds, the swept parameters, reason, tags. The
/// parameters of one sweep are columns of their own; without a sweep they are `params`, a JSON object.
Query trial_listing(Reader&, const TrialFilter&);

/// The trials of one config, the last attempt of each replicate: trial_id, name, seed, state, value, seconds, error.
Query config_listing(std::int64_t sweep_id, std::int64_t config);

/// The best configs of a sweep: rank, config, n, failed, mean, sd, ci95_low, ci95_high, the swept parameters, best,
/// worst, adjusted_mean (as the view leaderboard has it). limit 0: all.
Query leaderboard_listing(Reader&, std::int64_t sweep_id, std::int64_t limit);

/// What the best configs of a sweep score on test rows: rank, config, n, mean (of the sweep's metric), the swept
/// parameters, test_mean, test_ci95_low, test_ci95_high. Of each trial the test number of the step that the sweep's
/// metric counts; with reduce = mean, the mean. Throws as test_metric().
Query tested_listing(Reader&, const SweepFacts&, std::int64_t limit);

/// What the configs of a sweep come to on fresh seeds: rank (by those), config (of the sweep), the swept parameters,
/// sweep_n and sweep_mean (as the sweep found them), n, failed, mean, ci95_low, ci95_high (of the fresh ones).
Query confirmed_listing(Reader&, std::int64_t sweep_id, std::int64_t confirmation);

/// The configs with results of which a trial matches `filter` (filter/syntax.hpp), as "SWEEP_ID/CONFIG", by number.
std::vector<std::string> matching_configs(Reader&, const std::string& filter);

/// The metrics of one trial, by name: metric, last, step (of the last), min, max, n.
Query metric_listing(std::int64_t trial_id);

/// What an export is about.
struct ExportScope {
  std::optional<std::int64_t> sweep_id;
  std::string where;  ///< trials that match; filter/syntax.hpp; "": all
};
/// tag, since; and written, note. What was said of a sweep itself, or of a trial.
Query tags_of(const FoundTarget&);
Query notes_of(const FoundTarget&);

/// For export: every column of the view trials, with the parameters of every sweep as columns `params.NAME` in place of
/// `params` if `spread`.
Query trial_export(Reader&, const ExportScope&, bool spread);
/// A trial as a run of its own, with when it began.
struct ExportedRun {
  std::int64_t trial_id = 0, sweep_id = 0, config = 0, replicate = 0, started_ms = 0;
  std::optional<std::int64_t> finished_ms;
  std::string sweep, state, params;  ///< params: a JSON object
  bool name_is_shared = false;       ///< another sweep has the name, too
};
/// Of those that were tried again the last attempt; without those that never started. By trial.
std::vector<ExportedRun> exported_runs(Reader&, const ExportScope&);
/// step, t_ms, metric, value; by these.
Query points_by_step(std::int64_t trial_id);
/// Every point: trial_id, metric, step, value, t_ms.
Query metric_export(Reader&, const ExportScope&);
/// The view leaderboard, best first within each sweep: configs of which a trial matches.
Query leaderboard_export(Reader&, const ExportScope&);

}  // namespace ubp
