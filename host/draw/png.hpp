// SPDX-License-Identifier: MIT
// Pictures as the bytes of a PNG file, drawn by Cairo. Equal figures give equal bytes on one machine.
// Threads: one at a time.
#pragma once

#include <string>

#include "draw/figure.hpp"

namespace ubp {

constexpr double kDotsPerInch = 200;  ///< of a figure; the file says so

/// Throw Error: usage where Cairo or the font is missing, internal where Cairo runs out of memory.
std::string png(const Figure&);
std::string png(const ImageGrid&);

/// Throws Error (usage), one sentence, if this machine cannot draw.
void require_drawing();

}  // namespace ubp
