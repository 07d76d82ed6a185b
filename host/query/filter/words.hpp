// SPDX-License-Identifier: MIT
// A filter as words and signs, each with its place: what filter/syntax.hpp reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ubp {

struct FilterToken {
  enum class Kind { word, sign, end } kind = Kind::end;
  std::string text;     ///< of a word without its quotes; of a sign as kSigns has it
  bool quoted = false;  ///< a part of the word stood in quotes: it is no keyword and no number
  std::size_t at = 0;   ///< its first character's place in the filter, from 1

  bool is(std::string_view sign) const { return kind == Kind::sign && text == sign; }
  /// The word, unquoted, in letters of any case: "and".
  bool says(std::string_view keyword) const;
};

constexpr std::size_t kLongestFilter = 16384;  ///< bytes

/// A word is all between blanks and signs: optimizer.lr, -7d, 2026-11-20T10:00, gpu*. Parts of it, or all, may stand in
/// double or single quotes, in which a doubled quote stands for one. The last token is the end.
/// Throws Error (usage) of a quote that does not end, a lone `!` or `^`, and a longer filter than kLongestFilter.
std::vector<FilterToken> filter_tokens(const std::string& filter);

/// "filter, character 12: ".
inline std::string filter_place(std::size_t at) { return fmt::format("filter, character {}: ", at); }

/// Throws Error (usage): "filter, character 12: ...".
template <class... Args>
[[noreturn]] void fail_filter(std::size_t at, fmt::format_string<Args...> text, Args&&... args) {
  fail(Exit::usage, "{}{}", filter_place(at), fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace ubp
