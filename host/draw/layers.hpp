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
constexpr std::size_t kColourCount = 10;

/// Of a number whose share of the ruler of colours is `share`: from dark violet by green to yellow, which people with
/// any colour vision see as an order, and so does a black and white printer; grey for NaN. Source: S. van der Walt and
/// N. Smith, viridis, 2015.
Rgb shade_of(double share);

constexpr Rgb kGuideColour{0x8a, 0x8a, 0x8a};

/// A line of the legend.
struct LegendEntry {
  enum class Sample { line, symbol, area, guide, band };
  std::string name;
  std::size_t colour;
  Sample sample;
};

/// Appends the numbers that an axis has to reach.
void append_x(const Layer&, std::vector<double>& values);
void append_y(const Layer&, std::vector<double>& values);
/// And those that its colours are.
void append_colour(const Layer&, std::vector<double>& values);
/// What one side of a panel reaches; `append`: one of the three above. `falling`: names of places begin on top.
Extent extent_of(const Panel&, const Ruler&, void append(const Layer&, std::vector<double>&), bool falling = false);
/// How many colours it takes; one of a panel's layers begins where the one before ended.
std::size_t colours_of(const Layer&);
/// Names as they were given.
std::vector<LegendEntry> legend_of(const Layer&, std::size_t first_colour);
/// In layer_marks.cpp.
void draw_layer(const Layer&, std::size_t first_colour, const Frame&, std::vector<Mark>&);
/// The entry's sample, `width` wide around its middle.
Mark sample_of(const LegendEntry&, Place middle, double width);

}  // namespace ubp
