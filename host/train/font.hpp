// SPDX-License-Identifier: MIT
// Text on a picture, in a small bitmap font.
#pragma once

#include <string_view>

#include "train/picture.hpp"

namespace ubp {

/// Size of a character with the gap to its right neighbour, in pixels.
constexpr std::int64_t kGlyphWidth = 12, kGlyphHeight = 16;

/// Printable ASCII, black; anything else as '?'. (x, y) is the top left corner of the first character.
void draw_text(Picture&, std::int64_t x, std::int64_t y, std::string_view text);
/// The same turned to the left, read from bottom to top; (x, y) is the bottom left corner of the first character.
void draw_text_upwards(Picture&, std::int64_t x, std::int64_t y, std::string_view text);
inline std::int64_t text_width(std::string_view text) { return static_cast<std::int64_t>(text.size()) * kGlyphWidth; }

}  // namespace ubp
