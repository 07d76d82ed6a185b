// SPDX-License-Identifier: MIT
// A matrix of numbers by names, as cells with colours.
#pragma once

#include <string>
#include <vector>

#include "draw/figure.hpp"

namespace ubp {

struct NamedMatrix {
  std::string title;
  std::string row, column;                 ///< what the sides are: "layers of rings/0.0"
  std::vector<std::string> rows, columns;  ///< names
  std::vector<double> values;              ///< [rows, columns], row-major; NaN: no cell
};

/// The first row on top. `ends`: of the ruler of colours.
Panel panel_of(const NamedMatrix&, const std::string& colour, Extent ends);

/// Of numbers that are 1 at the most: from the tenth below the least of them, so that what lies close together is told
/// apart.
Extent shares_of(const NamedMatrix&);

/// One beside the other, as far as their names have room.
Figure figure_of(std::vector<Panel> matrices);

}  // namespace ubp
