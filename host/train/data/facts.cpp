// SPDX-License-Identifier: MIT
#include "train/data/facts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ubp {
namespace {

constexpr i64 kBlock = 1000, kShownRows = 5;

void add(const Data& data, const std::string& name, const std::vector<i64>& rows, SplitFacts& split) {
  for (const i64 label : data.labels(name, rows)) ++split.classes[label];
  if (!data.has_mask()) return;
  const std::vector<char> known = data.known_cells(name, rows);
  split.missing += std::count(known.begin(), known.end(), 0);
  if (!data.withholds(name)) return;
  for (const double is : data.withheld(name, rows)) split.withheld += is != 0;
}

void add(const Data& data, const std::vector<i64>& rows, std::vector<ColumnFacts>& columns) {
  const std::vector<double> raw = data.raw_input("train", rows);
  const std::vector<char> known = data.known_cells("train", rows);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    ColumnFacts& column = columns[i % columns.size()];
    if (!known[i]) {
      ++column.missing;
      continue;
    }
    column.least = std::fmin(column.least, raw[i]);
    column.most = std::fmax(column.most, raw[i]);
  }
}

template <class Take>
void each_block(i64 rows, const Take& take) {
  for (i64 first = 0; first < rows; first += kBlock) {
    std::vector<i64> block(static_cast<std::size_t>(std::min(kBlock, rows - first)));
    std::iota(block.begin(), block.end(), first);
    take(block);
  }
}

std::vector<std::vector<double>> first_rows(const Data& data) {
  std::vector<i64> rows(static_cast<std::size_t>(std::min(kShownRows, data.rows("train"))));
  std::iota(rows.begin(), rows.end(), i64{0});
  std::vector<double> raw = data.raw_input("train", rows);
  const std::vector<char> known = data.known_cells("train", rows);
  for (std::size_t i = 0; i < raw.size(); ++i)
    if (!known[i]) raw[i] = NAN;
  std::vector<std::vector<double>> all;
  const auto width = static_cast<std::ptrdiff_t>(raw.size() / rows.size());
  for (auto at = raw.begin(); at != raw.end(); at += width) all.emplace_back(at, at + width);
  return all;
}

double number(const nlohmann::json& j) { return j.is_null() ? NAN : j.get<double>(); }

}  // namespace

DataFacts facts_of(const Data& data, Detail detail) {
  DataFacts facts;
  const Shape row = data.row_shape(nullptr);
  facts.row.assign(row.dim, row.dim + row.nd);
  facts.has_mask = data.has_mask();
  facts.has_weights = data.has_weights(), facts.has_lengths = data.has_lengths();
  facts.sources = data.sources();
  for (const char* const name : data.field_names())
    if (name) facts.fields.emplace_back(name);
  for (const std::string& name : data.split_names()) {
    SplitFacts& split = facts.splits[name];
    split.rows = data.rows(name);
    each_block(split.rows, [&](const std::vector<i64>& rows) { add(data, name, rows, split); });
  }
  for (const auto& [name, split] : facts.splits)
    for (const auto& [label, rows] : split.classes) facts.class_names[label] = data.class_name(label);
  if (detail == Detail::no) return facts;
  facts.columns.resize(static_cast<std::size_t>(row.count()), {"", 0, NAN, NAN, false});
  for (std::size_t c = 0; c < facts.columns.size(); ++c) facts.columns[c].name = data.column_name(static_cast<i64>(c));
  for (std::size_t i = 0; i < data.nominal().size(); i += 2)
    for (i64 c = data.nominal()[i]; c <= data.nominal()[i + 1]; ++c)
      facts.columns[static_cast<std::size_t>(c)].is_nominal = true;
  each_block(data.rows("train"), [&](const std::vector<i64>& rows) { add(data, rows, facts.columns); });
  facts.first = first_rows(data);
  return facts;
}

std::vector<std::string> DataFacts::split_names() const {
  std::vector<std::string> all;
  for (const char* const name : {"train", "valid", "test"})
    if (has(name)) all.emplace_back(name);
  for (const auto& [name, split] : splits)
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  return all;
}

void to_json(nlohmann::json& j, const DataFacts& facts) {
  j = {{"row", facts.row},
       {"fields", facts.fields},
       {"has_mask", facts.has_mask},
       {"has_weights", facts.has_weights},
       {"has_lengths", facts.has_lengths},
       {"first", facts.first},
       {"notes", facts.notes},
       {"columns", nlohmann::json::array()},
       {"sources", facts.sources}};
  for (const auto& [name, split] : facts.splits) {
    nlohmann::json& out =
        j["splits"][name] = {{"rows", split.rows}, {"missing", split.missing}, {"withheld", split.withheld}};
    out["classes"] = nlohmann::json::array();
    for (const auto& [label, rows] : split.classes)
      out["classes"].push_back({{"label", label}, {"name", facts.class_names.at(label)}, {"rows", rows}});
  }
  for (const ColumnFacts& column : facts.columns)
    j["columns"].push_back({{"name", column.name},
                            {"missing", column.missing},
                            {"least", column.least},
                            {"most", column.most},
                            {"nominal", column.is_nominal}});
}

void from_json(const nlohmann::json& j, DataFacts& facts) {
  facts.row = j.at("row").get<std::vector<i64>>();
  facts.fields = j.at("fields").get<std::vector<std::string>>();
  facts.has_mask = j.at("has_mask"), facts.has_weights = j.at("has_weights");
  facts.has_lengths = j.at("has_lengths");
  facts.sources = j.at("sources").get<std::vector<SourceFile>>();
  facts.notes = j.at("notes").get<std::vector<std::string>>();
  for (const auto& [name, split] : j.at("splits").items()) {
    SplitFacts& out = facts.splits[name];
    out.rows = split.at("rows"), out.missing = split.at("missing"), out.withheld = split.at("withheld");
    for (const auto& each : split.at("classes")) {
      out.classes[each.at("label")] = each.at("rows");
      facts.class_names[each.at("label")] = each.at("name");
    }
  }
  for (const auto& column : j.at("columns"))
    facts.columns.push_back({column.at("name"), column.at("missing"), number(column.at("least")),
                             number(column.at("most")), column.at("nominal")});
  for (const auto& row : j.at("first"))
    for (auto& cells = facts.first.emplace_back(); const auto& cell : row) cells.push_back(number(cell));
}

}  // namespace ubp
