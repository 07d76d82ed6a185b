// SPDX-License-Identifier: MIT
// csv: a table from a file of separated values, plain or gzipped, with a header of column names.
//
//   a column of numbers            one column, unchanged
//   a column of 1 or 2 texts       one column: 0, 1
//   a column of 3 .. value_cap-1   one column per text: one-hot
//   a column of more texts         one column: the text's index, with a warning
//
// A column is numbers if each of its known cells is a number: digits with at most one point among them, perhaps with a
// sign before and an exponent (e5) behind them. It is names if none is a number and none looks like one in another
// notation (1,5  1 234  0x1F  3%  1d3  $5). Everything else is refused with its line, unless `types` says what the
// column is, or `decimal` and `thousands` how numbers are written. Names are texts: 1 and 1.0 are two, where `types`
// makes names of them; as labels without that they are one.
//
// | parameter | type   | range                        | default                                  | meaning |
// |-----------|--------|------------------------------|------------------------------------------|---------|
// | file      | string | any                          | required                                 | Path: absolute, or in UBP_DATA, or in the working folder. |
// | label     | string | any                          |                                          | Column of the class; empty: no labels. |
// | weight    | string | any                          |                                          | Column of how much a row counts in a loss; empty: all the same. |
// | drop      | string | any                          |                                          | Columns to leave out, separated by commas. |
// | nominal   | string | any                          |                                          | Columns of names that look like numbers, separated by commas. |
// | types     | string | any                          |                                          | What columns hold, whatever they look like: "zip:names, age:numbers". |
// | value_cap | int    | [3, 1e+06]                   | 12                                       | From so many different texts on, a column becomes an index. |
// | missing   | string | any                          | ?,NA,N/A,n/a,#N/A,NaN,nan,NULL,Null,null | What a missing cell holds, besides nothing; separated by commas. |
// | delimiter | string | any                          | ,                                        | One character, or "tab". |
// | decimal   | choice | ., ,                         | .                                        | The character before the decimals of a number. |
// | thousands | string | any                          |                                          | The character between groups of three digits; empty: none. |
// | encoding  | choice | auto, utf-8, utf-16, latin-1 | auto                                     | How characters are stored; auto: UTF-8, or UTF-16 with a byte order mark. |
// | quote     | choice | double, none                 | double                                   | Whether a cell may be between double quotes. |
//
// Texts are numbered in sorted order, labels that are whole numbers in numeric order. Missing cells hold 0 and are 0 in
// the field `mask`; all columns of a missing text are missing, and are withheld together. Quotes as in RFC 4180; they
// say nothing about a cell: "5" is 5, "" is missing, and blanks at its ends do not count. A column without a name is
// column_N, N counted from 1. Empty lines are skipped, but in a table of one column they are missing cells. Numbers too
// small for a double are 0 or the nearest subnormal, numbers too large are refused. Quote a column's name in a list if
// it holds a comma.
// Limits: one split, `train`: the run splits off its test rows. The whole table is held in memory while it is read: at
// most UBP_MAX_DATA bytes. Which texts a column has is taken for known: those of withheld cells count.
// Source: the encoding is that of Waffles (GNominalToCat), which unsupervised backpropagation was published with.
//
//   [dataset]
//   use   = "csv"
//   file  = "data/credit_g.csv"
//   label = "class"
#include <ubp/sdk.hpp>

#include "separated.hpp"
#include "table.hpp"
#include "text.hpp"

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
        .param(&Csv::weight_, "weight", "", 0, "Column of how much a row counts in a loss; empty: all the same.")
        .param(&Csv::drop_, "drop", "", 0, "Columns to leave out, separated by commas.")
        .param(&Csv::nominal_, "nominal", "", 0, "Columns of names that look like numbers, separated by commas.")
        .param(&Csv::types_, "types", "", 0, "What columns hold, whatever they look like: \"zip:names, age:numbers\".")
        .param(&Csv::value_cap_, "value_cap", 12, {3, 1e6}, advanced,
               "From so many different texts on, a column becomes an index.")
        .param(&Csv::missing_, "missing", "?,NA,N/A,n/a,#N/A,NaN,nan,NULL,Null,null", 0,
               "What a missing cell holds, besides nothing; separated by commas.")
        .param(&Csv::delimiter_, "delimiter", ",", 0, "One character, or \"tab\".")
        .choice(&Csv::decimal_, "decimal", {".", ","}, ".", 0, "The character before the decimals of a number.")
        .param(&Csv::thousands_, "thousands", "", 0, "The character between groups of three digits; empty: none.")
        .choice(&Csv::encoding_, "encoding", {"auto", "utf-8", "utf-16", "latin-1"}, "auto", 0,
                "How characters are stored; auto: UTF-8, or UTF-16 with a byte order mark.")
        .choice(&Csv::quote_, "quote", {"double", "none"}, "double", advanced,
                "Whether a cell may be between double quotes.");
  }
  void created() override {
    delimiter_ = datasets::delimiter_of("csv", delimiter_);
    const bool is_one = !thousands_.empty() && datasets::detail::utf8_length(thousands_, 0) == thousands_.size();
    if (!thousands_.empty() && (!is_one || std::strchr("0123456789+-eE\"\n\r", thousands_[0])))
      throw Error("csv: thousands: '" + thousands_ + "' is not one character that can separate digits");
    if (thousands_ == decimal_) throw Error("csv: thousands: '" + thousands_ + "' is the decimal character, too");
    options_ = {
        label_, datasets::split_list(drop_), datasets::split_list(nominal_), {}, value_cap_, {decimal_, thousands_},
        weight_};
    for (const std::string& item : datasets::split_list(types_)) add_type(item);
  }
  std::vector<std::string> files(const std::string& data_dir) override {
    return {datasets::locate("csv", file_, data_dir)};
  }

  void open(const std::string& data_dir) override {
    datasets::RawTable raw;
    raw.path = files(data_dir).front();
    raw.text = datasets::decoded(raw.path, datasets::ByteFile(raw.path).read_all(), encoding_);
    datasets::SeparatedValues values(raw, delimiter_[0], quote_ == "double", datasets::split_list(missing_));
    values.parse();
    fill(raw, options_);
    note_header(raw, values.header_line());
  }

 private:
  /// "age:numbers"
  void add_type(const std::string& item) {
    const std::size_t colon = item.rfind(':');
    const std::string type = colon == item.npos ? "" : item.substr(colon + 1);
    if (type != "names" && type != "numbers")
      throw Error("csv: types: '" + item + "' is neither COLUMN:names nor COLUMN:numbers");
    (type == "names" ? options_.names : options_.numbers).push_back(item.substr(0, colon));
  }

  /// A file without a header loses its first row to it.
  void note_header(const datasets::RawTable& raw, std::int64_t line) const {
    const bool is_data = std::all_of(raw.columns.begin(), raw.columns.end(), [&](const auto& column) {
      return datasets::to_number(column.name, options_.notation).has_value();
    });
    const ubp_host* host = ubp::detail::g.host;
    if (is_data && UBP_HAS(host, log))
      host->log(host, UBP_LOG_WARN, "table",
                (raw.path + ":" + std::to_string(line) +
                 ": all names of columns are numbers: the first line was taken "
                 "as the header, put one before it if it is a row")
                    .c_str());
  }

  std::string file_, label_, weight_, drop_, nominal_, types_, missing_, delimiter_, decimal_, thousands_, encoding_,
      quote_;
  std::int64_t value_cap_ = 0;
  datasets::TableOptions options_;
};

}  // namespace

UBP_EXPORT_PLUGIN("csv", "1.2.0", "MIT", Csv);
