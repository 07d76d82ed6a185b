// SPDX-License-Identifier: MIT
// Decides where everything of a figure lies.
#pragma once

#include <vector>

#include "draw/drawing.hpp"
#include "draw/figure.hpp"
#include "draw/frame.hpp"

namespace ubp {

struct Layout {
  Drawing drawing;
  std::vector<Frame> frames;  ///< [panels]
};

/// Frames are aligned across the panels. Text that finds no room loses its middle ("…"); a legend ends in "and 3 more".
/// Throws Error (usage) if there is no font to measure text with.
Layout lay_out(const Figure&);

}  // namespace ubp
