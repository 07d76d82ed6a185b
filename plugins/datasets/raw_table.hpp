// SPDX-License-Identifier: MIT
// A table as it stands in a file: its columns and the texts of its cells, eight bytes a cell.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "limit.hpp"

namespace datasets {

struct RawTable {
  struct Column {
    std::string name;
    bool is_nominal = false;          ///< declared so
    bool is_number = false;           ///< declared so; if neither, its cells decide
    std::vector<std::string> values;  ///< declared, in order; else the sorted values of its cells
  };
  /// A part of `text`, or a missing cell.
  struct Cell {
    std::uint64_t start : 40, size : 23, is_missing : 1;
  };

  std::string path;  ///< for messages
  std::string text;
  std::vector<Column> columns;
  std::vector<Cell> cells;          ///< row-major
  std::vector<std::int64_t> lines;  ///< of each row, 1-based

  std::size_t rows() const { return lines.size(); }
  /// Null if the cell is missing.
  std::string_view cell(std::size_t row, std::size_t column) const {
    const Cell& c = cells[row * columns.size() + column];
    return c.is_missing ? std::string_view{} : std::string_view(text).substr(c.start, c.size);
  }
  /// A cell of `line`. Throws Error if it is longer than 8 MiB or more than 1 TiB away.
  Cell part(std::size_t start, std::size_t size, std::int64_t line) const {
    constexpr std::size_t kLongest = (1 << 23) - 1, kFarthest = (std::size_t{1} << 40) - 1;
    if (size > kLongest || start > kFarthest)
      refuse_line(line, "a cell of " + size_text(static_cast<double>(size)) + ": is a quote not closed?");
    Cell cell{};
    cell.start = start & kFarthest, cell.size = size & kLongest;
    return cell;
  }
  double bytes() const {
    return static_cast<double>(text.size()) + static_cast<double>(cells.size()) * static_cast<double>(sizeof(Cell));
  }

  std::size_t find(const std::string& name, const std::string& purpose) const {
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c].name == name) return c;
    std::string all;
    for (std::size_t c = 0; c < columns.size() && c < kNamed; ++c) all += (c ? ", " : "") + columns[c].name;
    if (columns.size() > kNamed) all += " and " + std::to_string(columns.size() - kNamed) + " more";
    throw ubp::Error(path + ": no column '" + name + "' (" + purpose + "): there are " + all, UBP_E_NOT_FOUND);
  }

  /// A second column of one name would be an input where the first is the label.
  void require_different_names(std::int64_t line) const {
    std::map<std::string_view, std::size_t> first;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto [found, is_new] = first.emplace(columns[c].name, c);
      if (!is_new)
        refuse_line(line, "columns " + std::to_string(found->second + 1) + " and " + std::to_string(c + 1) +
                              " are both named '" + columns[c].name + "'");
    }
  }

  [[noreturn]] void refuse_line(std::int64_t line, const std::string& what) const {
    throw ubp::Error(path + ":" + std::to_string(line) + ": " + what, UBP_E_IO);
  }
  [[noreturn]] void refuse(std::size_t row, const std::string& what) const { refuse_line(lines[row], what); }
  [[noreturn]] void refuse(std::size_t row, std::size_t column, const std::string& what) const {
    refuse(row, "column '" + columns[column].name + "': '" + std::string(cell(row, column)) + "' " + what);
  }

 private:
  static constexpr std::size_t kNamed = 50;  // of so many columns a message names all
};

}  // namespace datasets
