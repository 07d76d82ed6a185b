// SPDX-License-Identifier: MIT
// csv: a table from a file of separated values, plain or gzipped, with a header of column names.
//
//   a column of numbers            one column, unchanged
//   a column of 1 or 2 texts       one column: 0, 1
//   a column of 3 .. value_cap-1   one column per text: one-hot
//   a column of more texts         one column: the text's index
//
// | parameter | type   | range      | default      | meaning |
// |-----------|--------|------------|--------------|---------|
// | file      | string | any        | required     | Path: absolute, or in UBP_DATA, or in the working folder. |
// | label     | string | any        |              | Column of the class; empty: no labels. |
// | drop      | string | any        |              | Columns to leave out, separated by commas. |
// | nominal   | string | any        |              | Columns of names that look like numbers, separated by commas. |
// | value_cap | int    | [3, 1e+06] | 12           | From so many different texts on, a column becomes an index. |
// | missing   | string | any        | ?,NA,NaN,nan | What a missing cell holds, besides nothing; separated by commas. |
// | delimiter | string | any        | ,            | One character, or "tab". |
//
// Texts are numbered in sorted order, labels that are whole numbers in numeric order. Missing cells hold 0 and are 0 in
// the field `mask`; all columns of a missing text are missing, and are withheld together. Quotes as in RFC 4180.
// Limits: one split, `train`: the run splits off its test rows. The whole table is held in memory while it is read.
// Which texts a column has is taken for known: those of withheld cells count.
// Source: the encoding is that of Waffles (GNominalToCat), which unsupervised backpropagation was published with.
//
//   [dataset]
//   use   = "csv"
//   file  = "data/credit_g.csv"
//   label = "class"
#include <ubp/sdk.hpp>

#include "table.hpp"

namespace {
using namespace ubp;

class Csv : public datasets::TableDataset {
 public:
  static void describe(Describe<Csv>& d) {
    d.id("csv")
        .title("Table from a CSV file")
        .cite("RFC 4180")
        .tag("table")
        .doc("A table from a file of separated values, plain or gzipped, with a header of column names.")
        .param(&Csv::file_, "file", "", required, "Path: absolute, or in UBP_DATA, or in the working folder.")
        .param(&Csv::label_, "label", "", 0, "Column of the class; empty: no labels.")
        .param(&Csv::drop_, "drop", "", 0, "Columns to leave out, separated by commas.")
        .param(&Csv::nominal_, "nominal", "", 0, "Columns of names that look like numbers, separated by commas.")
        .param(&Csv::value_cap_, "value_cap", 12, {3, 1e6}, advanced,
               "From so many different texts on, a column becomes an index.")
        .param(&Csv::missing_, "missing", "?,NA,NaN,nan", 0,
               "What a missing cell holds, besides nothing; separated by commas.")
        .param(&Csv::delimiter_, "delimiter", ",", 0, "One character, or \"tab\".");
  }
  void created() override {
    if (delimiter_ == "tab") delimiter_ = "\t";
    if (delimiter_.size() != 1 || delimiter_ == "\"" || delimiter_ == "\n")
      throw Error("csv: delimiter: '" + delimiter_ + "' is neither one character nor \"tab\"");
  }
  std::vector<std::string> files(const std::string& data_dir) override {
    return {datasets::locate("csv", file_, data_dir)};
  }

  void open(const std::string& data_dir) override {
    raw_.path = files(data_dir).front();
    text_ = datasets::ByteFile(raw_.path).read_all();
    missing_texts_ = datasets::split_list(missing_);
    parse();
    fill(raw_, {label_, datasets::split_list(drop_), datasets::split_list(nominal_), value_cap_});
    raw_ = {}, text_ = {};
  }

 private:
  struct Cell {
    std::string_view text;
    bool was_quoted;
  };

  /// The next field of the line; leaves `at_` behind its delimiter, or at the line's end.
  Cell next() {
    const std::size_t start = at_;
    if (text_[at_] != '"') {
      while (at_ < text_.size() && text_[at_] != delimiter_[0] && text_[at_] != '\n') ++at_;
      return {datasets::trim(std::string_view(text_).substr(start, at_ - start)), false};
    }
    std::size_t to = start;  // unquoted in place: it only becomes shorter
    for (++at_;; ++at_) {
      if (at_ >= text_.size())
        throw Error(raw_.path + ":" + std::to_string(line_) + ": a quote is not closed", UBP_E_IO);
      if (text_[at_] == '"' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '"')) break;
      if (text_[at_] == '"') ++at_;
      if (text_[at_] == '\n') ++lines_in_quotes_;
      text_[to++] = text_[at_];
    }
    for (++at_; at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\r'); ++at_) {
    }
    if (at_ < text_.size() && text_[at_] != delimiter_[0] && text_[at_] != '\n')
      throw Error(raw_.path + ":" + std::to_string(line_) + ": text after a closing quote", UBP_E_IO);
    return {std::string_view(text_).substr(start, to - start), true};
  }

  std::vector<Cell> next_line() {
    std::vector<Cell> cells;
    lines_in_quotes_ = 0;
    for (;; ++at_) {
      // a delimiter at the very end of the text is followed by an empty field
      cells.push_back(at_ < text_.size() ? next() : Cell{});
      if (at_ >= text_.size() || text_[at_] == '\n') break;
    }
    if (at_ < text_.size()) ++at_;
    return cells;
  }

  void parse() {
    at_ = text_.rfind("\xef\xbb\xbf", 0) == 0 ? 3 : 0;  // a byte order mark
    bool is_header = true;
    for (line_ = 1; at_ < text_.size(); line_ += 1 + lines_in_quotes_) {
      const std::vector<Cell> cells = next_line();
      if (cells.size() == 1 && cells[0].text.empty() && !cells[0].was_quoted && (is_header || raw_.columns.size() > 1))
        continue;
      if (is_header) {
        for (const Cell& c : cells) raw_.columns.push_back({std::string(c.text), false, false, {}});
        is_header = false;
        continue;
      }
      raw_.lines.push_back(line_);
      if (cells.size() != raw_.columns.size())
        raw_.refuse(raw_.rows() - 1,
                    std::to_string(cells.size()) + " fields, the header has " + std::to_string(raw_.columns.size()));
      for (const Cell& c : cells) raw_.cells.push_back(is_missing(c) ? std::string_view{} : c.text);
    }
  }

  bool is_missing(const Cell& c) const {
    if (c.was_quoted) return false;
    return c.text.empty() || std::find(missing_texts_.begin(), missing_texts_.end(), c.text) != missing_texts_.end();
  }

  std::string file_, label_, drop_, nominal_, missing_, delimiter_;
  std::int64_t value_cap_ = 0;

  datasets::RawTable raw_;
  std::string text_;
  std::vector<std::string> missing_texts_;
  std::size_t at_ = 0;
  std::int64_t line_ = 0, lines_in_quotes_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("csv", "1.0.0", "MIT", Csv);
