// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>

#include <fmt/ranges.h>

#include "base/vocabulary.hpp"
#include "query/filter/literals.hpp"
#include "query/filter/selection.hpp"
#include "query/filter/words.hpp"

namespace ubp {
namespace {

using Kind = FilterTest::Kind;

constexpr std::ptrdiff_t kMostStars = 8;  // of a glob: what it takes grows with each

bool orders(const std::string& sign) { return sign[0] == '<' || sign[0] == '>'; }
bool is_of_text(const std::string& sign) { return sign == "~" || sign == "^=" || sign == "contains"; }

std::string mirrored(std::string sign) {
  if (orders(sign)) sign[0] = sign[0] == '<' ? '>' : '<';
  return sign;
}

/// What a value of this type can be asked.
const char* signs_of(const TrialValue& value) {
  if (value.mixed) return "=, !=, <, <=, >, >=, in, ~, ^= or contains";
  switch (value.type) {
    case FilterType::number:
      return "=, !=, <, <=, >, >=, in or between";
    case FilterType::text:
      return "=, !=, in, ~, ^= or contains";
    case FilterType::time:
      return "<, <=, >, >= or between";
    case FilterType::state:
      return "=, != or in";
    default:
      return "= or !=";
  }
}

[[noreturn]] void no_such_sign(const TrialValue& left, const std::string& sign, std::size_t at) {
  fail_filter(at, "'{}' is a {}: found '{}', expected {}", left.name, name_of(left.type), sign, signs_of(left));
}

const char* example_of(FilterType type) {
  switch (type) {
    case FilterType::number:
      return "a number, or the name of one";
    case FilterType::flag:
      return "true or false";
    case FilterType::time:
      return "a time, as 2026-11-20, 2026-11-20T10:00 or -7d";
    default:
      return "a text";
  }
}

}  // namespace

void Selection::require(const std::string& filter) {
  const FilterTest test = parsed_filter(filter);
  if (test.kind == Kind::constant) return;
  const std::string sql = condition(test);
  conditions_.push_back(test.kind == Kind::any ? "(" + sql + ")" : sql);
}

// NULL is as good as false in AND, OR and WHERE; only NOT would make a difference.
std::string Selection::condition(const FilterTest& test) {
  switch (test.kind) {
    case Kind::any:
    case Kind::all:
      return chain(test);
    case Kind::negation:
      return fmt::format("({}) IS NOT TRUE", condition(test.parts[0]));
    case Kind::comparison:
      return comparison(test);
    case Kind::membership:
      return membership(test);
    case Kind::range:
      return range(test);
    case Kind::absence:
      return fmt::format("{} IS {}NULL", noted(test.left).sql, test.negated ? "NOT " : "");
    default:
      return flag(test);
  }
}

std::string Selection::chain(const FilterTest& test) {
  std::vector<std::string> parts;
  for (const FilterTest& part : test.parts) {
    const std::string sql = condition(part);
    parts.push_back(part.kind == Kind::any ? "(" + sql + ")" : sql);
  }
  return fmt::format("{}", fmt::join(parts, test.kind == Kind::any ? " OR " : " AND "));
}

TrialValue Selection::noted(const FilterOperand& operand) {
  TrialValue found = value(operand);
  const auto same = [&](const TrialValue& other) { return other.name == found.name; };
  if (std::none_of(mentioned_.begin(), mentioned_.end(), same)) mentioned_.push_back(found);
  return found;
}

std::string Selection::comparison(const FilterTest& test) {
  if (number_literal(test.left) && !number_literal(test.right[0]) && !is_of_text(test.sign)) {
    FilterTest turned = test;
    std::swap(turned.left, turned.right[0]);
    turned.sign = mirrored(test.sign);
    return comparison(turned);
  }
  const TrialValue left = noted(test.left);
  if (is_of_text(test.sign)) return test_of_text(test, left);
  const bool has_order = left.type == FilterType::number || left.type == FilterType::time;
  if (orders(test.sign) ? !has_order : left.type == FilterType::time) no_such_sign(left, test.sign, test.at);
  TrialValue ordered = left;
  if (left.mixed && orders(test.sign)) ordered.mixed = false, ordered.sql = left.number;
  return fmt::format("{} {} {}", ordered.sql, test.sign == "!=" ? "<>" : test.sign, side(test.right[0], ordered));
}

std::string Selection::test_of_text(const FilterTest& test, const TrialValue& left) {
  if (left.type != FilterType::text && !left.mixed) no_such_sign(left, test.sign, test.at);
  const FilterOperand& right = test.right[0];
  if (!right.argument.empty()) fail_filter(right.at, "found '{}(', expected a text", right.text);
  if (test.sign == "~" && std::count(right.text.begin(), right.text.end(), '*') > kMostStars)
    fail_filter(right.at, "found more than {} stars in a glob", kMostStars);
  const std::string sql = left.mixed ? left.text : left.sql, text = bind(right.text);
  if (test.sign == "~") return fmt::format("{} GLOB {}", sql, text);
  if (test.sign == "^=") return fmt::format("substr({}, 1, length({})) = {}", sql, text, text);
  return fmt::format("instr({}, {}) > 0", sql, text);
}

std::string Selection::membership(const FilterTest& test) {
  const TrialValue left = noted(test.left);
  if (left.type == FilterType::time) no_such_sign(left, "in", test.at);
  std::vector<std::string> list;
  for (const FilterOperand& one : test.right) {
    const auto value = literal(one, left);
    if (!value)
      fail_filter(one.at, "'{}' is a {}: found '{}', expected a list of such values", left.name, name_of(left.type),
                  one.text);
    list.push_back(bind(*value));
  }
  return fmt::format("{} {}IN ({})", left.sql, test.negated ? "NOT " : "", fmt::join(list, ", "));
}

std::string Selection::range(const FilterTest& test) {
  TrialValue left = noted(test.left);
  if (left.type != FilterType::number && left.type != FilterType::time) no_such_sign(left, "between", test.at);
  if (left.mixed) left.mixed = false, left.sql = left.number;
  const std::string low = side(test.right[0], left), high = side(test.right[1], left);
  return fmt::format("{} {}BETWEEN {} AND {}", left.sql, test.negated ? "NOT " : "", low, high);
}

std::string Selection::flag(const FilterTest& test) {
  const TrialValue value = noted(test.left);
  if (value.type == FilterType::flag) return value.sql;
  fail_filter(test.at, "'{}' is a {}: expected a comparison behind it: {}", value.name, name_of(value.type),
              signs_of(value));
}

// ---------- the other side ----------

std::string Selection::side(const FilterOperand& operand, const TrialValue& left) {
  if (const auto value = literal(operand, left)) return bind(*value);
  const auto wrong = [&](const std::string& why) {
    fail_filter(operand.at, "'{}' is a {}: found '{}'{}, expected {}", left.name, name_of(left.type), operand.text, why,
                example_of(left.type));
  };
  if (left.type != FilterType::number && left.type != FilterType::time) wrong("");
  TrialValue right;
  try {
    right = noted(operand);
  } catch (const UnknownName&) {
    const std::string near = nearest(operand.text, names_.all());
    wrong(near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near));
  }
  if (right.type != left.type) wrong(fmt::format(", a {}", name_of(right.type)));
  return right.mixed ? right.number : right.sql;
}

/// Nothing: it is a name, or wrong.
std::optional<Value> Selection::literal(const FilterOperand& operand, const TrialValue& left) {
  if (!operand.argument.empty()) return std::nullopt;
  switch (left.type) {
    case FilterType::number: {
      auto number = number_literal(operand);
      // Only seeds are texts beyond 63 bits.
      if (number && std::holds_alternative<std::string>(*number) && left.sql != "t.seed")
        number = std::stod(operand.text);
      if (!number && left.mixed) return operand.text;
      return number;
    }
    case FilterType::flag:
      return flag_literal(operand);
    case FilterType::time: {
      const auto time = time_literal(operand.text, now_);
      return time ? std::optional<Value>(*time) : std::nullopt;
    }
    case FilterType::state:
      return state_literal(operand);
    default:
      return operand.text;
  }
}

Value Selection::state_literal(const FilterOperand& operand) const {
  std::string name = operand.text;
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (state_named(name)) return name;
  // As listings call what ran when its ubp died.
  if (name == "STOPPED") return written_ ? name : name_of(TrialState::running);
  std::vector<std::string> states;
  for (int s = 0; s <= static_cast<int>(TrialState::cancelled); ++s)
    states.emplace_back(name_of(static_cast<TrialState>(s)));
  fail_filter(operand.at, "there is no state '{}'{}", operand.text, suggestion(name, states));
}

}  // namespace ubp
