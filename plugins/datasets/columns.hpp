// SPDX-License-Identifier: MIT
// Which columns of a table are numbers and which are names, and the numbers that names become.
#pragma once

#include <memory>
#include <unordered_map>

#include <ubp/components.hpp>

#include "number.hpp"
#include "raw_table.hpp"

namespace datasets {

struct TableOptions {
  std::string label;                 ///< column of the class; empty: none
  std::vector<std::string> drop;     ///< columns left out
  std::vector<std::string> names;    ///< columns of names, whatever they look like
  std::vector<std::string> numbers;  ///< columns of numbers
  std::int64_t value_cap = 12;       ///< so many values and more: the index instead of one column a value
  Notation notation = {};            ///< how numbers are written
  std::string weight = {};           ///< column of how much a row counts; empty: none
};

namespace detail {

inline bool holds(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// The first rows of a column that hold a number, a text, and a text that looks like a number; -1: none does.
struct Seen {
  std::int64_t number = -1, text = -1, alike = -1;
};

inline std::vector<Seen> seen_in(const RawTable& raw, const std::vector<bool>& is_wanted, const Notation& notation) {
  std::vector<Seen> seen(raw.columns.size());
  for (std::size_t r = 0; r < raw.rows(); ++r)
    for (std::size_t c = 0; c < seen.size(); ++c) {
      const std::string_view cell = is_wanted[c] ? raw.cell(r, c) : std::string_view{};
      if (!cell.data()) continue;
      const auto row = static_cast<std::int64_t>(r);
      Seen& s = seen[c];
      const bool is_number = to_number(cell, notation).has_value();
      if (std::int64_t& first = is_number ? s.number : s.text; first < 0) first = row;
      if (!is_number && s.alike < 0 && looks_like_number(cell)) s.alike = row;
    }
  return seen;
}

/// What a person may do about a cell that is no number.
inline std::string way_on(const RawTable& raw, std::size_t row, std::size_t column) {
  const std::string text(trim(raw.cell(row, column))), settings = notations_of(text);
  return "say " + (settings.empty() ? "" : settings + ", or ") + "types = \"" + raw.columns[column].name +
         ":names\" for a column of names" +
         (looks_like_number(text) ? "" : ", or add '" + text + "' to missing if it stands for no value");
}

/// Names: told or declared so, or no cell is a number or looks like one. Numbers: all are. Else a refusal.
inline bool is_nominal(const RawTable& raw, std::size_t column, const Seen& seen, const TableOptions& options) {
  const RawTable::Column& c = raw.columns[column];
  if (holds(options.names, c.name) || c.is_nominal) return true;
  if (holds(options.numbers, c.name) || c.is_number || seen.text < 0) return false;
  if (seen.number < 0 && seen.alike < 0) return true;
  const auto row = static_cast<std::size_t>(seen.number < 0 ? seen.alike : seen.text);
  const auto number = static_cast<std::size_t>(std::max<std::int64_t>(seen.number, 0));
  const std::string other = "is no number, '" + std::string(raw.cell(number, column)) + "' in line " +
                            std::to_string(raw.lines[number]) + " is one: ";
  raw.refuse(row, column, (seen.number < 0 ? "is a number in another notation: " : other) + way_on(raw, row, column));
}

inline double number_in(const RawTable& raw, std::size_t row, std::size_t column, const Notation& notation) {
  const auto number = to_number(raw.cell(row, column), notation);
  if (!number || !std::isfinite(*number)) raw.refuse(row, column, "is not a finite number");
  return *number;
}

/// The different names of a column and the index of each. Texts are those of the raw table.
struct Names {
  std::vector<std::string_view> values;
  std::unordered_map<std::string_view, std::int64_t> index;

  std::int64_t count() const { return static_cast<std::int64_t>(values.size()); }
};

/// Declared values in their order, else those that occur: sorted, as numbers if all are.
inline Names names_of(const RawTable& raw, std::size_t column) {
  const std::vector<std::string>& declared = raw.columns[column].values;
  Names names{{declared.begin(), declared.end()}, {}};
  for (std::size_t r = 0; declared.empty() && r < raw.rows(); ++r)
    if (const std::string_view cell = raw.cell(r, column); cell.data() && names.index.emplace(cell, 0).second)
      names.values.push_back(cell);
  if (declared.empty()) {
    std::vector<std::string_view>& v = names.values;
    std::sort(v.begin(), v.end());
    if (std::all_of(v.begin(), v.end(), [](std::string_view text) { return to_number(text).has_value(); }))
      std::stable_sort(v.begin(), v.end(), [](auto a, auto b) { return *to_number(a) < *to_number(b); });
  }
  for (std::int64_t i = 0; i < names.count(); ++i) names.index[names.values[static_cast<std::size_t>(i)]] = i;
  return names;
}

inline std::int64_t index_in(const RawTable& raw, std::size_t row, std::size_t column, const Names& names) {
  const auto found = names.index.find(raw.cell(row, column));
  if (found == names.index.end()) raw.refuse(row, column, "is not among the declared values");
  return found->second;
}

/// How one column of texts becomes columns of numbers. (Waffles, GNominalToCat.)
struct Encoding {
  std::size_t source = 0;
  std::unique_ptr<Names> names;  ///< null: a column of numbers
  bool is_one_hot = false;

  std::int64_t width() const { return is_one_hot ? names->count() : 1; }
};

inline Encoding encoding_of(const RawTable& raw, std::size_t column, const Seen& seen, const TableOptions& options) {
  Encoding e{column, nullptr, false};
  if (!is_nominal(raw, column, seen, options)) return e;
  e.names = std::make_unique<Names>(names_of(raw, column));
  e.is_one_hot = e.names->count() > 2 && e.names->count() < options.value_cap;
  return e;
}

/// What the columns of the input are called: the name; for names the name and the value that a 1 stands for.
inline void append_column_names(std::vector<std::string>& to, const RawTable& raw, const Encoding& e) {
  const std::string& name = raw.columns[e.source].name;
  for (std::int64_t i = 0; i < e.width(); ++i) {
    const bool is_flag = e.names && e.names->count() == 2;
    to.push_back(e.is_one_hot || is_flag
                     ? name + "=" + std::string(e.names->values[static_cast<std::size_t>(is_flag ? 1 : i)])
                     : name);
  }
}

/// The class of each row, and the name of each class.
struct Classes {
  std::vector<std::int64_t> label;
  std::vector<std::string> names;
};

/// Classes that are whole numbers, in their order: 1 and 1.0 are one class, whose name is "1".
inline Classes numbered_classes(const RawTable& raw, std::size_t column, const Notation& notation) {
  std::vector<std::int64_t> values;
  for (std::size_t r = 0; r < raw.rows(); ++r) {
    const double v = number_in(raw, r, column, notation);
    if (v != std::floor(v)) raw.refuse(r, column, "is no class: classes are names or whole numbers");
    if (std::fabs(v) >= 0x1p53)
      raw.refuse(r, column,
                 "is too large to be told from its neighbours: say types = \"" + raw.columns[column].name + ":names\"");
    values.push_back(static_cast<std::int64_t>(v));
  }
  std::vector<std::int64_t> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  Classes classes;
  for (const std::int64_t v : values)
    classes.label.push_back(std::lower_bound(sorted.begin(), sorted.end(), v) - sorted.begin());
  for (const std::int64_t v : sorted) classes.names.push_back(std::to_string(v));
  return classes;
}

inline Classes classes_of(const RawTable& raw, std::size_t column, const Seen& seen, const TableOptions& options) {
  for (std::size_t r = 0; r < raw.rows(); ++r)
    if (!raw.cell(r, column).data()) raw.refuse(r, "the label, column '" + raw.columns[column].name + "', is missing");
  if (!is_nominal(raw, column, seen, options)) return numbered_classes(raw, column, options.notation);
  const Names names = names_of(raw, column);
  Classes classes{{}, {names.values.begin(), names.values.end()}};
  for (std::size_t r = 0; r < raw.rows(); ++r) classes.label.push_back(index_in(raw, r, column, names));
  return classes;
}

/// How much each row counts.
inline std::vector<double> weights_of(const RawTable& raw, const TableOptions& options) {
  std::vector<double> weights;
  if (options.weight.empty()) return weights;
  const std::size_t column = raw.find(options.weight, "the weight");
  if (options.weight == options.label)
    throw ubp::Error(raw.path + ": column '" + options.weight + "' is said to be the label and the weight");
  for (std::size_t r = 0; r < raw.rows(); ++r) {
    if (!raw.cell(r, column).data()) raw.refuse(r, "the weight, column '" + options.weight + "', is missing");
    weights.push_back(number_in(raw, r, column, options.notation));
    if (weights.back() < 0) raw.refuse(r, column, "is no weight: weights are numbers from 0");
  }
  return weights;
}

}  // namespace detail
}  // namespace datasets
