// SPDX-License-Identifier: MIT
// Rows that become columns on their way to a printer. Both keep all rows until the end.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

/// Groups along two axes. Its rows: `keys` columns that name a row of the table, the value of the axis `pivot`, n,
/// mean, ci95; those of one row of the table follow each other. `for_people`: a column for each value of the axis, in
/// order, whose cells are "mean ± ci95"; else three: its mean, ci95 and n. Cells without a group are NULL.
class PivotTable : public RowSink {
 public:
  PivotTable(RowSink& to, std::size_t keys, std::string pivot, bool for_people);
  void columns(const std::vector<std::string>& names) override;
  void row(const Row&) override;
  void end() override;
  std::int64_t rows() const { return static_cast<std::int64_t>(table_.size()); }

 private:
  /// Numbers by their value: 4 and 4.0 are one value of an axis.
  struct Before {
    bool operator()(const Value&, const Value&) const;
  };
  struct Line {
    Row keys;
    std::map<Value, Row, Before> cells;  // by the value of the axis: n, mean, ci95
  };
  RowSink& to_;
  std::size_t keys_;
  std::string pivot_;
  bool for_people_;
  std::vector<std::string> names_;
  std::vector<Line> table_;
  std::set<Value, Before> axis_;
};

/// Makes of one column of JSON objects, the swept parameters, one column for each of their keys, by name. only_varying:
/// of several rows only those in which the rows differ.
class ParamColumns : public RowSink {
 public:
  ParamColumns(Reader&, RowSink& to, std::size_t column, bool only_varying);
  void columns(const std::vector<std::string>& names) override { names_ = names; }
  void row(const Row&) override;
  void end() override;

 private:
  std::size_t index_of(const std::string& param);
  bool varies(std::size_t param) const;

  Reader& reader_;
  RowSink& to_;
  std::size_t column_;
  bool only_varying_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> params_;  // to their place in values_
  std::vector<Row> rows_, values_;             // values_: of the parameters that were known at that row
  std::string last_;                           // JSON: replicates of a config follow each other
};

}  // namespace ubp
