// SPDX-License-Identifier: MIT
// arff: a table from a file of Weka's Attribute-Relation File Format, plain or gzipped.
//
//   numeric, real, integer             one column, unchanged
//   {a, b} of 1 or 2 values            one column: 0, 1 in the declared order
//   {a, b, c} of 3 .. value_cap-1      one column per value: one-hot
//   {...} of more values               one column: the value's index
//   string, date                       as its texts, in sorted order, like the nominal ones
//
// | parameter | type   | range      | default  | meaning |
// |-----------|--------|------------|----------|---------|
// | file      | string | any        | required | Path: absolute, or in UBP_DATA, or in the working folder. |
// | label     | string | any        |          | Attribute of the class; empty: no labels. |
// | drop      | string | any        |          | Attributes to leave out, separated by commas. |
// | value_cap | int    | [3, 1e+06] | 12       | From so many values on, a column becomes an index. |
//
// Missing cells ("?") hold 0 and are 0 in the field `mask`; all columns of a missing value are missing, and are
// withheld together. Classes are numbered in the declared order. Sparse rows ("{1 4.5, 7 x}") and quoted names are
// read; weights of rows are not.
// Limits: one split, `train`: the run splits off its test rows. Relational attributes are refused.
// Source: Witten, Frank, Hall, "Data Mining"; the encoding is that of Waffles (GNominalToCat).
//
//   [dataset]
//   use   = "arff"
//   file  = "data/vote.arff"
//   label = "Class"
#include <ubp/sdk.hpp>

#include "table.hpp"

namespace {
using namespace ubp;

class Arff : public datasets::TableDataset {
 public:
  static void describe(Describe<Arff>& d) {
    d.id("arff")
        .title("Table from an ARFF file")
        .cite("Witten, Frank, Hall, Data Mining")
        .tag("table")
        .doc("A table from a file of Weka's Attribute-Relation File Format, plain or gzipped.")
        .param(&Arff::file_, "file", "", required, "Path: absolute, or in UBP_DATA, or in the working folder.")
        .param(&Arff::label_, "label", "", 0, "Attribute of the class; empty: no labels.")
        .param(&Arff::drop_, "drop", "", 0, "Attributes to leave out, separated by commas.")
        .param(&Arff::value_cap_, "value_cap", 12, {3, 1e6}, advanced,
               "From so many values on, a column becomes an index.");
  }
  std::vector<std::string> files(const std::string& data_dir) override {
    return {datasets::locate("arff", file_, data_dir)};
  }

  void open(const std::string& data_dir) override {
    raw_.path = files(data_dir).front();
    text_ = datasets::ByteFile(raw_.path).read_all();
    parse();
    fill(raw_, {label_, datasets::split_list(drop_), {}, value_cap_});
    raw_ = {}, text_ = {};
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(raw_.path + ":" + std::to_string(line_) + ": " + what, UBP_E_IO);
  }
  bool at_end() const { return at_ >= end_; }
  void skip_blanks() {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }

  /// The next name or value: quoted, or up to a blank (in a header) or one of `stops`. Never null.
  std::string_view token(const char* stops) {
    skip_blanks();
    was_quoted_ = !at_end() && (text_[at_] == '\'' || text_[at_] == '"');
    const std::size_t start = at_;
    if (!was_quoted_) {
      while (!at_end() && !std::strchr(stops, text_[at_])) ++at_;
      const std::string_view found = datasets::trim(std::string_view(text_).substr(start, at_ - start));
      return found.data() ? found : std::string_view("");
    }
    const char quote = text_[at_++];
    std::size_t to = start;  // unescaped in place: it only becomes shorter
    for (; !at_end() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < end_) ++at_;
      text_[to++] = text_[at_];
    }
    if (at_end()) refuse("a quote is not closed");
    ++at_;
    skip_blanks();
    return std::string_view(text_).substr(start, to - start);
  }

  void parse() {
    bool in_data = false;
    line_ = 0;
    for (std::size_t next = 0; next < text_.size();) {
      at_ = next;
      end_ = std::min(text_.find('\n', at_), text_.size());
      next = end_ + 1, ++line_;
      skip_blanks();
      if (at_end() || text_[at_] == '%') continue;
      if (in_data) {
        text_[at_] == '{' ? sparse_row() : dense_row();
        continue;
      }
      std::string keyword(token(" \t\r"));
      for (char& ch : keyword) ch = static_cast<char>(std::tolower(static_cast<unsigned char>(ch)));
      if (keyword == "@data")
        in_data = true;
      else if (keyword == "@attribute")
        attribute();
      else if (keyword != "@relation")
        refuse("'" + keyword + "' is neither @relation, @attribute nor @data");
    }
    if (!in_data) refuse("the file has no @data");
  }

  void attribute() {
    datasets::RawTable::Column column;
    column.name = token(" \t\r{");
    skip_blanks();
    if (at_end()) refuse("attribute '" + column.name + "' has no type");
    if (text_[at_] == '{') {
      column.is_nominal = true;
      while (text_[at_] != '}') {
        ++at_;
        column.values.emplace_back(token(",}"));
        if (at_end() || (text_[at_] != ',' && text_[at_] != '}'))
          refuse("attribute '" + column.name + "': the list of values is not closed");
      }
    } else {
      std::string type(token(" \t\r"));
      for (char& ch : type) ch = static_cast<char>(std::tolower(static_cast<unsigned char>(ch)));
      column.is_nominal = type == "string" || type == "date";
      column.is_number = type == "numeric" || type == "real" || type == "integer";
      if (!column.is_nominal && !column.is_number)
        refuse("attribute '" + column.name + "' has type '" + type +
               "', expected numeric, real, integer, string, date or {values}");
    }
    raw_.columns.push_back(std::move(column));
  }

  std::string_view cell(const char* stops) {
    const std::string_view found = token(stops);
    return found == "?" && !was_quoted_ ? std::string_view{} : found;
  }

  void dense_row() {
    raw_.lines.push_back(line_);
    for (std::size_t c = 0; c < raw_.columns.size(); ++c) {
      raw_.cells.push_back(cell(","));
      const bool is_last = c + 1 == raw_.columns.size();
      if (!at_end() && text_[at_] == ',') {
        ++at_;
        skip_blanks();
        if (is_last && (at_end() || text_[at_] != '{'))
          refuse("more than " + std::to_string(c + 1) + " values");  // {weight} may follow
      } else if (!is_last) {
        refuse(std::to_string(c + 1) + " values, expected " + std::to_string(raw_.columns.size()));
      }
    }
  }

  /// "{index value, ...}": what is not named is 0, or the first of a list of values.
  void sparse_row() {
    raw_.lines.push_back(line_);
    const std::size_t first = raw_.cells.size();
    for (const auto& c : raw_.columns)
      raw_.cells.push_back(c.is_nominal && !c.values.empty() ? std::string_view(c.values[0]) : std::string_view("0"));
    for (++at_, skip_blanks(); !at_end() && text_[at_] != '}';) {
      const std::string_view index = token(" \t");
      const auto c = datasets::to_number(index);
      if (!c || *c < 0 || *c != std::floor(*c) || *c >= static_cast<double>(raw_.columns.size()))
        refuse("'" + std::string(index) + "' is no index of an attribute");
      raw_.cells[first + static_cast<std::size_t>(*c)] = cell(",}");
      if (!at_end() && text_[at_] == ',') ++at_, skip_blanks();
    }
    if (at_end()) refuse("the row is not closed");
  }

  std::string file_, label_, drop_;
  std::int64_t value_cap_ = 0;

  datasets::RawTable raw_;
  std::string text_;
  std::size_t at_ = 0, end_ = 0;  // in the line being read
  std::int64_t line_ = 0;
  bool was_quoted_ = false;
};

}  // namespace

UBP_EXPORT_PLUGIN("arff", "1.0.0", "MIT", Arff);
