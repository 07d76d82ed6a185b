// SPDX-License-Identifier: MIT
#include "query/pivot.hpp"

#include <algorithm>

#include "query/print.hpp"

namespace ubp {
namespace {

constexpr std::size_t kMostValues = 200;  // of an axis

Value value_of(const nlohmann::json& value) {
  if (value.is_null()) return {};
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Enough digits that the interval has two.
std::string with_interval(const Row& cell) {
  const std::string mean = human(cell[1]);
  return is_null(cell[2]) ? mean : fmt::format("{} ± {:.2g}", mean, std::get<double>(cell[2]));
}

}  // namespace

bool PivotTable::Before::operator()(const Value& a, const Value& b) const {
  const auto number = [](const Value& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    const auto* real = std::get_if<double>(&value);
    return whole ? std::optional(static_cast<double>(*whole)) : real ? std::optional(*real) : std::nullopt;
  };
  const auto x = number(a), y = number(b);
  return x && y ? *x < *y : a < b;
}

PivotTable::PivotTable(RowSink& to, std::size_t keys, std::string pivot, bool for_people)
    : to_(to), keys_(keys), pivot_(std::move(pivot)), for_people_(for_people) {}

void PivotTable::columns(const std::vector<std::string>& names) {
  names_.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(keys_));
}

void PivotTable::row(const Row& row) {
  const auto axis = row.begin() + static_cast<std::ptrdiff_t>(keys_);
  Row keys(row.begin(), axis);
  if (table_.empty() || table_.back().keys != keys) table_.push_back({std::move(keys), {}});
  table_.back().cells[*axis] = {axis + 1, row.end()};
  axis_.insert(*axis);
  if (axis_.size() > kMostValues)
    fail(Exit::usage, "--pivot: '{}' has more than {} values, each of which would be a column", pivot_, kMostValues);
}

void PivotTable::end() {
  const Row empty(3);
  for (const Value& value : axis_) {
    const std::string name = fmt::format("{}={}", pivot_, human(value));
    if (for_people_)
      names_.push_back(name);
    else
      for (const char* what : {"", " ci95", " n"}) names_.push_back(name + what);
  }
  to_.columns(names_);
  for (const Line& line : table_) {
    Row row = line.keys;
    for (const Value& value : axis_) {
      const auto cell = line.cells.find(value);
      const Row& numbers = cell == line.cells.end() ? empty : cell->second;
      if (for_people_)
        row.push_back(is_null(numbers[1]) ? Value() : Value(with_interval(numbers)));
      else
        row.insert(row.end(), {numbers[1], numbers[2], numbers[0]});
    }
    to_.row(row);
  }
  to_.end();
}

// ---------- parameters ----------

ParamColumns::ParamColumns(Reader& reader, RowSink& to, std::size_t column, bool only_varying)
    : reader_(reader), to_(to), column_(column), only_varying_(only_varying) {}

std::size_t ParamColumns::index_of(const std::string& param) {
  return params_.try_emplace(param, params_.size()).first->second;
}

void ParamColumns::row(const Row& row) {
  const std::string text = text_of(row[column_]);
  if (values_.empty() || text != last_) {
    Row& values = values_.emplace_back(params_.size());
    const nlohmann::json object = reader_.parsed(text);
    for (const auto& [name, value] : object.items()) {
      const std::size_t index = index_of(name);
      if (index >= values.size()) values.resize(index + 1);
      values[index] = value_of(value);
    }
    last_ = text;
  } else {
    values_.push_back(values_.back());
  }
  Row& kept = rows_.emplace_back(row);
  kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(column_));
}

bool ParamColumns::varies(std::size_t param) const {
  const auto value = [&](const Row& values) { return param < values.size() ? values[param] : Value(); };
  const Value first = value(values_.front());
  return std::any_of(values_.begin(), values_.end(), [&](const Row& values) { return value(values) != first; });
}

void ParamColumns::end() {
  std::vector<std::string> names = names_;
  std::vector<std::size_t> shown;
  const auto at = static_cast<std::ptrdiff_t>(column_);
  std::vector<std::string> added;
  for (const auto& [name, index] : params_) {
    if (only_varying_ && rows_.size() > 1 && !varies(index)) continue;
    shown.push_back(index);
    added.push_back(name);
  }
  names.erase(names.begin() + at);
  names.insert(names.begin() + at, added.begin(), added.end());
  to_.columns(names);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row cells;
    for (const std::size_t index : shown) cells.push_back(index < values_[i].size() ? values_[i][index] : Value());
    rows_[i].insert(rows_[i].begin() + at, cells.begin(), cells.end());
    to_.row(rows_[i]);
  }
  to_.end();
}

}  // namespace ubp
