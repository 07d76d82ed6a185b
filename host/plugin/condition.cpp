// SPDX-License-Identifier: MIT
#include "plugin/condition.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "plugin/value.hpp"

namespace ubp {
namespace {

using nlohmann::json;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_key(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-'; }
bool is_sign(char c) { return c == '=' || c == '!' || c == '<' || c == '>'; }
bool is_quote(char c) { return c == '\'' || c == '"'; }

/// Reads one text from left to right.
class Reader {
 public:
  Reader(const std::string& text, const std::string& where) : text_(text), rest_(text), where_(where) {}

  std::vector<Condition> all() {
    std::vector<Condition> conditions;
    skip_blanks();
    if (rest_.empty()) return conditions;
    do conditions.push_back(one());
    while (take_and());
    if (!rest_.empty()) refuse();
    return conditions;
  }

 private:
  Condition one() {
    Condition condition;
    condition.key = taken(is_key);
    skip_blanks();
    condition.op = op();
    const bool many = condition.op == "==" || condition.op == "!=";
    do condition.values.push_back(value());
    while (many && take(","));
    if (condition.key.empty()) refuse();
    return condition;
  }

  std::string op() {
    for (const char* known : {"==", "!=", "<=", ">=", "<", ">"})
      if (take(known)) return known;
    refuse();
  }

  std::string value() {
    skip_blanks();
    std::string value;
    if (!rest_.empty() && is_quote(rest_.front())) {
      const std::size_t end = rest_.find(rest_.front(), 1);
      if (end == rest_.npos) refuse();
      value = rest_.substr(1, end - 1);
      rest_.remove_prefix(end + 1);
    } else {
      value = taken([](char c) { return !is_blank(c) && !is_sign(c) && !is_quote(c) && c != ','; });
      if (value.empty()) refuse();
    }
    skip_blanks();
    return value;
  }

  std::string taken(bool (*wanted)(char)) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), wanted);
    const std::string found(rest_.begin(), end);
    rest_.remove_prefix(found.size());
    return found;
  }

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool take_and() {
    if (!take("and ")) return false;
    skip_blanks();
    return true;
  }

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  [[noreturn]] void refuse() const {
    fail(Exit::usage,
         "{}: no condition: found '{}', expected KEY == VALUE, joined by `and`, with == != < <= > or >=", where_,
         text_);
  }

  const std::string& text_;
  std::string_view rest_;
  const std::string& where_;
};

bool equals(const json& found, const std::string& value) {
  if (found.is_array()) {
    if (shown(found) == value) return true;
    const std::vector<std::string> parts = split_outside(value, '+');
    return std::equal(found.begin(), found.end(), parts.begin(), parts.end(), equals);
  }
  if (const std::optional<double> number = number_of(value)) {
    if (found.is_number()) return found.get<double>() == *number;
    if (found.is_string() && number_of(found.get_ref<const std::string&>()) == number) return true;
  }
  return !found.is_number() && shown(found) == value;
}

bool holds(const Condition& condition, const json& found) {
  if (condition.op == "==" || condition.op == "!=") {
    const auto equal = [&](const std::string& value) { return equals(found, value); };
    const bool any = !found.is_null() && std::any_of(condition.values.begin(), condition.values.end(), equal);
    return any == (condition.op == "==");
  }
  const std::optional<double> bound = number_of(condition.values.front());
  if (!found.is_number() || !bound) return false;
  const double v = found.get<double>();
  if (condition.op == "<") return v < *bound;
  if (condition.op == "<=") return v <= *bound;
  return condition.op == ">" ? v > *bound : v >= *bound;
}

}  // namespace

std::vector<Condition> read_condition(const std::string& text, const std::string& where) {
  return Reader(text, where).all();
}

void check_condition(const Condition& condition, const ParamDecl& declaration, const std::string& where) {
  const bool ordered = condition.op != "==" && condition.op != "!=";
  if (ordered && (!is_number(declaration) || is_list(declaration)))
    fail(Exit::usage, "{}: {}: only numbers have an order: found {}, expected == or != of {}", where, condition.key,
         condition.op, expectation(declaration));
  ParamDecl any = declaration;  // a value out of the range is never met, which is no mistake: k > 0
  any.min = -INFINITY, any.max = INFINITY, any.flags &= ~(UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN);
  if (any.type == UBP_P_INT) any.type = UBP_P_FLOAT;
  for (const std::string& value : condition.values) checked_text(any, value, where, condition.key);
}

bool holds(const std::vector<Condition>& all, const std::function<json(const std::string&)>& value) {
  return std::all_of(all.begin(), all.end(),
                     [&](const Condition& condition) { return holds(condition, value(condition.key)); });
}

}  // namespace ubp
