// SPDX-License-Identifier: MIT
// series: sequences of different lengths from a file of separated values, a line a moment.
//
//   id,speed,slope,class         two rows: "a" of 3 moments, "b" of 1
//   a,1.5,0.1,walk               x[0] = (1.5, 0.1) (1.7, 0.0) (1.6, 0.2)   length[0] = 3
//   a,1.7,0.0,walk               x[1] = (0.4, 0.3) (0, 0) (0, 0)           length[1] = 1
//   a,1.6,0.2,walk
//   b,0.4,0.3,rest
//
// A row is what has one value in the column `series`: its moments are its lines, in the order of the file, wherever
// they stand; rows are in the order of their first lines. Its shape is [longest, columns], padded behind its end, which
// the field `length` names: objectives are told by lengths and mask. Columns become numbers as those of csv do.
//
// | parameter | type   | range      | default                                  | meaning |
// |-----------|--------|------------|------------------------------------------|---------|
// | file      | string | any        | required                                 | Path: absolute, or in UBP_DATA, or in the working folder. |
// | series    | string | any        | required                                 | Column that says which row a line belongs to. |
// | label     | string | any        |                                          | Column of the class, the same in all lines of a row; empty: no labels. |
// | drop      | string | any        |                                          | Columns to leave out, separated by commas. |
// | nominal   | string | any        |                                          | Columns of names that look like numbers, separated by commas. |
// | missing   | string | any        | ?,NA,N/A,n/a,#N/A,NaN,nan,NULL,Null,null | What a missing cell holds, besides nothing; separated by commas. |
// | delimiter | string | any        | ,                                        | One character, or "tab". |
// | most      | int    | [0, 1e+09] | 0                                        | Moments of a row that are kept, its first ones; 0: all. |
//
// Missing cells hold 0 and are 0 in the field `mask`.
// Limits: one split, `train`; one long row makes all of them long: `most` cuts it.
// Source: the layout is the "long" one of Wickham, "Tidy data", Journal of Statistical Software 59(10), 2014.
//
//   [dataset]
//   use    = "series"
//   file   = "data/strides.csv"
//   series = "id"
//   label  = "class"
#include <unordered_map>

#include <ubp/sdk.hpp>

#include "separated.hpp"
#include "table.hpp"
#include "text.hpp"

namespace {
using namespace ubp;

class Series : public datasets::TableDataset {
 public:
  static void describe(Describe<Series>& d) {
    d.id("series")
        .title("Sequences from a CSV file")
        .cite("Wickham 2014")
        .tag("table")
        .doc("Sequences of different lengths from a file of separated values, a line a moment.")
        .param(&Series::file_, "file", "", required, "Path: absolute, or in UBP_DATA, or in the working folder.")
        .param(&Series::series_, "series", "", required, "Column that says which row a line belongs to.")
        .param(&Series::label_, "label", "", 0,
               "Column of the class, the same in all lines of a row; empty: no labels.")
        .param(&Series::drop_, "drop", "", 0, "Columns to leave out, separated by commas.")
        .param(&Series::nominal_, "nominal", "", 0, "Columns of names that look like numbers, separated by commas.")
        .param(&Series::missing_, "missing", "?,NA,N/A,n/a,#N/A,NaN,nan,NULL,Null,null", 0,
               "What a missing cell holds, besides nothing; separated by commas.")
        .param(&Series::delimiter_, "delimiter", ",", 0, "One character, or \"tab\".")
        .param(&Series::most_, "most", 0, {0, 1e9}, 0, "Moments of a row that are kept, its first ones; 0: all.");
  }
  void created() override {
    delimiter_ = datasets::delimiter_of("series", delimiter_);
    if (label_ == series_) throw Error("series: label: '" + label_ + "' is the column of the series, too");
  }
  std::vector<std::string> files(const std::string& data_dir) override {
    return {datasets::locate("series", file_, data_dir)};
  }

  void open(const std::string& data_dir) override {
    datasets::RawTable raw;
    raw.path = files(data_dir).front();
    raw.text = datasets::decoded(raw.path, datasets::ByteFile(raw.path).read_all(), "auto");
    datasets::SeparatedValues(raw, delimiter_[0], true, datasets::split_list(missing_)).parse();
    datasets::TableOptions options;
    options.label = label_, options.names = datasets::split_list(nominal_), options.drop = datasets::split_list(drop_);
    options.drop.push_back(series_);
    const std::size_t column = raw.find(series_, "the series");
    fill(raw, options);
    deal(raw, column);
  }

  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{field("x", {longest_, width()}, UBP_FIELD_INPUT, UBP_F64),
                               field("length", {}, UBP_FIELD_LENGTH, UBP_I64)};
    if (has_mask()) all.push_back(field("mask", {longest_, width()}, UBP_FIELD_MASK, UBP_U8));
    if (has_label()) all.push_back(field("label", {}, UBP_FIELD_LABEL, UBP_I64));
    return all;
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? static_cast<std::int64_t>(moments_.size()) : 0;
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    const auto w = static_cast<std::size_t>(width()), all = static_cast<std::size_t>(longest_) * w;
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split)) throw Error("row " + std::to_string(rows[i]) + " does not exist");
      const std::vector<std::size_t>& moments = moments_[static_cast<std::size_t>(rows[i])];
      std::size_t next = 0;
      double* const to = out[next++].view().row<double>(i);
      std::fill_n(to, all, 0.0);
      for (std::size_t t = 0; t < moments.size(); ++t) std::copy_n(x(moments[t]), w, to + t * w);
      *out[next++].view().row<std::int64_t>(i) = static_cast<std::int64_t>(moments.size());
      if (has_mask()) {
        std::uint8_t* const known = out[next++].bytes(i);
        std::fill_n(known, all, std::uint8_t{0});
        for (std::size_t t = 0; t < moments.size(); ++t) std::copy_n(mask(moments[t]), w, known + t * w);
      }
      if (has_label()) *out[next].view().row<std::int64_t>(i) = label(moments.front());
    }
  }

  /// A cell of a moment is one of the row: as many as there are moments.
  std::vector<Columns> nominal() override {
    std::vector<Columns> all;
    for (std::int64_t t = 0; t < longest_; ++t)
      for (const Columns& c : TableDataset::nominal()) all.push_back({t * width() + c.first, t * width() + c.last});
    return all;
  }
  std::vector<std::string> column_names() override {
    std::vector<std::string> all;
    for (std::int64_t t = 0; t < longest_; ++t)
      for (const std::string& name : TableDataset::column_names()) all.push_back(name + " " + std::to_string(t));
    return all;
  }

 private:
  /// Lines to rows.
  void deal(const datasets::RawTable& raw, std::size_t column) {
    std::unordered_map<std::string_view, std::size_t> row_of;
    moments_.clear(), longest_ = 0;
    for (std::size_t line = 0; line < raw.rows(); ++line) {
      const std::string_view name = raw.cell(line, column);
      if (!name.data())
        raw.refuse(line, "column '" + series_ + "': is missing: expected which row the line belongs to");
      const auto [found, is_new] = row_of.emplace(name, moments_.size());
      if (is_new) moments_.emplace_back();
      std::vector<std::size_t>& moments = moments_[found->second];
      if (has_label() && !moments.empty() && label(line) != label(moments.front()))
        raw.refuse(line, raw.find(label_, "the label"),
                   "is not what line " + std::to_string(raw.lines[moments.front()]) + " says of '" + std::string(name) +
                       "': a row has one class");
      if (most_ == 0 || static_cast<std::int64_t>(moments.size()) < most_) moments.push_back(line);
      longest_ = std::max(longest_, static_cast<std::int64_t>(moments.size()));
    }
  }

  std::string file_, series_, label_, drop_, nominal_, missing_, delimiter_;
  std::int64_t most_ = 0, longest_ = 0;
  std::vector<std::vector<std::size_t>> moments_;  ///< of each row, its lines
};

}  // namespace

UBP_EXPORT_PLUGIN("series", "1.0.0", "MIT", Series);
