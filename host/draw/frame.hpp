// SPDX-License-Identifier: MIT
// The rectangle of a panel in which its layers lie, and where a number lies in it.
#pragma once

#include "draw/drawing.hpp"
#include "draw/extent.hpp"

namespace ubp {

struct Frame {
  Box box;
  Extent x, y;
  Extent colour = {};

  /// In points, from the drawing's left and top edge; NaN for a number that has no place. What is very far outside is
  /// drawn nearer, but outside.
  double right_of(double x_value) const;
  double down_of(double y_value) const;
  Place place_of(double x_value, double y_value) const { return {right_of(x_value), down_of(y_value)}; }
};

}  // namespace ubp
