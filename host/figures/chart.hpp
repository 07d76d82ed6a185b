// SPDX-License-Identifier: MIT
// What figures are asked for, and what they are: a figure for those who look, the same numbers for those who read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "draw/figure.hpp"
#include "plugin/registry.hpp"
#include "query/print.hpp"
#include "query/sweeps.hpp"

namespace ubp {

/// A figure, and the numbers behind it as a table: columns and rows of one length.
struct Chart {
  Figure figure;
  std::vector<std::string> columns;
  std::vector<Row> rows;
  std::vector<std::string> notes;  ///< sentences: how it is to be read, what is not in it
};

/// What is drawn.
struct ChartRequest {
  SweepFacts sweep;
  std::optional<std::int64_t> trial = {};  ///< an execution of it, where one was named
  std::string metric = {};                 ///< "": the sweep's own
  std::vector<std::string> params = {};    ///< in this order; empty: all that are swept
  std::size_t top = 0;                     ///< configs at the most; 0: as many as can be told apart
  std::string where = {};                  ///< the filter by which the reader keeps executions of it; "": all count
  Registry* registry = nullptr;            ///< finds plugins; null: those of the search path
};

/// A kind of figure. `draw` throws Error, one sentence: nothing where there are no results (yet), usage where this kind
/// of figure needs something else.
struct ChartKind {
  const char* name;     ///< "curves"
  const char* summary;  ///< half a line
  Chart (*draw)(Reader&, const ChartRequest&);
};

/// All of them, in the order in which a page would show them.
const std::vector<ChartKind>& chart_kinds();

/// Throws Error (usage) with the nearest name.
const ChartKind& chart_kind(const std::string& name);

void print_chart(const Chart&, RowSink&);

}  // namespace ubp
