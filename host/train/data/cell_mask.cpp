// SPDX-License-Identifier: MIT
#include "train/data/cell_mask.hpp"

#include <filesystem>
#include <fstream>
#include <random>

#include "base/error.hpp"
#include "train/data/cache.hpp"

namespace ubp {

std::vector<char> draw_cells(std::int64_t rows, std::int64_t columns, double share, std::uint32_t seed,
                             MaskStream stream) {
  std::mt19937 words(seed);
  std::vector<char> hidden(static_cast<std::size_t>(rows * columns));
  if (stream == MaskStream::validate) words.discard(2 * hidden.size());
  for (char& is : hidden) {
    const std::uint64_t a = words() >> 5, b = words() >> 6;
    is = (static_cast<double>(a) * 67108864.0 + static_cast<double>(b)) / 9007199254740992.0 < share;
  }
  return hidden;
}

std::filesystem::path located(const std::string& file) {
  const std::filesystem::path there = std::filesystem::path(data_dir()) / file;
  return std::filesystem::is_regular_file(there) ? there : std::filesystem::path(file);
}

std::vector<char> read_cells(std::int64_t rows, std::int64_t columns, const std::string& file) {
  const std::string data = data_dir();
  std::ifstream in(located(file));
  if (!in)
    fail(Exit::usage, "dataset.withhold_file: {} is missing: looked in {} and in the working folder", file,
         data.empty() ? "UBP_DATA (not set)" : data);
  std::vector<char> hidden;
  std::int64_t line_number = 0;
  for (std::string line; std::getline(in, line);) {
    ++line_number;
    const std::size_t before = hidden.size();
    for (const char c : line) {
      if (c == '0' || c == '1')
        hidden.push_back(c == '1');
      else if (c != ',' && c != ' ' && c != '\t' && c != '\r')
        fail(Exit::usage, "dataset.withhold_file: {}:{}: found '{}', expected 0 and 1, separated by blanks or commas",
             file, line_number, c);
    }
    const std::int64_t cells = static_cast<std::int64_t>(hidden.size() - before);
    if (cells != columns && cells != 0)
      fail(Exit::usage,
           "dataset.withhold_file: {}:{}: found {} cells, expected one for each of the {} columns of the data set's "
           "input",
           file, line_number, cells, columns);
  }
  if (const std::int64_t lines = static_cast<std::int64_t>(hidden.size()) / columns; lines != rows)
    fail(Exit::usage, "dataset.withhold_file: {}: found {} rows, expected one for each of the {} of the data set", file,
         lines, rows);
  return hidden;
}

}  // namespace ubp
