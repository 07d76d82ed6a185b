// SPDX-License-Identifier: MIT
#include "base/csv.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"

namespace ubp {
namespace {

/// Row by row, with the line where each begins.
class CsvText {
 public:
  CsvText(std::string_view text, const std::string& name) : text_(text), name_(name) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // a byte order mark
  }

  bool is_over() const { return at_ == text_.size(); }

  CsvRow next() {
    CsvRow row{line_, {}};
    do {
      row.cells.push_back(cell());
    } while (take(','));
    take('\r');
    if (!is_over() && !take('\n'))
      fail(Exit::usage, "{}:{}: column {}: found more after a quoted cell, expected a comma", name_, line_,
           row.cells.size());
    ++line_;
    return row;
  }

 private:
  bool take(char wanted) {
    if (is_over() || text_[at_] != wanted) return false;
    return ++at_, true;
  }

  std::string cell() {
    if (take('"')) return quoted();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const std::string_view found = text_.substr(at_, end - at_);
    at_ = end;
    return std::string(found);
  }

  std::string quoted() {
    const std::int64_t began = line_;
    std::string found;
    for (; !is_over(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (is_over() || text_[at_] != '"') return found;
      }
      line_ += text_[at_] == '\n';
      found += text_[at_];
    }
    fail(Exit::usage, "{}:{}: a quoted cell begins here and does not end", name_, began);
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
};

bool is_blank(const CsvRow& row) { return row.cells.size() == 1 && row.cells[0].empty(); }

}  // namespace

CsvTable read_csv(std::string_view text, const std::string& name) {
  if (!is_utf8(text) || text.find('\0') != text.npos)
    fail(Exit::usage, "{}: found bytes that are no UTF-8, expected comma-separated values", name);
  CsvText in(text, name);
  CsvTable table;
  while (!in.is_over()) {
    CsvRow row = in.next();
    if (is_blank(row)) continue;
    if (table.columns.empty()) {
      table.columns = std::move(row.cells);
      for (auto column = table.columns.begin(); column != table.columns.end(); ++column)
        if (std::find(table.columns.begin(), column, *column) != column)
          fail(Exit::usage, "{}:{}: there are two columns '{}'", name, row.line, *column);
    } else if (row.cells.size() != table.columns.size()) {
      fail(Exit::usage, "{}:{}: found {} cells, expected {}, one a column", name, row.line, row.cells.size(),
           table.columns.size());
    } else {
      table.rows.push_back(std::move(row));
    }
  }
  if (table.columns.empty()) fail(Exit::usage, "{}: is empty: expected a line with the names of columns", name);
  return table;
}

}  // namespace ubp
