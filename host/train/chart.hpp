// SPDX-License-Identifier: MIT
// What a trial draws of its numbers: the rows as points of a plane, a metric over the steps.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "train/picture.hpp"

namespace ubp {

/// Rows as points; x, y [rows] finite. `labels` [rows]: the colour, with a legend; empty: one colour.
struct Scatter {
  std::string title, x_name, y_name;
  std::vector<double> x, y;
  std::vector<std::int64_t> labels;
};
Picture draw(const Scatter&);

/// A metric's points in the order of logging, finite.
struct Curve {
  std::vector<double> step, value;
};
/// One panel per curve, three to a line, its name above it; the y axis is logarithmic where a curve spans two decades.
Picture draw(const std::vector<std::pair<std::string, Curve>>& curves);

/// The colour of the n-th label of a scatter; ten colours, then again from the first.
std::array<double, 3> label_colour(std::size_t n);

}  // namespace ubp
