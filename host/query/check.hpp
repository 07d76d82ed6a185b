// SPDX-License-Identifier: MIT
// Is a database sound, and does it hold the same results as another?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

struct CheckResult {
  std::vector<std::string> problems;  ///< sentences; empty: sound
  std::string digest;                 ///< see results_digest(); "" if there are problems
  std::int64_t complete = 0;          ///< trials in the digest
};

/// SQLite's own checks (of tables, and of indexes against them), foreign keys, what triggers and the writer promise
/// beyond them, and whatever is recorded twice: summaries and points, parameters, the schema.
CheckResult check(Reader&);

/// Hex SHA-256 over the results of every config x replicate that has a complete trial (the last such attempt): the
/// sweep's identity, config number, replicate, objective value and every metric point, in an order of their own. Not in
/// it: ids, times, attempts, and kWallClockMetrics (base/vocabulary.hpp). So two databases with the same results have
/// the same digest, however often one of them was interrupted.
std::string results_digest(Reader&, std::int64_t* complete = nullptr);

}  // namespace ubp
