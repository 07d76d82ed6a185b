// SPDX-License-Identifier: MIT
// Which rows train, which choose (valid) and which judge (test), where the data set does not say so itself.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/options.hpp"

namespace ubp {

/// The rows that a data set calls training rows.
struct RowsToSplit {
  std::int64_t rows = 0;
  std::vector<std::int64_t> labels;  ///< of every row; empty: none
  bool own_valid = false, own_test = false;
};

/// Row numbers, ascending; no row is in two of them.
struct RowSplits {
  std::vector<std::int64_t> train, valid, test;
};

/// Test rows are taken first, so that no option of the others moves them. Validation rows and folds are dealt class by
/// class: of n rows of a class, a split with the share s gets n s of them, rounded up or down. A pure function.
/// Throws Error (usage): a split without rows, more folds than rows, rows split off where the data set has its own.
RowSplits split_rows(const RowsToSplit&, const DataOptions&);

}  // namespace ubp
