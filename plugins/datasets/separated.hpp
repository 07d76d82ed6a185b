// SPDX-License-Identifier: MIT
// Rows of separated values, as in RFC 4180: the first one names the columns.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "number.hpp"
#include "raw_table.hpp"

namespace datasets {

/// One character; `text` is it, or "tab". `id`: the data set that asks.
inline std::string delimiter_of(const std::string& id, const std::string& text) {
  if (text == "tab") return "\t";
  if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")
    throw ubp::Error(id + ": delimiter: '" + text + "' is neither one character nor \"tab\"");
  return text;
}

/// Reads `raw.text` into the other members of `raw`. Throws Error with the line. Lines end with \n, \r\n or \r.
class SeparatedValues {
 public:
  SeparatedValues(RawTable& raw, char delimiter, bool has_quotes, std::vector<std::string> missing)
      : raw_(raw), delimiter_(delimiter), has_quotes_(has_quotes), missing_(std::move(missing)), most_(max_data()) {}

  void parse() {
    while (raw_.columns.empty() && !at_end()) header();
    while (!at_end()) row();
  }
  std::int64_t header_line() const { return header_line_; }

 private:
  bool at_end() const { return at_ >= raw_.text.size(); }
  bool at_line_end() const { return at_end() || raw_.text[at_] == '\n' || raw_.text[at_] == '\r'; }
  bool at_delimiter() const { return !at_end() && raw_.text[at_] == delimiter_; }
  void skip_blanks() {
    while (!at_end() && !at_delimiter() && (raw_.text[at_] == ' ' || raw_.text[at_] == '\t')) ++at_;
  }
  void end_line() {
    if (at_end()) return;
    at_ += raw_.text[at_] == '\r' && at_ + 1 < raw_.text.size() && raw_.text[at_ + 1] == '\n' ? 2 : 1;
    ++line_;
  }

  RawTable::Cell trimmed(std::size_t start, std::size_t size) const {
    const std::string_view whole = std::string_view(raw_.text).substr(start, size), text = trim(whole);
    return raw_.part(start + (text.empty() ? 0 : static_cast<std::size_t>(text.data() - whole.data())), text.size(),
                     line_);
  }

  /// The next cell; leaves `at_` at its delimiter or at the line's end.
  RawTable::Cell next() {
    skip_blanks();
    was_quoted_ = has_quotes_ && !at_end() && raw_.text[at_] == '"';
    if (was_quoted_) return quoted();
    const std::size_t start = at_;
    for (; !at_line_end() && !at_delimiter(); ++at_)
      if (has_quotes_ && raw_.text[at_] == '"')
        raw_.refuse_line(line_,
                         "a quote inside a cell: quote the whole cell and double the quote, or say quote = "
                         "\"none\" if quotes are characters");
    return trimmed(start, at_ - start);
  }

  RawTable::Cell quoted() {
    const std::int64_t opened = line_;
    const std::size_t start = ++at_;
    std::size_t to = start;  // unquoted in place: it only becomes shorter
    for (;; ++at_) {
      if (at_end()) raw_.refuse_line(opened, "a quote is not closed");
      if (raw_.text[at_] == '"' && (at_ + 1 >= raw_.text.size() || raw_.text[at_ + 1] != '"')) break;
      if (raw_.text[at_] == '"') ++at_;
      line_ += raw_.text[at_] == '\n' || (raw_.text[at_] == '\r' && raw_.text[at_ + 1] != '\n');
      raw_.text[to++] = raw_.text[at_];
    }
    ++at_;
    skip_blanks();
    if (!at_line_end() && !at_delimiter()) raw_.refuse_line(line_, "text after a closing quote");
    return trimmed(start, to - start);
  }

  bool is_missing(std::string_view text) const {
    return text.empty() || std::find(missing_.begin(), missing_.end(), text) != missing_.end();
  }

  /// Hands the cells of a line to `take`; returns their number.
  template <class Take>
  std::size_t cells(const Take& take) {
    std::size_t n = 0;
    for (;; ++at_, ++n) {
      take(next());
      if (!at_delimiter()) break;
    }
    end_line();
    return n + 1;
  }

  bool is_empty_line() {
    const std::size_t start = at_;
    skip_blanks();
    const bool is_empty = at_line_end();
    if (is_empty)
      end_line();
    else
      at_ = start;
    return is_empty;
  }

  void header() {
    if (is_empty_line()) return;
    header_line_ = line_;
    bool is_quoted = false;
    cells([&](const RawTable::Cell& c) {
      std::string name = raw_.text.substr(c.start, c.size);
      if (name.empty()) name = "column_" + std::to_string(raw_.columns.size() + 1);
      raw_.columns.push_back({std::move(name), false, false, {}});
      is_quoted = is_quoted || was_quoted_;
    });
    raw_.require_different_names(header_line_);
    const std::string& first = raw_.columns[0].name;
    const std::size_t other = raw_.columns.size() == 1 && !is_quoted ? first.find_first_of(",;\t|") : first.npos;
    if (other != first.npos)
      raw_.refuse_line(header_line_, "one column, '" + first + "': say delimiter = \"" +
                                         (first[other] == '\t' ? "tab" : first.substr(other, 1)) +
                                         "\" if that separates, or quote the name");
  }

  void row() {
    if (raw_.columns.size() > 1 && is_empty_line()) return;
    raw_.lines.push_back(line_);
    const std::size_t n = cells([&](RawTable::Cell c) {
      c.is_missing = is_missing(std::string_view(raw_.text).substr(c.start, c.size));
      raw_.cells.push_back(c);
    });
    if (n != raw_.columns.size())
      raw_.refuse(raw_.rows() - 1,
                  std::to_string(n) + " fields, the header has " + std::to_string(raw_.columns.size()));
    if (raw_.bytes() > most_) require_room(raw_.path, raw_.bytes());
  }

  RawTable& raw_;
  char delimiter_;
  bool has_quotes_, was_quoted_ = false;
  std::vector<std::string> missing_;
  double most_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1, header_line_ = 0;
};

}  // namespace datasets
