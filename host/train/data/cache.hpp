// SPDX-License-Identifier: MIT
// A data set, decoded once per machine into a file that every trial maps: its pages are shared, not copied.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "plan/plan.hpp"

namespace ubp {

/// UBP_DATA, or "" where it is not set.
const char* data_dir();

/// One field of one split, row-major.
struct StoredField {
  std::string name;
  std::uint32_t flags = 0;  ///< UBP_FIELD_*
  DType dtype = DType::f32;
  Shape row;
  const void* data = nullptr;  ///< [rows, row...]
};

struct StoredSplit {
  i64 rows = 0;
  std::vector<StoredField> fields;
};

/// The decoded content of a data set component with given parameters. Read-only; the mapping lives as long as this.
class StoredData {
 public:
  /// Maps the cached file, making it first if the plugin, its parameters or its source files are new.
  /// Throws EngineError as the plugin reports (missing file: IO), Error (internal) if the cache cannot be written.
  explicit StoredData(const ComponentUse&);
  ~StoredData();
  StoredData(const StoredData&) = delete;
  StoredData& operator=(const StoredData&) = delete;

  const std::map<std::string, StoredSplit>& splits() const { return splits_; }
  /// First and last column of every nominal cell of the input, [n, 2], ascending; see ubp/nominal.h.
  const std::vector<i64>& nominal() const { return nominal_; }

 private:
  void map(const std::string& file);

  std::map<std::string, StoredSplit> splits_;
  std::vector<i64> nominal_;
  void* base_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace ubp
