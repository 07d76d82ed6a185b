// SPDX-License-Identifier: MIT
// Pictures as the bytes of a PNG file, drawn by Cairo. Equal figures give equal bytes on one machine.
// Threads: one at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "draw/drawing.hpp"
#include "draw/figure.hpp"

namespace ubp {

constexpr double kDotsPerInch = 200;  ///< of a figure; the file says so

/// Throw Error: usage where Cairo or the font is missing, internal where Cairo runs out of memory.
std::string png(const Figure&);
std::string png(const ImageGrid&);

/// Width and height in pixels, of the bytes of a file; 0 where they are no PNG.
std::pair<double, double> png_size(const std::string& png);

/// Pixels in lines from the top.
struct Pixels {
  std::size_t width = 0, height = 0;
  std::vector<Rgb> colours;  ///< [height, width]
};

/// What a PNG file shows; without any pixel where its bytes are none. Throws Error (usage) where Cairo is missing.
Pixels pixels_of(const std::string& png);

/// Throws Error (usage), one sentence, if this machine cannot draw.
void require_drawing();

}  // namespace ubp
