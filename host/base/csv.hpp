// SPDX-License-Identifier: MIT
// Comma-separated values as a table of texts (RFC 4180): quoted cells may hold commas, quotes and line ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ubp {

struct CsvRow {
  std::int64_t line = 0;  ///< of the file, from 1, where it begins
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<std::string> columns;  ///< the first row: each name once
  std::vector<CsvRow> rows;          ///< as many cells as columns
};

/// Blank lines are no rows. Throws Error (usage), with `name` and the line, if the text is no UTF-8, has no row of
/// names, a name twice, a row of another length, or a quoted cell that does not end.
CsvTable read_csv(std::string_view text, const std::string& name);

}  // namespace ubp
