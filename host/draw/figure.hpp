// SPDX-License-Identifier: MIT
// What a figure shows, as plain values: panels with their axes and layers; a grid of images. How it looks on paper, a
// screen or a page is not decided here: png.hpp, svg.hpp and terminal.hpp draw the same figure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "draw/extent.hpp"

namespace ubp {

/// What a mark stands for, for those who point at it: SVG has the title as <title>, which pages show where the pointer
/// is, and config and trial as data-config and data-trial, by which a script finds marks. "": not there.
struct Subject {
  std::string title;
  std::string config = {}, trial = {};
};

/// One side of a panel. Without an extent it reaches as far as what the layers show, by the scale.
struct Ruler {
  std::string name;
  AxisScale scale = AxisScale::linear;
  std::optional<Extent> extent = {};
  /// Names of the places 0, 1, ... in place of numbers; on the side, the first is on top.
  std::vector<std::string> labels = {};
  bool hidden = false;  ///< neither line nor numbers
};

/// A line through points in their order; x and y are of one length. A point that has no place on the axes interrupts
/// it.
struct Curve {
  std::string name;  ///< in the legend; "": not there
  std::vector<double> x, y;
  /// A band around the line, transparent: [as x] each, or empty.
  std::vector<double> low, high;
  Subject subject = {};
  bool dots = true;   ///< where there are few points, each is shown
  bool grey = false;  ///< takes no colour: a reference, as a Guide
};

/// Separate points; x and y are of one length. `group` [as x]: indices of `groups`, each a colour and a line of the
/// legend; both empty: one colour.
struct Points {
  std::vector<double> x, y;
  std::vector<std::size_t> group;
  std::vector<std::string> groups;
  std::vector<Subject> subjects = {};  ///< [as x], or empty
};

/// Bars from 0 to the right, one at each place of the side.
struct Bars {
  std::string name;               ///< in the legend; "": not there
  std::vector<double> at, value;  ///< of one length
  /// Whiskers: [as at] each, or empty.
  std::vector<double> low = {}, high = {};
  std::vector<Subject> subjects = {};  ///< [as at], or empty
  double thickness = 0.7;              ///< in places
};

/// Boxes that lie: from whisker to whisker, from quartile to quartile, with the median.
struct Boxes {
  std::vector<double> at;
  std::vector<std::array<double, 5>> five;  ///< [as at]: least, lower quartile, median, upper quartile, largest
  std::vector<Subject> subjects = {};       ///< [as at], or empty
  double thickness = 0.6;                   ///< in places
};

/// Rectangles by corners, coloured by `value` on the panel's ruler of colours; all of one length.
struct Cells {
  std::vector<double> left, right, low, high, value;
  std::vector<Subject> subjects = {};  ///< [as value], or empty
};

/// Beams along x at places of the side, coloured by group; at, from, to and group are of one length.
struct Spans {
  std::vector<double> at, from, to;
  std::vector<std::size_t> group;
  std::vector<std::string> groups;     ///< each a colour and a line of the legend
  std::vector<Subject> subjects = {};  ///< [as at], or empty
  double thickness = 0.8;              ///< in places
};

/// A reference, behind what it is put before: a line where `low` is `high`, else a band.
struct Guide {
  enum class Of { x, y } of;  ///< whose numbers `low` and `high` are
  double low, high;
  std::string name;  ///< in the legend; "": not there
};

/// Parallel coordinates: axes beside each other, a line through all of them for each of `lines` [lines][axes]; NaN
/// interrupts it. `shade` [lines]: on the panel's ruler of colours. The panel's x has the names of the axes as labels.
struct Parallel {
  std::vector<Ruler> axes;
  std::vector<std::vector<double>> lines;
  std::vector<double> shade;
  std::vector<Subject> subjects = {};  ///< [lines], or empty
};

/// A picture that fills the panel's frame as far as its shape allows.
struct Image {
  std::string png;  ///< the bytes of a PNG file
  Subject subject = {};
};

using Layer = std::variant<Curve, Points, Bars, Boxes, Cells, Spans, Guide, Parallel, Image>;

/// A plot. Later layers lie above earlier ones; layers take their colours in turn, a group each.
struct Panel {
  std::string title;
  Ruler x, y;
  std::vector<Layer> layers;
  std::string legend;                ///< what the legend is of
  std::optional<Ruler> colour = {};  ///< of layers whose colours are numbers; a bar beside the panel shows it
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
