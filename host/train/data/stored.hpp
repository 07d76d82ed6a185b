// SPDX-License-Identifier: MIT
// A decoded data set as bytes: how it lies in a file, and how it is found there again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace ubp {

/// One field of one split, row-major.
struct StoredField {
  std::string name;
  std::uint32_t flags = 0;  ///< UBP_FIELD_*
  DType dtype = DType::f32;
  Shape row;
  i64 at = 0;                  ///< its first byte in the file, given by lay_out()
  const void* data = nullptr;  ///< [rows, row...]; null until it is read back

  i64 row_bytes() const { return row.count() * bytes_of(dtype); }
};

struct StoredSplit {
  i64 rows = 0;
  std::vector<StoredField> fields;
};

struct StoredContent {
  std::map<std::string, StoredSplit> splits;  ///< those that have rows; all of the same fields
  std::vector<i64> nominal;                   ///< first and last column of every cell of the input, [n, 2], ascending
  std::vector<std::string> class_names, column_names;  ///< by class index and by number of a row of the input, or none

  /// What a file holds; its fields point into `file`. Nothing if the file is damaged anywhere: if its sums are not
  /// those of its bytes, or if writing what it says would not give these bytes.
  static std::optional<StoredContent> parse(std::string_view file);
};

/// What a file has besides rows.
struct StoredFrame {
  std::string header, names;
  i64 names_at = 0, bytes = 0;  ///< of the whole file
};

/// Where the rows begin: in front of them is the header.
constexpr i64 kStoredHead = 1 << 16;

/// Gives every field its place. Throws EngineError of `who` (SHAPE: a field that no file can hold; INVALID_ARG: names
/// or nominal cells of other columns than the input has).
StoredFrame lay_out(StoredContent&, const std::string& who);

/// How the file of a header begins that has these bytes from kStoredHead on. Longer than kStoredHead: it cannot be.
std::string sealed(std::string_view header, std::string_view rows);

}  // namespace ubp
