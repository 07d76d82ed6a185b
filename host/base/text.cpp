// SPDX-License-Identifier: MIT
#include "base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ubp {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

/// The bytes of the character that `text` begins with; 0 if it is none of UTF-8: too long, a surrogate, cut off.
std::size_t character_at_front(std::string_view text) {
  const unsigned first = byte_at(text, 0), second = byte_at(text, 1);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                             : (first & 0xf0) == 0xe0        ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
  const bool none = (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                    (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return none ? 0 : length;
}

/// Is it a control character? Those of two bytes, U+0080 to U+009F, are obeyed by some terminals as well.
bool steers(std::string_view character) {
  const unsigned first = byte_at(character, 0);
  if (character.size() == 2) return first == 0xc2 && byte_at(character, 1) < 0xa0;
  return character.size() == 1 && (first == 0x7f || (first < 0x20 && first != '\n' && first != '\t'));
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t length; !text.empty(); text.remove_prefix(length))
    if ((length = character_at_front(text)) == 0) return false;
  return true;
}

std::string plain(std::string_view text) {
  const bool as_it_is = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (as_it_is) return std::string(text);  // nearly every text
  std::string out;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(character_at_front(text), 1);
    const std::string_view character = text.substr(0, length);
    text.remove_prefix(length);
    const bool kept = !steers(character) && (length > 1 || byte_at(character, 0) < 0x80);
    if (kept) out += character;
    if (!kept) out += fmt::format("\\x{:02x}", byte_at(character, length - 1));
  }
  return out;
}

std::string plain(std::string_view text, std::size_t most) {
  std::string out = plain(text.substr(0, most + 1));  // it never shrinks
  if (out.size() <= most) return out;
  const std::string cut = fmt::format("... ({} bytes)", text.size());
  std::size_t end = most - std::min(most, cut.size());
  while (end > 0 && (byte_at(out, end) & 0xc0) == 0x80) --end;
  return out.substr(0, end) + cut;
}

std::string plain_line(std::string_view text) {
  std::string out = plain(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return out;
}

std::string shell_quoted(const std::string& text, const std::string& quote) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? quote : std::string(1, c);
  return result + "'";
}

std::string base64(const std::string& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i)
      three = three << 8 | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) out += at + i <= bytes.size() ? kDigits[three >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

}  // namespace ubp
