// SPDX-License-Identifier: MIT
// The figures, one a file. Each says what it shows, and which columns its table has.
#pragma once

#include "figures/chart.hpp"

namespace ubp::figures {

/// Learning curves of the best configs (5): the mean over seeds at each step, with its 95 % interval as a band.
/// config, step, n, mean, low, high. Of one trial: all of its metrics that have two
/// points or more. metric, step, value.
Chart curves(Reader&, const ChartRequest&);

/// What each trial came to, in order of their ends, and the best so far. order, trial, config, replicate, value, best.
Chart history(Reader&, const ChartRequest&);

/// What each trial came to, by each parameter. parameter, setting, trial, config, replicate, value.
Chart slice(Reader&, const ChartRequest&);

/// The mean of all trials in each cell of two parameters; of numbers that are many, eight equal parts (of a
/// logarithm). A, B, n, mean; of parts the middles.
Chart contour(Reader&, const ChartRequest&);

/// Configs as lines through their parameters, the most important ones first, coloured by their means.
/// config, the parameters, n, mean.
Chart parallel(Reader&, const ChartRequest&);

/// Shares of the variance of the configs' means (fANOVA), and of what sets the best tenth apart (PED-ANOVA).
/// parameter, variance, variance_low, variance_high, best, best_low, best_high.
Chart importance(Reader&, const ChartRequest&);

/// The seeds of the best configs (20), their quartiles, and the noise floor.
/// config, n, least, lower_quartile, median, upper_quartile, largest, mean, params.
Chart box(Reader&, const ChartRequest&);

/// Mean ranks over blocks, or over seeds where there are none, and which of them cannot be told from the best (Demsar,
/// JMLR 7, 2006). config, blocks, mean_rank, mean, worse, params.
Chart ranks(Reader&, const ChartRequest&);

/// Means of the configs in each pair of objectives, with those on the front. config, rank, n, the objectives, params.
Chart pareto(Reader&, const ChartRequest&);

/// When which trial ran. No record says in which slot: each has the first line that is free.
/// trial, attempt, state, from, to, line.
Chart timeline(Reader&, const ChartRequest&);

/// The last embedding that a trial left (of a sweep: its best one with any), by label; of more than two columns their
/// principal plane. row, x, y, label.
Chart embedding(Reader&, const ChartRequest&);

/// The images that a trial left (of a sweep: its best one with any), step by step. trial, artifact, step, file.
Chart images(Reader&, const ChartRequest&);

}  // namespace ubp::figures
