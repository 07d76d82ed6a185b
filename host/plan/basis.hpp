// SPDX-License-Identifier: MIT
// What stands behind a sweep's numbers besides its spec: this ubp, the binaries of its components, the contents of its
// data. Another one makes another sweep, so that results never mix.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/contents.hpp"

namespace ubp {

void to_json(nlohmann::json&, const SourceFile&);  ///< {"file", "sha256"}
void from_json(const nlohmann::json&, SourceFile&);

/// JSON: {"host", "plugins": {...}, "data": {key: [{"file", "sha256"}]}}.
struct Basis {
  std::string host;                                     ///< build id of ubp; "": nobody has looked yet
  std::map<std::string, std::string> plugins;           ///< "objective 'denoising'" -> sha256 of its file
  std::map<std::string, std::vector<SourceFile>> data;  ///< data_key() of every data set -> the files it is read from
};
void to_json(nlohmann::json&, const Basis&);
void from_json(const nlohmann::json&, Basis&);

/// Equal means the same numbers. Where files lie does not count.
std::string digest_of(const Basis&);

/// How `now` differs from `before`, as clauses for a sentence: "/new/table.csv has other contents (sha256 ab12; before:
/// /old/table.csv, sha256 cd34)"; "" if in nothing that counts.
std::string difference(const Basis& before, const Basis& now);

}  // namespace ubp
