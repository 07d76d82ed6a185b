// SPDX-License-Identifier: MIT
// Printers that see the whole table before they print it: for terminals, Markdown and LaTeX.
#pragma once

#include "query/print.hpp"

namespace ubp {

/// table, md or latex, as query/print.hpp says. Throws Error (usage) while rows come if they are more than
/// kMostTableBytes: they are kept until the end.
std::unique_ptr<RowSink> table_printer(Format, std::FILE* out);

constexpr std::size_t kMostTableBytes = std::size_t{1} << 28;

std::string markdown_text(const std::string&);  ///< as a cell in which nothing is markup
std::string latex_text(const std::string&);     ///< as a cell in which nothing is a command
/// A number as human() writes it, as a cell: with a minus sign, a power of ten and infinity as in mathematics.
std::string latex_number(const std::string&);

}  // namespace ubp
