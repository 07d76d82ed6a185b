// SPDX-License-Identifier: MIT
// The configs of a sweep over its blocks, as `ubp best` and a session's end show them.
#pragma once

#include <cstdint>
#include <string>

#include "query/print.hpp"
#include "query/sweeps.hpp"

namespace ubp {

/// Prints the best configs by their mean rank over the blocks, 0: all; on stderr the tests and the order of the blocks.
/// Returns why there is nothing to print, one sentence: fewer than two blocks, or than two configs with results in all
/// of them. "": it was printed.
std::string print_over_blocks(Reader&, const SweepFacts&, std::int64_t limit, RowSink&);

}  // namespace ubp
