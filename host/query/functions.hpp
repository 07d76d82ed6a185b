// SPDX-License-Identifier: MIT
// What ubp's own reading connection can do beyond SQLite; other programs that read the file do not have it, so no view
// uses it.
#pragma once

struct sqlite3;

namespace ubp {

/// Adds the aggregates median(x), stdev(x), quantile(x, p), iqm(x), the mean between the quartiles, and ci95(x), the
/// half-width of the mean's 95 % interval: base/statistics/estimates.hpp over the values of x that are not NULL. NULL
/// where the statistic is not defined: of no value, or for stdev and ci95 of one. `p` in [0, 1], the same in every row,
/// else the statement fails with a sentence. Throws Error (internal).
void add_statistics(sqlite3*);

}  // namespace ubp
