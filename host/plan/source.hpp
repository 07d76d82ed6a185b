// SPDX-License-Identifier: MIT
// The text of a spec as a tree that remembers where everything was written. The only user of toml++.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace ubp {

/// One value as a person wrote it.
struct Setting {
  nlohmann::json value;  ///< from the file; or, if `text`, the string after KEY= on the command line
  bool text = false;     ///< not typed yet: read with the declared type of its key
  std::string where;     ///< "sweep.toml:14" or "command line"
};

/// A table, with its values, sub-tables and arrays of tables ([[metric]]) by name.
struct Section {
  std::string where;
  std::map<std::string, Setting> settings;
  std::map<std::string, Section> sections;
  std::map<std::string, std::vector<Section>> lists;
};

constexpr std::size_t kMostSpecBytes = std::size_t{1} << 20;  ///< of a spec

/// `name` is what messages call the text: the file's name as it was given.
/// Throws Error (usage) `name:line: ...` on a syntax error, a repeated key, a date, or more than
/// kMostSpecBytes.
Section read_source(std::string_view text, const std::string& name);

}  // namespace ubp
