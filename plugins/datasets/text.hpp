// SPDX-License-Identifier: MIT
// The bytes of a table as UTF-8: from UTF-8, UTF-16 or Latin-1, each byte of it accounted for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ubp/core.hpp>

namespace datasets {

/// The line of byte `at`, from 1. Lines end with \n, \r\n or \r.
inline std::int64_t line_of(std::string_view text, std::size_t at) {
  std::int64_t line = 1;
  for (std::size_t i = 0; i < at; ++i)
    line += text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n'));
  return line;
}

namespace detail {

[[noreturn]] inline void refuse_at(const std::string& path, std::string_view text, std::size_t at,
                                   const std::string& what) {
  throw ubp::Error(path + ":" + std::to_string(line_of(text, at)) + ": " + what, UBP_E_IO);
}

inline std::string hex(unsigned value) {
  const char* const digits = "0123456789ABCDEF";
  std::string text;
  for (int shift = value > 255 ? 12 : 4; shift >= 0; shift -= 4) text += digits[value >> shift & 15];
  return "0x" + text;
}

inline void append_utf8(std::string& to, std::uint32_t code) {
  const auto tail = [&](int shift) { to += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xc0 | code >> 6), tail(0);
  } else if (code < 0x10000) {
    to += static_cast<char>(0xe0 | code >> 12), tail(6), tail(0);
  } else {
    to += static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0);
  }
}

/// Bytes of the well-formed character at `at` (Unicode 15, table 3-7); 0: none is there.
inline std::size_t utf8_length(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0u; };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return within(1, 0x80, 0xbf) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef)
    return within(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && within(2, 0x80, 0xbf) ? 3 : 0;
  if (first >= 0xf0 && first <= 0xf4)
    return within(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && within(2, 0x80, 0xbf) &&
                   within(3, 0x80, 0xbf)
               ? 4
               : 0;
  return 0;
}

inline void require_utf8(const std::string& path, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = text[at] ? utf8_length(text, at) : 0;
    if (n == 0 && !text[at])
      refuse_at(path, text, at, "a NUL byte: a table is text; of UTF-16 say encoding = \"utf-16\"");
    if (n == 0)
      refuse_at(path, text, at,
                "byte " + hex(static_cast<unsigned char>(text[at])) +
                    " is no UTF-8: say encoding = \"latin-1\" if it is that");
    at += n;
  }
}

inline std::string from_latin1(const std::string& path, std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto code = static_cast<unsigned char>(bytes[at]);
    if (code == 0 || (code >= 0x80 && code < 0xa0))
      refuse_at(path, bytes, at, "byte " + hex(code) + " is no character of Latin-1");
    append_utf8(text, code);
  }
  return text;
}

inline std::string from_utf16(const std::string& path, std::string_view bytes, bool is_little) {
  std::string text;
  const auto unit = [&](std::size_t at) {
    const auto low = static_cast<unsigned char>(bytes[at + !is_little]);
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + is_little]) << 8 | low);
  };
  if (bytes.size() % 2) throw ubp::Error(path + ": ends in the middle of a character of UTF-16", UBP_E_IO);
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    const bool is_high = code >= 0xd800 && code < 0xdc00;
    const std::uint32_t next = is_high && at + 2 < bytes.size() ? unit(at + 2) : 0;
    if (code == 0 || (code >= 0xdc00 && code < 0xe000) || (is_high && (next < 0xdc00 || next >= 0xe000)))
      refuse_at(path, text, text.size(), "unit " + hex(code) + " is no character of UTF-16");
    if (is_high) code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00), at += 2;
    append_utf8(text, code);
  }
  return text;
}

/// UTF-16 without a byte order mark: a table begins with a character below 256.
inline std::string from_bare_utf16(const std::string& path, std::string_view bytes) {
  if (bytes.size() < 2 || !bytes[0] == !bytes[1])
    throw ubp::Error(path + ": UTF-16 without a byte order mark must begin with a Latin character", UBP_E_IO);
  return from_utf16(path, bytes, bytes[0] != 0);
}

}  // namespace detail

/// `encoding`: "auto" (UTF-8, or UTF-16 if its byte order mark is there), "utf-8", "utf-16", "latin-1". A byte order
/// mark is left out. Throws Error (UBP_E_IO) with the line of what is no text in it.
inline std::string decoded(const std::string& path, std::string bytes, const std::string& encoding) {
  const bool is_little = bytes.rfind("\xff\xfe", 0) == 0, is_big = bytes.rfind("\xfe\xff", 0) == 0;
  if ((is_little || is_big) && encoding != "utf-8" && encoding != "latin-1")
    return detail::from_utf16(path, std::string_view(bytes).substr(2), is_little);
  if (encoding == "utf-16") return detail::from_bare_utf16(path, bytes);
  if (encoding == "latin-1") return detail::from_latin1(path, bytes);
  if (bytes.rfind("\xef\xbb\xbf", 0) == 0) bytes.erase(0, 3);
  detail::require_utf8(path, bytes);
  return bytes;
}

}  // namespace datasets
