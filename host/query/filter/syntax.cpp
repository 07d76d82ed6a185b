// SPDX-License-Identifier: MIT
#include "query/filter/syntax.hpp"

#include <algorithm>

#include "query/filter/words.hpp"

namespace ubp {
namespace {

constexpr std::string_view kKeywords[] = {"and", "or", "not", "in", "between", "is", "contains", "undefined"};

/// Signs that compare, tightest sentence first.
constexpr std::string_view kComparisons[] = {"=", "!=", "<", "<=", ">", ">=", "~", "^="};

bool is_keyword(const FilterToken& token) {
  return std::any_of(std::begin(kKeywords), std::end(kKeywords), [&](auto word) { return token.says(word); });
}

std::string shown(const FilterToken& token) {
  return token.kind == FilterToken::Kind::end ? "the end" : fmt::format("'{}'", token.text);
}

class Parser {
 public:
  explicit Parser(std::vector<FilterToken> tokens) : tokens_(std::move(tokens)) {}

  FilterTest filter() {
    if (token().kind == FilterToken::Kind::end) return {};
    FilterTest test = any();
    if (token().kind != FilterToken::Kind::end) expected("'and', 'or' or the end");
    return test;
  }

  FilterOperand lone_value() {
    FilterOperand value = operand("a name");
    if (token().kind != FilterToken::Kind::end) expected("the end");
    return value;
  }

 private:
  const FilterToken& token() const { return tokens_[next_]; }
  [[noreturn]] void expected(std::string_view what) const {
    fail_filter(token().at, "found {}, expected {}", shown(token()), what);
  }

  bool take_sign(std::string_view sign) { return token().is(sign) && ++next_; }
  bool take_word(std::string_view keyword) { return token().says(keyword) && ++next_; }
  void require_sign(std::string_view sign) {
    if (!take_sign(sign)) expected(fmt::format("'{}'", sign));
  }

  FilterTest any() { return chain(FilterTest::Kind::any, "or", &Parser::all); }
  FilterTest all() { return chain(FilterTest::Kind::all, "and", &Parser::one); }

  FilterTest chain(FilterTest::Kind kind, std::string_view keyword, FilterTest (Parser::*part)()) {
    FilterTest first = (this->*part)();
    if (!token().says(keyword)) return first;
    FilterTest whole{kind, token().at};
    whole.parts.push_back(std::move(first));
    while (take_word(keyword)) whole.parts.push_back((this->*part)());
    return whole;
  }

  FilterTest one() {
    const std::size_t at = token().at;
    const bool negated = take_word("not");
    if (!negated && !take_sign("(")) return test();
    if (++depth_ > kDeepest) fail_filter(at, "more than {} parentheses and 'not' within each other", kDeepest);
    FilterTest result{FilterTest::Kind::negation, at};
    if (negated) {
      result.parts.push_back(one());
    } else {
      result = any();
      require_sign(")");
    }
    --depth_;
    return result;
  }

  FilterTest test() {
    if (++tests_ > kMostTests) fail_filter(token().at, "more than {} comparisons", kMostTests);
    FilterTest test{FilterTest::Kind::flag, token().at};
    test.left = operand("a name, 'not' or '('");
    const FilterToken sign = token();
    if (sign.kind == FilterToken::Kind::sign &&
        std::find(std::begin(kComparisons), std::end(kComparisons), sign.text) != std::end(kComparisons)) {
      ++next_;
      return comparison(std::move(test), sign);
    }
    if (take_word("contains")) return comparison(std::move(test), sign);
    test.at = sign.at;
    if (take_word("is")) return absence(std::move(test));
    test.negated = take_word("not");
    if (take_word("in")) return membership(std::move(test));
    if (take_word("between")) return range(std::move(test));
    if (test.negated) expected("'in' or 'between'");
    if (token().kind == FilterToken::Kind::word && !is_keyword(token()))
      expected("a comparison, as =, <, in or ~; a text with blanks stands in quotes");
    return test;
  }

  FilterTest comparison(FilterTest test, const FilterToken& sign) {
    test.kind = FilterTest::Kind::comparison;
    test.at = sign.at;
    test.sign = sign.text;
    if (sign.kind == FilterToken::Kind::word) test.sign = "contains";
    test.right.push_back(operand("a value"));
    return test;
  }

  FilterTest absence(FilterTest test) {
    test.kind = FilterTest::Kind::absence;
    test.negated = take_word("not");
    if (!take_word("undefined")) expected(test.negated ? "'undefined'" : "'undefined' or 'not undefined'");
    return test;
  }

  FilterTest membership(FilterTest test) {
    test.kind = FilterTest::Kind::membership;
    const bool round = token().is("(");
    if (!round && !token().is("[")) expected("'[' and a list, as in [1, 2]");
    ++next_;
    do test.right.push_back(operand("a value"));
    while (take_sign(","));
    if (test.right.size() > kMostInList) fail_filter(test.at, "a list of more than {} values", kMostInList);
    if (!take_sign(round ? ")" : "]")) expected(round ? "',' or ')'" : "',' or ']'");
    return test;
  }

  FilterTest range(FilterTest test) {
    test.kind = FilterTest::Kind::range;
    test.right.push_back(operand("a value"));
    if (!take_word("and")) expected("'and' and the upper end");
    test.right.push_back(operand("a value"));
    return test;
  }

  FilterOperand operand(std::string_view what) {
    if (token().kind != FilterToken::Kind::word || is_keyword(token())) expected(what);
    const FilterToken& word = tokens_[next_++];
    FilterOperand result{word.text, word.quoted, word.at};
    if (!take_sign("(")) return result;
    if (++depth_ > kDeepest) fail_filter(word.at, "more than {} parentheses within each other", kDeepest);
    result.argument.push_back(operand("a name or a step"));
    --depth_;
    require_sign(")");
    return result;
  }

  std::vector<FilterToken> tokens_;
  std::size_t next_ = 0, depth_ = 0, tests_ = 0;
};

}  // namespace

FilterTest parsed_filter(const std::string& filter) { return Parser(filter_tokens(filter)).filter(); }

FilterOperand parsed_value(const std::string& text, const std::string& where) {
  try {
    return Parser(filter_tokens(text)).lone_value();
  } catch (const Error& e) {
    fail(e.code(), "{}: '{}': {}", where, text, e.what());
  }
}

}  // namespace ubp
