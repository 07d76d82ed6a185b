// SPDX-License-Identifier: MIT
// A drawing as the list of its strokes, between the layout, which decides them, and the writers of files.
// Lengths are points (1/72 inch), x to the right, y downwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "draw/figure.hpp"

namespace ubp {

struct Rgb {
  std::uint8_t red, green, blue;
  bool operator==(const Rgb&) const = default;
};

constexpr Rgb kInk{0x26, 0x26, 0x26};  ///< of all text

struct Place {
  double x, y;
};

struct Box {
  double left, top, width, height;
};

struct LineMark {
  std::vector<Place> points;  ///< two or more
  Rgb colour;
  double width;
  double opacity = 1;
  Subject subject = {};
};

struct AreaMark {
  std::vector<Place> outline;
  Rgb colour;
  double opacity;
  Subject subject = {};
};

struct DotMark {
  Place centre;
  double radius;
  Rgb colour;
  double opacity;
  Subject subject = {};
};

/// `at` is the place on the base line where the text starts, has its middle or ends.
struct TextMark {
  enum class Anchor { start, middle, end };
  Place at;
  std::string text;  ///< UTF-8
  double size;       ///< of the font
  Anchor anchor = Anchor::start;
  bool upwards = false;  ///< read from bottom to top
};

/// A picture, all of it, in a box of its shape.
struct ImageMark {
  Box box;
  std::string png;  ///< the bytes of the file
  Subject subject = {};
};

using Mark = std::variant<LineMark, AreaMark, DotMark, TextMark, ImageMark>;

/// Marks in the order of drawing, nothing of them outside the clip.
struct MarkGroup {
  std::optional<Box> clip;
  std::vector<Mark> marks;
};

struct Drawing {
  double width, height;
  std::vector<MarkGroup> groups;
};

}  // namespace ubp
