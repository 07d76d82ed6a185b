// SPDX-License-Identifier: MIT
// From texts in rows and columns to numbers, masks and class indices: what csv and arff have in common.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <ubp/components.hpp>

#include "files.hpp"

namespace datasets {

inline std::string_view trim(std::string_view s) {
  const std::size_t first = s.find_first_not_of(" \t\r");
  return first == s.npos ? std::string_view{} : s.substr(first, s.find_last_not_of(" \t\r") + 1 - first);
}

/// The number that is the whole of `s`, whatever the locale.
inline std::optional<double> to_number(std::string_view s) {
  double v = 0;
  if (!s.empty() && s.front() == '+') s.remove_prefix(1);
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  if (s.empty() || error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return v;
}

/// Cells as they stand in a file. A default-constructed view is a missing cell.
struct RawTable {
  struct Column {
    std::string name;
    bool is_nominal = false;          ///< declared so
    bool is_number = false;           ///< declared so; if neither, its cells decide
    std::vector<std::string> values;  ///< declared, in order; else the sorted values of its cells
  };
  std::string path;  ///< for messages
  std::vector<Column> columns;
  std::vector<std::string_view> cells;  ///< row-major
  std::vector<std::int64_t> lines;      ///< of each row, 1-based

  std::size_t rows() const { return lines.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const { return cells[row * columns.size() + column]; }
  std::size_t find(const std::string& name, const std::string& purpose) const {
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c].name == name) return c;
    std::string all;
    for (const Column& c : columns) all += (all.empty() ? "" : ", ") + c.name;
    throw ubp::Error(path + ": no column '" + name + "' (" + purpose + "): there are " + all, UBP_E_NOT_FOUND);
  }
  [[noreturn]] void refuse(std::size_t row, const std::string& what) const {
    throw ubp::Error(path + ":" + std::to_string(lines[row]) + ": " + what, UBP_E_IO);
  }
};

struct TableOptions {
  std::string label;                 ///< column of the class; empty: none
  std::vector<std::string> drop;     ///< columns left out
  std::vector<std::string> nominal;  ///< columns of names even if they look like numbers
  std::int64_t value_cap = 12;       ///< so many values and more: the index instead of one column a value
};

/// A table in memory: one split, rows as doubles, a mask only if a cell is missing, a label only if one is named.
class TableDataset : public ubp::Dataset {
 public:
  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{ubp::field("x", {width_}, UBP_FIELD_INPUT, UBP_F64)};
    if (!mask_.empty()) all.push_back(ubp::field("mask", {width_}, UBP_FIELD_MASK, UBP_U8));
    if (!label_.empty()) all.push_back(ubp::field("label", {}, UBP_FIELD_LABEL, UBP_I64));
    return all;
  }
  std::int64_t count(const std::string& split) override { return split == "train" ? rows_ : 0; }
  std::vector<ubp::Columns> nominal() override { return nominal_; }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<ubp::FieldOut>& out) override {
    const auto width = static_cast<std::size_t>(width_);
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split))
        throw ubp::Error("row " + std::to_string(rows[i]) + " does not exist");
      const auto r = static_cast<std::size_t>(rows[i]);
      std::size_t field = 0;
      std::copy_n(&x_[r * width], width, out[field++].view().row<double>(i));
      if (!mask_.empty()) std::copy_n(&mask_[r * width], width, out[field++].bytes(i));
      if (!label_.empty()) *out[field].view().row<std::int64_t>(i) = label_[r];
    }
  }

 protected:
  void fill(std::int64_t width, std::vector<double> x, std::vector<std::int64_t> label) {
    width_ = width, rows_ = static_cast<std::int64_t>(x.size()) / width;
    x_ = std::move(x), label_ = std::move(label), mask_.clear(), nominal_.clear();
  }
  void fill(const RawTable& raw, const TableOptions& options);

 private:
  std::int64_t rows_ = 0, width_ = 0;
  std::vector<double> x_;
  std::vector<std::uint8_t> mask_;
  std::vector<ubp::Columns> nominal_;
  std::vector<std::int64_t> label_;
};

namespace detail {

/// How one column of texts becomes columns of numbers. (Waffles, GNominalToCat.) The texts are those of the raw table.
struct Encoding {
  std::size_t source = 0;
  bool is_nominal = false, is_one_hot = false;
  std::unordered_map<std::string_view, std::int64_t> index;

  std::int64_t values() const { return static_cast<std::int64_t>(index.size()); }
  std::int64_t width() const { return is_one_hot ? values() : 1; }
  std::int64_t index_of(std::string_view cell) const {  // -1: not among the declared ones
    const auto found = index.find(cell);
    return found == index.end() ? -1 : found->second;
  }
};

/// Declared values in their order, else those that occur: sorted, as numbers if all are.
inline std::vector<std::string_view> values_of(const RawTable& raw, std::size_t column) {
  const std::vector<std::string>& declared = raw.columns[column].values;
  if (!declared.empty()) return {declared.begin(), declared.end()};
  std::vector<std::string_view> values;
  for (std::size_t r = 0; r < raw.rows(); ++r)
    if (raw.cell(r, column).data()) values.push_back(raw.cell(r, column));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (std::all_of(values.begin(), values.end(), [](std::string_view v) { return to_number(v).has_value(); }))
    std::stable_sort(values.begin(), values.end(), [](auto a, auto b) { return *to_number(a) < *to_number(b); });
  return values;
}

inline void number_values(const RawTable& raw, Encoding& e) {
  for (const std::string_view v : values_of(raw, e.source)) e.index.emplace(v, e.values());
}

inline bool looks_nominal(const RawTable& raw, std::size_t column) {
  for (std::size_t r = 0; r < raw.rows(); ++r)
    if (const std::string_view cell = raw.cell(r, column); cell.data() && !to_number(cell)) return true;
  return false;
}

inline Encoding encoding_of(const RawTable& raw, std::size_t column, const TableOptions& options) {
  const RawTable::Column& c = raw.columns[column];
  const bool told = std::find(options.nominal.begin(), options.nominal.end(), c.name) != options.nominal.end();
  Encoding e{column, told || c.is_nominal || (!c.is_number && looks_nominal(raw, column)), false, {}};
  if (!e.is_nominal) return e;
  number_values(raw, e);
  e.is_one_hot = e.values() > 2 && e.values() < options.value_cap;
  const ubp_host* host = ubp::detail::g.host;
  if (e.values() >= options.value_cap && c.values.empty() && !told && UBP_HAS(host, log))
    host->log(host, UBP_LOG_WARN, "table",
              (raw.path + ": column '" + c.name + "' holds " + std::to_string(e.values()) +
               " different texts, read as their index: drop it if it is a name")
                  .c_str());
  return e;
}

inline std::vector<std::int64_t> classes_of(const RawTable& raw, std::size_t column) {
  const std::string& name = raw.columns[column].name;
  Encoding e{column, true, false, {}};
  number_values(raw, e);
  for (const auto& [text, index] : e.index)
    if (const auto number = to_number(text); number && *number != std::floor(*number))
      throw ubp::Error(raw.path + ": label column '" + name + "' holds " + std::string(text) +
                       ": classes are names or whole numbers");
  std::vector<std::int64_t> label;
  for (std::size_t r = 0; r < raw.rows(); ++r) {
    if (!raw.cell(r, column).data()) raw.refuse(r, "the label, column '" + name + "', is missing");
    label.push_back(e.index_of(raw.cell(r, column)));
    if (label.back() < 0)
      raw.refuse(r, "label '" + std::string(raw.cell(r, column)) + "' is not among the declared ones");
  }
  return label;
}

}  // namespace detail

inline void TableDataset::fill(const RawTable& raw, const TableOptions& options) {
  if (raw.rows() == 0) throw ubp::Error(raw.path + ": holds no rows", UBP_E_IO);
  std::vector<bool> skip(raw.columns.size(), false);
  for (const std::string& name : options.drop) skip[raw.find(name, "to drop")] = true;
  for (const std::string& name : options.nominal) raw.find(name, "nominal");
  std::vector<std::int64_t> label;
  if (!options.label.empty()) {
    const std::size_t column = raw.find(options.label, "the label");
    skip[column] = true;
    label = detail::classes_of(raw, column);
  }
  std::vector<detail::Encoding> encodings;
  std::int64_t width = 0;
  for (std::size_t c = 0; c < raw.columns.size(); ++c)
    if (!skip[c]) width += encodings.emplace_back(detail::encoding_of(raw, c, options)).width();
  if (width == 0) throw ubp::Error(raw.path + ": no column is left", UBP_E_IO);

  std::vector<double> x(raw.rows() * static_cast<std::size_t>(width), 0.0);
  std::vector<std::uint8_t> mask(x.size(), 1);
  bool complete = true;
  std::size_t at = 0;
  for (std::size_t r = 0; r < raw.rows(); ++r)
    for (const detail::Encoding& e : encodings) {
      const std::string_view cell = raw.cell(r, e.source);
      const auto w = static_cast<std::size_t>(e.width());
      if (!cell.data()) {  // all columns of an unknown value are unknown
        std::fill_n(&mask[at], w, std::uint8_t{0});
        complete = false;
      } else if (e.is_nominal) {
        const std::int64_t index = e.index_of(cell);
        if (index < 0)
          raw.refuse(r, "column '" + raw.columns[e.source].name + "': '" + std::string(cell) +
                            "' is not among the declared values");
        if (e.is_one_hot)
          x[at + static_cast<std::size_t>(index)] = 1;
        else
          x[at] = static_cast<double>(index);
      } else {
        const auto number = to_number(cell);
        if (!number || !std::isfinite(*number))
          raw.refuse(r,
                     "column '" + raw.columns[e.source].name + "': '" + std::string(cell) + "' is not a finite number");
        x[at] = *number;
      }
      at += w;
    }
  fill(width, std::move(x), std::move(label));
  if (!complete) mask_ = std::move(mask);
  std::int64_t first = 0;
  for (const detail::Encoding& e : encodings) {
    if (e.is_nominal) nominal_.push_back({first, first + e.width() - 1});
    first += e.width();
  }
}

}  // namespace datasets
