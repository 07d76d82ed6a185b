// SPDX-License-Identifier: MIT
// A figure as text, for terminals, pipes and logs: the strokes of the other pictures on a grid of characters.
#pragma once

#include <cstddef>
#include <string>

#include "draw/figure.hpp"

namespace ubp {

struct TextStyle {
  std::size_t width = 80;  ///< characters to a line, at the most; 20 at the least
  bool unicode = true;     ///< braille and blocks; else ASCII alone
  bool colours = false;    ///< ANSI sequences, 256 colours
};

/// What may be written to the stream of this descriptor: colours on a terminal only, and never with NO_COLOR (of any
/// value, no-color.org) or TERM=dumb; Unicode where the locale's character set is UTF-8; its width, else 80.
TextStyle text_style_of(int descriptor);

/// Lines, each with its end. Without colours, several series of a panel are told apart by characters, one for each
/// line of the legend. Panels lie beside each other where there is room. Equal figures give equal texts.
/// Throws Error (usage) where an image is to be drawn and Cairo is missing.
std::string terminal_text(const Figure&, const TextStyle&);

}  // namespace ubp
