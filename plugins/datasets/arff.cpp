// SPDX-License-Identifier: MIT
// arff: a table from a file of Weka's Attribute-Relation File Format, plain or gzipped.
//
//   numeric, real, integer             one column, unchanged
//   {a, b} of 1 or 2 values            one column: 0, 1 in the declared order
//   {a, b, c} of 3 .. value_cap-1      one column per value: one-hot
//   {...} of more values               one column: the value's index
//   string, date                       as its texts, in sorted order, like the nominal ones
//
// | parameter | type   | range                        | default  | meaning |
// |-----------|--------|------------------------------|----------|---------|
// | file      | string | any                          | required | Path: absolute, or in UBP_DATA, or in the working folder. |
// | label     | string | any                          |          | Attribute of the class; empty: no labels. |
// | drop      | string | any                          |          | Attributes to leave out, separated by commas. |
// | value_cap | int    | [3, 1e+06]                   | 12       | From so many values on, a column becomes an index. |
// | encoding  | choice | auto, utf-8, utf-16, latin-1 | auto     | How characters are stored; auto: UTF-8, or UTF-16 with a byte order mark. |
//
// An attribute is what it is declared to be: a cell that does not fit is refused with its line. A number is digits with
// at most one point among them, perhaps with a sign before and an exponent (e5) behind them.
// Missing cells ("?") hold 0 and are 0 in the field `mask`; all columns of a missing value are missing, and are
// withheld together. Classes are numbered in the declared order, those of a numeric attribute in numeric order. Sparse
// rows ("{1 4.5, 7 x}") and quoted names are read; a sparse row may leave out numbers and listed values, no texts.
// Weights of rows ("{0.5}" behind a row) are left out, with a warning.
// Limits: one split, `train`: the run splits off its test rows. Relational attributes are refused. The whole table is
// held in memory while it is read: at most UBP_MAX_DATA bytes.
// Source: Witten, Frank, Hall, "Data Mining"; the encoding is that of Waffles (GNominalToCat).
//
//   [dataset]
//   use   = "arff"
//   file  = "data/vote.arff"
//   label = "Class"
#include <ubp/sdk.hpp>

#include "table.hpp"
#include "text.hpp"

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
               "From so many values on, a column becomes an index.")
        .choice(&Arff::encoding_, "encoding", {"auto", "utf-8", "utf-16", "latin-1"}, "auto", 0,
                "How characters are stored; auto: UTF-8, or UTF-16 with a byte order mark.");
  }
  std::vector<std::string> files(const std::string& data_dir) override {
    return {datasets::locate("arff", file_, data_dir)};
  }

  void open(const std::string& data_dir) override {
    raw_ = {};
    raw_.path = files(data_dir).front();
    raw_.text = datasets::decoded(raw_.path, datasets::ByteFile(raw_.path).read_all(), encoding_);
    file_size_ = raw_.text.size();
    raw_.text += "0";
    most_ = datasets::max_data();
    parse();
    fill(raw_, {label_, datasets::split_list(drop_), {}, {}, value_cap_, {}});
    if (weights_ > 0) note_weights();
    raw_ = {};
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { raw_.refuse_line(line_, what); }
  bool at_end() const { return at_ >= end_; }
  char here() const { return at_end() ? '\0' : raw_.text[at_]; }
  void skip_blanks() {
    while (here() == ' ' || here() == '\t') ++at_;
  }
  void require_line_end(const std::string& behind) {
    skip_blanks();
    if (!at_end() && here() != '%') refuse("text behind " + behind + ": '" + raw_.text.substr(at_, end_ - at_) + "'");
  }

  std::string_view text_of(const datasets::RawTable::Cell& c) const {
    return std::string_view(raw_.text).substr(c.start, c.size);
  }

  /// The next name or value: quoted, or up to one of `stops`.
  datasets::RawTable::Cell token(const char* stops) {
    skip_blanks();
    was_quoted_ = here() == '\'' || here() == '"';
    if (was_quoted_) return quoted();
    const std::size_t start = at_;
    for (; !at_end() && !std::strchr(stops, raw_.text[at_]); ++at_)
      if (std::strchr("\"'%{}", raw_.text[at_]))
        refuse("'" + std::string(1, raw_.text[at_]) +
               "' inside a value: quote the value, and put a backslash before "
               "a quote");
    return raw_.part(start, datasets::trim(std::string_view(raw_.text).substr(start, at_ - start)).size(), line_);
  }
  std::string word(const char* stops) { return std::string(text_of(token(stops))); }

  datasets::RawTable::Cell quoted() {
    const char quote = raw_.text[at_++];
    const std::size_t start = at_;
    std::size_t to = start;  // unescaped in place: it only becomes shorter
    for (; !at_end() && raw_.text[at_] != quote; ++at_) {
      const bool is_escape = raw_.text[at_] == '\\' && at_ + 1 < end_;
      raw_.text[to++] = is_escape ? escaped(raw_.text[++at_]) : raw_.text[at_];
    }
    if (at_end()) refuse("a quote is not closed");
    ++at_;
    skip_blanks();
    return raw_.part(start, to - start, line_);
  }
  /// Weka's Utils.unbackQuoteChars.
  char escaped(char ch) const {
    if (ch == 'u') refuse("\\u is not read: write the character itself");
    return ch == 'n' ? '\n' : ch == 't' ? '\t' : ch == 'r' ? '\r' : ch;
  }

  void parse() {
    bool in_data = false;
    line_ = 0, weights_ = 0, firsts_.clear(), positions_.clear();
    for (std::size_t next = 0; next < file_size_;) {
      at_ = next;
      end_ = std::min(raw_.text.find_first_of("\r\n", at_), file_size_);
      next = end_ + (raw_.text.compare(end_, 2, "\r\n") == 0 ? 2 : 1), ++line_;
      skip_blanks();
      if (at_end() || here() == '%') continue;
      if (in_data)
        here() == '{' ? sparse_row() : dense_row();
      else
        in_data = declaration();
    }
    if (!in_data) refuse("the file has no @data");
  }

  /// A line of the header; true if it was the last one.
  bool declaration() {
    const std::string keyword = lower(word(" \t"));
    if (keyword == "@attribute") {
      attribute();
    } else if (keyword == "@data") {
      require_line_end(keyword);
      return true;
    } else if (keyword != "@relation") {
      refuse("'" + keyword + "' is neither @relation, @attribute nor @data");
    }
    return false;
  }

  static std::string lower(std::string text) {
    for (char& ch : text) ch = static_cast<char>(std::tolower(static_cast<unsigned char>(ch)));
    return text;
  }

  void attribute() {
    datasets::RawTable::Column column;
    column.name = word(" \t{");
    skip_blanks();
    if (column.name.empty()) refuse("an attribute without a name");
    if (at_end()) refuse("attribute '" + column.name + "' has no type");
    first_ = raw_.part(file_size_, 1, line_);
    here() == '{' ? listed(column) : typed(column);
    const auto [same, is_new] = positions_.emplace(column.name, raw_.columns.size() + 1);
    if (!is_new)
      refuse("attributes " + std::to_string(same->second) + " and " + std::to_string(raw_.columns.size() + 1) +
             " are both named '" + column.name + "'");
    raw_.columns.push_back(std::move(column));
    firsts_.push_back(first_);
  }

  /// {red, 'dark green', blue}
  void listed(datasets::RawTable::Column& column) {
    column.is_nominal = true;
    listed_.clear();
    while (here() != '}') {
      ++at_;
      const auto value = token(",}");
      if (here() != ',' && here() != '}') refuse("attribute '" + column.name + "': the list of values is not closed");
      if (value.size == 0 && !was_quoted_) refuse("attribute '" + column.name + "' lists an empty value");
      add_value(column, std::string(text_of(value)));
      if (column.values.size() == 1) first_ = value;
    }
    ++at_;
    require_line_end("the list of values");
  }
  static std::string number_text(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", number);
    return text;
  }
  /// Two spellings of one number would be two classes.
  void add_value(datasets::RawTable::Column& column, const std::string& text) {
    const auto number = column.name == label_ ? datasets::to_number(text) : std::nullopt;
    const auto [same, is_new] = listed_.emplace(number ? number_text(*number) : text, text);
    if (!is_new)
      refuse("attribute '" + column.name + "' lists '" + same->second + "' and '" + text + "': one value twice");
    column.values.push_back(text);
  }

  void typed(datasets::RawTable::Column& column) {
    const std::string type = lower(word(" \t[%"));
    column.is_nominal = type == "string" || type == "date";
    column.is_number = type == "numeric" || type == "real" || type == "integer";
    if (!column.is_nominal && !column.is_number)
      refuse("attribute '" + column.name + "' has type '" + type +
             "', expected numeric, real, integer, string, date or {values}");
    skip_blanks();
    if (type == "date" || (column.is_number && here() == '[')) return;  // a format or a range may follow
    require_line_end("the type of attribute '" + column.name + "'");
  }

  datasets::RawTable::Cell cell(const char* stops) {
    auto found = token(stops);
    if (found.size == 0 && !was_quoted_) refuse("an empty value: a missing one is written ?");
    found.is_missing = text_of(found) == "?" && !was_quoted_;
    return found;
  }

  void dense_row() {
    raw_.lines.push_back(line_);
    for (std::size_t c = 0; c < raw_.columns.size(); ++c) {
      raw_.cells.push_back(cell(","));
      const bool is_last = c + 1 == raw_.columns.size();
      if (here() == ',' && is_last) {
        weight("more than " + std::to_string(c + 1) + " values");
      } else if (here() == ',') {
        ++at_;
      } else if (!is_last) {
        refuse(std::to_string(c + 1) + " values, expected " + std::to_string(raw_.columns.size()));
      } else {
        require_line_end("the last value");
      }
    }
    end_row();
  }

  /// ", {0.5}" behind a row; anything else is refused as `what`.
  void weight(const std::string& what) {
    ++at_, skip_blanks();
    if (here() != '{') refuse(what);
    ++at_;
    const std::string number = word("}");
    if (here() != '}' || !datasets::to_number(number)) refuse("'" + number + "' is no weight of a row");
    ++at_, ++weights_;
    require_line_end("the weight");
  }

  /// "{index value, ...}": what is not named is 0, or the first of a list of values.
  void sparse_row() {
    raw_.lines.push_back(line_);
    const std::size_t first = raw_.cells.size();
    std::vector<bool> is_named(raw_.columns.size(), false);
    raw_.cells.insert(raw_.cells.end(), firsts_.begin(), firsts_.end());
    for (++at_, skip_blanks(); !at_end() && here() != '}';) {
      const std::size_t c = index();
      if (is_named[c]) refuse("attribute " + std::to_string(c) + " is named twice");
      is_named[c] = true;
      raw_.cells[first + c] = cell(",}");
      if (here() == ',') ++at_, skip_blanks();
    }
    if (at_end()) refuse("the row is not closed");
    ++at_, skip_blanks();
    here() == ',' ? weight("text behind the row") : require_line_end("the row");
    require_texts(is_named);
    end_row();
  }
  std::size_t index() {
    const std::string text = word(" \t,}");
    const auto c = datasets::to_number(text);
    if (!c || !(*c >= 0) || *c != std::floor(*c) || *c >= static_cast<double>(raw_.columns.size()))
      refuse("'" + text + "' is no index of an attribute");
    return static_cast<std::size_t>(*c);
  }

  /// A sparse row says nothing about a text that it leaves out.
  void require_texts(const std::vector<bool>& is_named) const {
    for (std::size_t c = 0; c < raw_.columns.size(); ++c)
      if (!is_named[c] && raw_.columns[c].is_nominal && raw_.columns[c].values.empty())
        refuse("the row leaves out '" + raw_.columns[c].name + "', a text");
  }
  void end_row() const {
    if (raw_.bytes() > most_) datasets::require_room(raw_.path, raw_.bytes());
  }

  void note_weights() const {
    const ubp_host* host = ubp::detail::g.host;
    if (UBP_HAS(host, log))
      host->log(host, UBP_LOG_WARN, "table",
                (raw_.path + ": the weights of " + std::to_string(weights_) + " rows are left out").c_str());
  }

  std::string file_, label_, drop_, encoding_;
  std::int64_t value_cap_ = 0;

  datasets::RawTable raw_;
  std::vector<datasets::RawTable::Cell> firsts_;  // what a sparse row leaves out: 0, or the first of the listed values
  datasets::RawTable::Cell first_{};              // of the attribute being read
  std::unordered_map<std::string, std::size_t> positions_;
  std::unordered_map<std::string, std::string> listed_;  // values of the attribute being read
  std::size_t at_ = 0, end_ = 0;                         // in the line being read
  std::size_t file_size_ = 0;                            // behind the file's text stands a "0"
  std::int64_t line_ = 0, weights_ = 0;
  double most_ = 0;
  bool was_quoted_ = false;
};

}  // namespace

UBP_EXPORT_PLUGIN("arff", "1.1.0", "MIT", Arff);
