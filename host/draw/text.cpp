// SPDX-License-Identifier: MIT
#include "draw/text.hpp"

#include <algorithm>
#include <cstdint>

#include "draw/cairo.hpp"

namespace ubp {
namespace {

// The bytes of the character that begins at `at`; 0 if none does that XML can hold.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : 0u; };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return lead >= ' ' && lead != 0x7f ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  std::uint32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool excluded = (code >= 0x80 && code < 0xa0) || (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) == 0xfffe;
  return overlong || excluded || code > 0x10ffff ? 0 : length;
}

bool continues(char byte) { return (static_cast<std::uint8_t>(byte) & 0xc0) == 0x80; }

// Its first and last characters, `kept` bytes of them or a few less, around "…".
std::string without_middle(const std::string& text, std::size_t kept) {
  std::size_t head = (kept + 1) / 2, tail = text.size() - kept / 2;
  while (head > 0 && continues(text[head])) --head;
  while (tail < text.size() && continues(text[tail])) ++tail;
  return text.substr(0, head) + "…" + text.substr(tail);
}

}  // namespace

std::string printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; })) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_at(text, at);
    out += length > 0 ? text.substr(at, length) : "\uFFFD";
    at += length > 0 ? length : 1;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string shown = printable(text);
  if (shown.find_first_of("&<>\"") == std::string::npos) return shown;
  std::string out;
  for (const char c : shown) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

double text_width(const std::string& text, double size) { return Typeface::standard().width(text, size); }

std::string shortened(const std::string& text, double size, double width) {
  if (text_width(text, size) <= width) return text;
  std::size_t fits = 0, too_long = text.size();  // bytes kept
  while (too_long - fits > 1) {
    const std::size_t middle = (fits + too_long) / 2;
    (text_width(without_middle(text, middle), size) <= width ? fits : too_long) = middle;
  }
  return without_middle(text, fits);
}

}  // namespace ubp
