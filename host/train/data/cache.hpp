// SPDX-License-Identifier: MIT
// A data set, decoded once per machine into a file that every trial maps: its pages are shared, not copied.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/contents.hpp"
#include "plan/plan.hpp"
#include "train/data/stored.hpp"

namespace ubp {

/// UBP_DATA, or "" where it is not set.
const char* data_dir();

/// A file that a trial's data come from, as it is now. Throws Error (usage) naming it if it cannot be read.
SourceFile source_file(const std::filesystem::path&);

/// The decoded content of a data set component with given parameters. Read-only; the mapping lives as long as this.
class StoredData {
 public:
  /// Maps the cached file, making it first if the plugin, its parameters or the bytes of its source files are new, or
  /// if the cached file is damaged.
  /// Throws EngineError as the plugin reports (missing file: IO), Error (internal) if the cache cannot be written.
  explicit StoredData(const ComponentUse&);
  ~StoredData();
  StoredData(const StoredData&) = delete;
  StoredData& operator=(const StoredData&) = delete;

  const std::map<std::string, StoredSplit>& splits() const { return content_.splits; }
  /// First and last column of every nominal cell of the input, [n, 2], ascending; see ubp/nominal.h.
  const std::vector<i64>& nominal() const { return content_.nominal; }
  /// By class index; none if the data set gives none.
  const std::vector<std::string>& class_names() const { return content_.class_names; }
  /// By number of a row of the input; none if the data set gives none.
  const std::vector<std::string>& column_names() const { return content_.column_names; }
  /// The files that this content was read from, in the order in which the plugin names them.
  const std::vector<SourceFile>& sources() const { return sources_; }

 private:
  bool map(const std::filesystem::path& file);
  void unmap();

  StoredContent content_;
  std::vector<SourceFile> sources_;
  void* base_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace ubp
