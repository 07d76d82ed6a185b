// SPDX-License-Identifier: MIT
#include "query/filter/words.hpp"

#include <algorithm>
#include <cctype>

namespace ubp {
namespace {

constexpr std::string_view kBlanks = " \t\r\n", kBreaks = " \t\r\n()[],=!<>~^";

/// Longer ones before those that they begin with.
constexpr std::string_view kSigns[] = {"==", "!=", "<=", ">=", "^=", "=", "<", ">", "~", "(", ")", "[", "]", ","};

class Scanner {
 public:
  explicit Scanner(const std::string& text) : text_(text) {}

  std::vector<FilterToken> all() {
    std::vector<FilterToken> tokens;
    do tokens.push_back(next());
    while (tokens.back().kind != FilterToken::Kind::end);
    return tokens;
  }

 private:
  FilterToken next() {
    place_ = std::min(text_.find_first_not_of(kBlanks, place_), text_.size());
    FilterToken token{FilterToken::Kind::end, "", false, character(place_)};
    if (place_ == text_.size()) return token;
    for (const std::string_view sign : kSigns) {
      if (!text_.substr(place_).starts_with(sign)) continue;
      place_ += sign.size();
      token.kind = FilterToken::Kind::sign;
      token.text = sign == "==" ? "=" : sign;
      return token;
    }
    token.kind = FilterToken::Kind::word;
    while (place_ < text_.size() && kBreaks.find(text_[place_]) == kBreaks.npos) part(token);
    if (token.text.empty() && !token.quoted)
      fail_filter(token.at, "found '{}', expected {}", text_[place_], text_[place_] == '!' ? "'!='" : "'^='");
    return token;
  }

  void part(FilterToken& token) {
    const char quote = text_[place_];
    if (quote == '"' || quote == '\'')
      quoted(token, quote);
    else
      token.text += text_[place_++];
  }

  void quoted(FilterToken& token, char quote) {
    const std::size_t begin = place_++;
    token.quoted = true;
    for (; place_ < text_.size(); ++place_) {
      const bool ends = text_[place_] == quote;
      if (ends && !text_.substr(place_ + 1).starts_with(quote)) return void(++place_);
      if (ends) ++place_;
      token.text += text_[place_];
    }
    fail_filter(character(begin), "the quote {} does not end", quote);
  }

  /// From 1; the bytes of one character count once.
  std::size_t character(std::size_t byte) const {
    const auto starts_one = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    return 1 + static_cast<std::size_t>(std::count_if(text_.begin(), text_.begin() + byte, starts_one));
  }

  std::string_view text_;
  std::size_t place_ = 0;
};

}  // namespace

bool FilterToken::says(std::string_view keyword) const {
  const auto alike = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return kind == Kind::word && !quoted && std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(), alike);
}

std::vector<FilterToken> filter_tokens(const std::string& filter) {
  if (filter.size() > kLongestFilter)
    fail(Exit::usage, "filter: found {} bytes, expected at most {}", filter.size(), kLongestFilter);
  return Scanner(filter).all();
}

}  // namespace ubp
