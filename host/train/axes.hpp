// SPDX-License-Identifier: MIT
// A pair of axes on a picture: where a number lies, the frame, the ticks and the names.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "train/picture.hpp"

namespace ubp {

/// Numbers along one axis. A logarithmic one counts powers of ten.
struct Extent {
  double low = 0, high = 1;
  bool logarithmic = false;

  /// All of `values`, with a little room at both ends; never empty. REQUIRES: finite values.
  static Extent of(std::span<const double> values);
  /// Logarithmic where the values are positive and span two decades or more.
  static Extent of_curve(std::span<const double> values);
  double share(double value) const;   ///< 0 at the low end, 1 at the high end
  std::vector<double> ticks() const;  ///< at most 8; round numbers
};

class Axes {
 public:
  /// The frame's place in pixels, without what is written around it.
  Axes(std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height, Extent x, Extent y)
      : left_(left), top_(top), width_(width), height_(height), x_(x), y_(y) {}

  std::int64_t right_of(double x) const;  ///< the pixel's column
  std::int64_t down_of(double y) const;   ///< the pixel's line
  /// Frame, ticks with their numbers, grid lines; the title above, the axes' names below and at the left.
  void draw(Picture&, const std::string& title, const std::string& x_name, const std::string& y_name) const;

  /// Room that draw() needs around the frame.
  static constexpr std::int64_t kLeft = 124, kRight = 24, kTop = 34, kBottom = 62;

 private:
  std::int64_t left_, top_, width_, height_;
  Extent x_, y_;
};

}  // namespace ubp
