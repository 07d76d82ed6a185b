// SPDX-License-Identifier: MIT
// What each kind of layer is in a picture. A new kind is an alternative of Layer and its part of each function.
#pragma once

#include <string>
#include <vector>

#include "draw/figure.hpp"
#include "draw/frame.hpp"

namespace ubp {

/// The n-th colour of a panel: ten that people with any colour vision can tell apart, then again from the first.
/// Source: M. Petroff, "Accessible Color Sequences for Data Visualization", arXiv:2107.02270 (2021), the sequence of
/// ten.
Rgb colour_of(std::size_t n);

/// A line of the legend.
struct LegendEntry {
  std::string name;
  std::size_t colour;
  bool is_line;
};

/// Appends the numbers that an axis has to reach.
void append_x(const Layer&, std::vector<double>& values);
void append_y(const Layer&, std::vector<double>& values);
/// How many colours it takes; one of a panel's layers begins where the one before ended.
std::size_t colours_of(const Layer&);
/// Names as they were given.
std::vector<LegendEntry> legend_of(const Layer&, std::size_t first_colour);
void draw_layer(const Layer&, std::size_t first_colour, const Frame&, std::vector<Mark>&);
/// The entry's sample, `width` wide around its middle.
Mark sample_of(const LegendEntry&, Place middle, double width);

}  // namespace ubp
