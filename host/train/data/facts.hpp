// SPDX-License-Identifier: MIT
// What can be said of a data set before anything is trained on it: as a trial will see it, options applied.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "train/data/data.hpp"

namespace ubp {

/// Of the training rows.
struct ColumnFacts {
  std::string name;            ///< "": it has none
  i64 missing = 0;             ///< cells without a number, or hidden from training
  double least = 0, most = 0;  ///< of the others; NAN if there are none
  bool is_nominal = false;     ///< 0/1, an index, or a column of a one-hot group
};

/// Of one split.
struct SplitFacts {
  i64 rows = 0;
  i64 missing = 0;             ///< cells that training does not see
  i64 withheld = 0;            ///< of these, what imputation is judged by
  std::map<i64, i64> classes;  ///< label, rows
};

struct DataFacts {
  std::map<i64, std::string> class_names;    ///< of the labels that occur
  std::map<std::string, SplitFacts> splits;  ///< those that there are
  std::vector<i64> row;                      ///< shape of a row of the input
  std::vector<std::string> fields;
  bool has_mask = false, has_weights = false, has_lengths = false;
  std::vector<SourceFile> sources;  ///< the files behind it
  // Only in detail:
  std::vector<ColumnFacts> columns;
  std::vector<std::vector<double>> first;  ///< the first training rows in raw units; NAN: missing
  std::vector<std::string> notes;          ///< what the plugin said while it read

  bool has(const std::string& split) const { return splits.contains(split); }
  std::vector<std::string> split_names() const;  ///< train, valid and test, then the data set's own
};

enum class Detail { no, yes };
DataFacts facts_of(const Data&, Detail);

void to_json(nlohmann::json&, const DataFacts&);  ///< NAN is null
void from_json(const nlohmann::json&, DataFacts&);

}  // namespace ubp
