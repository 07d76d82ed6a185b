// SPDX-License-Identifier: MIT
// What a figure shows, as plain values: panels with their axes and layers; a grid of images. How it looks on paper, a
// screen or a page is not decided here: png.hpp and svg.hpp draw the same figure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "draw/extent.hpp"

namespace ubp {

/// One side of a panel. Without an extent it reaches as far as what the layers show, by the scale.
struct Ruler {
  std::string name;
  AxisScale scale = AxisScale::linear;
  std::optional<Extent> extent = {};
};

/// A line through points in their order; x and y are of one length. A point that has no place on the axes interrupts
/// it.
struct Curve {
  std::string name;  ///< in the legend; "": not there
  std::vector<double> x, y;
  /// A band around the line, transparent: [as x] each, or empty.
  std::vector<double> low, high;
};

/// Separate points; x and y are of one length. `group` [as x]: indices of `groups`, each a colour and a line of the
/// legend; both empty: one colour.
struct Points {
  std::vector<double> x, y;
  std::vector<std::size_t> group;
  std::vector<std::string> groups;
};

using Layer = std::variant<Curve, Points>;

/// A plot. Later layers lie above earlier ones; layers take their colours in turn, a group each.
struct Panel {
  std::string title;
  Ruler x, y;
  std::vector<Layer> layers;
  std::string legend;  ///< what the legend is of
};

/// Panels of one size, one or more, `across` to a line.
struct Figure {
  std::vector<Panel> panels;
  std::size_t across = 3;
  double width = 500;    ///< of all panels beside each other, in points (1/72 inch); a page's text is about 500 wide
  double aspect = 0.75;  ///< a panel's height to its width, outer edges
};

/// Images of one size side by side, a pixel of white between them; every value is one pixel of the picture.
struct ImageGrid {
  std::size_t channels, height, width;  ///< of each image; one channel: grey, three: red, green, blue
  std::size_t across;                   ///< images to a line
  /// One or more, [channels, height, width] each, 0..1 and clamped; an empty one leaves its place white.
  std::vector<std::vector<double>> images;
};

}  // namespace ubp
