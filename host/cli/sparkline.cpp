// SPDX-License-Identifier: MIT
#include "cli/sparkline.hpp"

#include <algorithm>
#include <cmath>

namespace ubp {
namespace {

constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr double kLevels = 8;

/// Means of equal parts of what is finite.
std::vector<double> thinned(const std::vector<double>& values, std::size_t most) {
  if (values.size() <= most) return values;
  std::vector<double> sums(most, 0);
  std::vector<int> counts(most, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    const std::size_t part = i * most / values.size();
    sums[part] += values[i];
    ++counts[part];
  }
  for (std::size_t part = 0; part < most; ++part) sums[part] /= counts[part];  // of nothing: NaN
  return sums;
}

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t most) {
  const std::vector<double> shown = thinned(values, most);
  double low = INFINITY, high = -INFINITY;
  for (const double value : shown)
    if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  std::string text;
  for (const double value : shown) {
    const double level = high > low ? (value - low) / (high - low) * kLevels : 0;
    text += std::isfinite(value) ? kBlocks[static_cast<std::size_t>(std::clamp(level, 0.0, kLevels - 1))] : " ";
  }
  return text;
}

std::string fitted(const std::string& text, std::size_t columns) {
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  if (static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts)) <= columns) return text;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if (starts(text[end]) && ++seen == columns) break;
  return text.substr(0, end) + "…";
}

}  // namespace ubp
