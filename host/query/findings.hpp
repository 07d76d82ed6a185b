// SPDX-License-Identifier: MIT
// What `ubp find` answers: trials that match a filter, one a row; or groups of them; or groups along two axes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/filter/selection.hpp"
#include "query/print.hpp"

namespace ubp {

struct FindRequest {
  std::string filter;  ///< filter/syntax.hpp; "": all
  std::optional<std::int64_t> sweep_id = {};
  std::vector<std::string> sort = {};     ///< "value", "value:desc": what is undefined comes last
  std::vector<std::string> columns = {};  ///< of trials: names, `params` and `metrics`; of groups: those they have
  std::vector<std::string> by = {};       ///< groups of equal values of these; `config` tells sweeps apart
  std::string pivot = {};                 ///< a column for each of its values, a row for each group; "": none
  std::string of = "value";               ///< what groups tell
  std::string per = {};                   ///< the limit is that of each of its values; "": of all
  std::int64_t limit = 0;                 ///< 0: all
};

struct Findings {
  Query query;
  std::optional<std::size_t> params = {};  ///< of trials: the column whose JSON becomes columns
  bool only_varying = false;               ///< of these columns those that are not the same in all rows
  std::size_t keys = 0;                    ///< of a pivot: columns that name a row; its axis and n, mean, ci95 follow
  std::string pivot = {};                  ///< "": none
};

/// Trials: trial, name, state, value, what --sort and the filter name, and the swept parameters that differ. Groups:
/// their keys, `trials` (how many), and filter/names.hpp's statistics of the values of `of`, best first as sorted, else
/// by their keys. Throws Error (usage) that names the option or the place in the filter.
Findings findings(Reader&, const FindRequest&, Selection::Clock::time_point now = Selection::Clock::now());

/// Prints them. Cells of a pivot are mean ± half-width of the 95 % interval for people; other formats have three
/// columns of numbers instead. Returns the number of rows.
std::int64_t print_findings(Reader&, const Findings&, Format, RowSink&);

/// The SQL, and what is bound to its parameters, one a line.
std::string explained(const Query&);

/// Everything that may be named: name, type, what it is; of a database its parameters and metrics, too.
void list_names(Reader&, RowSink&);

}  // namespace ubp
