// SPDX-License-Identifier: MIT
// What is a number in a table: the grammar, other notations of it, and which parameter reads them.
#pragma once

#include <locale.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace datasets {

inline std::string_view trim(std::string_view s) {
  const std::size_t first = s.find_first_not_of(" \t\r");
  return first == s.npos ? std::string_view{} : s.substr(first, s.find_last_not_of(" \t\r") + 1 - first);
}

/// How a file writes numbers: "1.234,5" has the decimal "," and the thousands ".".
struct Notation {
  std::string decimal = ".", thousands;  ///< thousands: one character, perhaps of several bytes; empty: none
};

namespace detail {

inline bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }

/// strtod of the C locale: too small a number is 0 or the nearest subnormal, too large a one is infinite.
inline double rounded(const std::string& text) {
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return strtod_l(text.c_str(), nullptr, c_locale);
}

/// "1,234" -> "1234" if the groups are of three digits after the first; else nothing.
inline std::optional<std::string> without_groups(std::string_view whole, const std::string& thousands) {
  std::string digits;
  std::size_t group = 0;
  bool is_first = true;
  for (std::size_t at = 0; at < whole.size();) {
    if (whole.substr(at, thousands.size()) == thousands) {
      if (group == 0 || group > 3 || (!is_first && group != 3)) return std::nullopt;
      is_first = false, group = 0, at += thousands.size();
      continue;
    }
    if (!is_digit(whole[at])) return std::nullopt;
    digits += whole[at++], ++group;
  }
  return is_first || group == 3 ? std::optional(digits) : std::nullopt;
}

/// `text` with a point and without groups; nothing if it is not written as `notation` says.
inline std::optional<std::string> plain(std::string_view text, const Notation& notation) {
  std::string sign;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) sign = text.substr(0, 1), text.remove_prefix(1);
  const std::size_t exponent = std::min(text.find_first_of("eE"), text.size());
  const std::size_t point = std::min(text.find(notation.decimal), exponent);
  std::string whole(text.substr(0, point)), rest(text.substr(point));
  if (!notation.thousands.empty() && whole.find(notation.thousands) != whole.npos) {
    const auto digits = without_groups(whole, notation.thousands);
    if (!digits) return std::nullopt;
    whole = *digits;
  }
  if (notation.decimal != "." && (whole.find('.') != whole.npos || rest.find('.') != rest.npos)) return std::nullopt;
  if (point < exponent) rest[0] = '.';
  return sign + whole + rest;
}

}  // namespace detail

/// The number that is the whole of `text` between blanks, whatever the locale: [+-] digits with at most one point
/// before, in or behind them [e [+-] digits]. Not finite: out of range, or the words inf and nan.
inline std::optional<double> to_number(std::string_view text) {
  text = trim(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (text.empty() || error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc{} ? v : detail::rounded(std::string(text));
}
inline std::optional<double> to_number(std::string_view text, const Notation& notation) {
  if (notation.decimal == "." && notation.thousands.empty()) return to_number(text);
  const auto plain = detail::plain(trim(text), notation);
  return plain ? to_number(*plain) : std::nullopt;
}

namespace detail {

/// Which settings of `decimal` and `thousands` would read `text`, as a spec writes them; "" if none.
inline std::string notations_of(std::string_view text) {
  std::string all;
  const auto offer = [&](const Notation& n) {
    if (!to_number(text, n)) return;
    std::string setting = n.decimal == "," ? "decimal = \",\"" : "";
    if (!n.thousands.empty()) setting += (setting.empty() ? "" : " and ") + ("thousands = \"" + n.thousands + "\"");
    all += (all.empty() ? "" : ", or ") + setting;
  };
  offer({",", ""});
  const bool is_decimal = !all.empty();
  for (const char* mark : {",", " ", "_", "'", "\xc2\xa0", "\xe2\x80\xaf"}) offer({".", mark});
  for (const char* mark : {".", " ", "_", "'", "\xc2\xa0", "\xe2\x80\xaf"})
    if (!is_decimal && all.empty()) offer({",", mark});
  return all;
}

inline bool is_hexadecimal(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
         text.find_first_not_of("0123456789abcdefABCDEF", 2) == text.npos;
}

/// `text` without a sign of money or per cent, with a hyphen for a minus and an e for Fortran's d.
inline std::string without_marks(std::string_view text) {
  std::string bare(text);
  for (const char* mark : {"$", "%", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5"})
    if (const std::size_t at = bare.find(mark); at != bare.npos) bare.erase(at, std::strlen(mark));
  if (bare.rfind("\xe2\x88\x92", 0) == 0) bare.replace(0, 3, "-");
  if (const std::size_t at = bare.find_first_of("dD"); at != bare.npos && at > 0 && is_digit(bare[at - 1]))
    bare[at] = 'e';
  return bare;
}

}  // namespace detail

/// Whether a text that is no number is one in another notation: 1,5  1 234  0x1F  3%  1d3.
inline bool looks_like_number(std::string_view text) {
  const std::string bare = detail::without_marks(trim(text));
  return detail::is_hexadecimal(trim(text)) || to_number(bare) || !detail::notations_of(trim(bare)).empty();
}

}  // namespace datasets
