// SPDX-License-Identifier: MIT
// Rows for people (table), for spreadsheets (csv), for programs (json, jsonl) and for documents (md, latex).
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

enum class Format { table, csv, json, jsonl, md, latex };

extern const std::vector<std::string> kListingFormats;  ///< what every listing takes; the first by default

/// Throws Error (usage) naming those of `allowed` if it is none of them.
Format format_of(const std::string& name, const std::vector<std::string>& allowed = kListingFormats);
/// Whether it is read by people, whose numbers are rounded: table, md, latex.
inline bool is_for_people(Format f) { return f == Format::table || f == Format::md || f == Format::latex; }

/// table: human numbers, aligned, cells cut at 60 characters on a terminal; nothing at all if there is no row.
/// md: a table of GitHub's Markdown, aligned. latex: a tabular with \hline, which needs no package. Numbers of both as
/// in table, texts escaped; nothing at all if there is no row.
/// csv: RFC 4180 with a header; NULL is empty; full precision.
/// json: an array with one object a line. jsonl: one object a line. Full precision; an infinite number is +-9e999. A
/// text of a column in kJsonColumns is embedded as the JSON that it is.
std::unique_ptr<RowSink> printer(Format, std::FILE* out = stdout);

extern const std::vector<std::string> kJsonColumns;  ///< "params", "plugins", "spec", "space", "sampler", "data"

std::string json_of(const Value&);
std::string human(
    const Value&);  ///< "-" for NULL, five significant digits, control characters as base/text.hpp shows them

}  // namespace ubp
