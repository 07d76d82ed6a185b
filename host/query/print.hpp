// SPDX-License-Identifier: MIT
// Rows for people (table), for spreadsheets (csv) and for programs (json, jsonl).
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

enum class Format { table, csv, json, jsonl };

/// Throws Error (usage) naming those of `allowed` if it is none of them.
Format format_of(const std::string& name, const std::vector<std::string>& allowed = {"table", "csv", "json"});

/// table: human numbers, aligned, cells cut at 60 characters on a terminal; nothing at all if there is no row.
/// csv: RFC 4180 with a header; NULL is empty; full precision.
/// json: an array with one object a line. jsonl: one object a line. Full precision; an infinite number is +-9e999. A
/// text of a column in kJsonColumns is embedded as the JSON that it is.
std::unique_ptr<RowSink> printer(Format, std::FILE* out = stdout);

extern const std::vector<std::string> kJsonColumns;  ///< "params", "plugins", "spec", "space", "sampler", "data"

std::string json_of(const Value&);
std::string human(
    const Value&);  ///< "-" for NULL, five significant digits, control characters as base/text.hpp shows them

}  // namespace ubp
