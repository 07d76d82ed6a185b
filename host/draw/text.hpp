// SPDX-License-Identifier: MIT
// Text for pictures: measured, shortened, made fit for a file.
#pragma once

#include <string>
#include <string_view>

namespace ubp {

/// `text` as UTF-8 that every reader takes: what is none, and control characters, become U+FFFD.
std::string printable(std::string_view text);

/// The same for the text and the quoted attributes of XML and HTML, where nothing of it is markup.
std::string escaped(std::string_view text);

/// REQUIRES: UTF-8.
std::size_t characters_in(std::string_view text);

/// Its width in points in the font of pictures. REQUIRES: printable.
double text_width(const std::string& text, double size);

/// The text itself if it is at most `width` wide, else its beginning and end around "…". REQUIRES: printable.
std::string shortened(const std::string& text, double size, double width);

}  // namespace ubp
