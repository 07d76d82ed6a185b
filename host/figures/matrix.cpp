// SPDX-License-Identifier: MIT
#include "figures/matrix.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ubp {

Panel panel_of(const NamedMatrix& matrix, const std::string& colour, Extent ends) {
  Cells cells;
  for (std::size_t i = 0; i < matrix.rows.size(); ++i)
    for (std::size_t j = 0; j < matrix.columns.size(); ++j) {
      const double value = matrix.values[i * matrix.columns.size() + j];
      if (std::isnan(value)) continue;
      const auto x = static_cast<double>(j), y = static_cast<double>(i);
      cells.left.push_back(x - 0.5), cells.right.push_back(x + 0.5);
      cells.low.push_back(y - 0.5), cells.high.push_back(y + 0.5);
      cells.value.push_back(std::clamp(value, ends.low, ends.high));
      cells.subjects.push_back({fmt::format("{}, {}: {:.4f}", matrix.rows[i], matrix.columns[j], value)});
    }
  Panel panel{matrix.title, {matrix.column}, {matrix.row}, {}, ""};
  panel.x.labels = matrix.columns, panel.y.labels = matrix.rows;
  panel.colour = Ruler{colour, AxisScale::linear, ends};
  panel.layers.emplace_back(std::move(cells));
  return panel;
}

Extent shares_of(const NamedMatrix& matrix) {
  double least = 0.9;
  for (const double value : matrix.values)
    if (value < least) least = value;
  return {std::floor(10 * least) / 10, 1};
}

Figure figure_of(std::vector<Panel> matrices) {
  constexpr double kPlace = 36, kAround = 150, kLeast = 300, kMost = 700;  // points
  std::size_t places = 1;
  for (const Panel& panel : matrices) places = std::max(places, panel.x.labels.size());
  const double width = std::clamp(kAround + kPlace * static_cast<double>(places), kLeast, kMost);
  return {std::move(matrices), 1, width, 0.8};
}

}  // namespace ubp
