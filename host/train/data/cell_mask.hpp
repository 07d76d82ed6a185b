// SPDX-License-Identifier: MIT
// Which cells of a table are hidden: drawn from a seed, or listed in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ubp {

/// Masks of equal seeds share no number: which of the two tables of RandomState(seed).rand(2, rows, columns) of NumPy
/// a mask is drawn from.
enum class MaskStream { withhold, validate };

/// That table < share, so that other programs can make the same masks. 1 = hidden, [rows, columns].
std::vector<char> draw_cells(std::int64_t rows, std::int64_t columns, double share, std::uint32_t seed, MaskStream);

/// The file of that name in UBP_DATA, else in the working folder.
std::filesystem::path located(const std::string& file);

/// The 0 and 1 of a text file, one line a row, separated by blanks or commas; 1 = hidden, [rows, columns]. `file` is
/// absolute, or in UBP_DATA, or in the working folder. Throws Error (usage): the file, its line, what is wrong there.
std::vector<char> read_cells(std::int64_t rows, std::int64_t columns, const std::string& file);

}  // namespace ubp
