// SPDX-License-Identifier: MIT
#include "plugin/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/json.hpp"

namespace ubp {
namespace {

using nlohmann::json;

bool is_float(const ParamDecl& decl) { return decl.type == UBP_P_FLOAT || decl.type == UBP_P_FLOAT_LIST; }

std::string interval(const ParamDecl& decl) {
  // An int at the end of its type is no bound that a person set.
  const double far = is_float(decl) ? INFINITY : 9.2e18;
  const bool low = decl.min > -far, high = decl.max < far;
  if (!low && !high) return "";
  return fmt::format("{}{}, {}{}", low && !(decl.flags & UBP_PF_MIN_OPEN) ? '[' : '(', low ? shown(decl.min) : "-inf",
                     high ? shown(decl.max) : "inf", high && !(decl.flags & UBP_PF_MAX_OPEN) ? ']' : ')');
}

bool inside(const ParamDecl& decl, double v) {
  const bool above = decl.flags & UBP_PF_MIN_OPEN ? v > decl.min : v >= decl.min;
  const bool below = decl.flags & UBP_PF_MAX_OPEN ? v < decl.max : v <= decl.max;
  return above && below;  // false for NaN
}

const char* type_of(const json& v) {
  if (v.is_number_integer()) return "int";
  if (v.is_number()) return "float";
  if (v.is_boolean()) return "bool";
  return v.is_array() ? "list" : "string";
}

[[noreturn]] void wrong_type(const ParamDecl& decl, const json& v, const std::string& where, const std::string& key) {
  fail(Exit::usage, "{}: {}: wrong type: found {} {}, expected {}", where, key, type_of(v), shown(v),
       expectation(decl));
}

json number(const ParamDecl& decl, const json& v, const std::string& where, const std::string& key) {
  const bool whole =
      v.is_number() &&
      (v.is_number_integer() || (std::trunc(v.get<double>()) == v.get<double>() && std::abs(v.get<double>()) < 9e15));
  if (!(is_float(decl) ? v.is_number() : whole)) wrong_type(decl, v, where, key);
  if (!inside(decl, v.get<double>()))
    fail(Exit::usage, "{}: {}: {} is outside {}", where, key, shown(v),
         interval(decl).empty() ? "the real numbers" : interval(decl));
  if (is_float(decl)) return v.get<double>();
  return v.is_number_integer() ? v : json(static_cast<std::int64_t>(v.get<double>()));
}

json word(const ParamDecl& decl, const json& v, const std::string& where, const std::string& key) {
  if (!v.is_string()) wrong_type(decl, v, where, key);
  if (decl.type == UBP_P_ENUM && std::find(decl.choices.begin(), decl.choices.end(), v) == decl.choices.end())
    fail(Exit::usage, "{}: {}: no such choice: found '{}', expected {}{}", where, key, v.get<std::string>(),
         expectation(decl), [&] {
           const std::string near = nearest(v.get<std::string>(), decl.choices);
           return near.empty() ? near : fmt::format("; did you mean '{}'?", near);
         }());
  return v;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') || text.back() != text.front()) return {};
  return std::string(text.substr(1, text.size() - 2));
}

/// A text that is a number as a JSON number, else as a JSON string.
json number_or_text(std::string_view text) {
  const char *first = text.data(), *last = first + text.size();
  if (first != last && *first == '+') ++first;
  std::int64_t whole = 0;
  if (auto [end, error] = std::from_chars(first, last, whole); error == std::errc() && end == last) return whole;
  if (const std::optional<double> real = number_of(text)) return *real;
  return std::string(text);
}

/// Splits 256+64 but not 1e+3.
std::vector<std::string> split_plus(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool exponent = i > 1 && (text[i - 1] == 'e' || text[i - 1] == 'E') && std::isdigit(text[i - 2]);
    if (text[i] == '+' && i > 0 && !exponent)
      parts.emplace_back();
    else
      parts.back() += text[i];
  }
  return parts;
}

double leading_number(std::string_view& text) {
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

bool is_list(const ParamDecl& decl) { return decl.type == UBP_P_INT_LIST || decl.type == UBP_P_FLOAT_LIST; }
bool is_number(const ParamDecl& decl) { return decl.type == UBP_P_INT || is_float(decl) || is_list(decl); }

std::string expectation(const ParamDecl& decl) {
  if (decl.type == UBP_P_ENUM)
    return fmt::format("{}{}", decl.choices.size() > 1 ? "one of " : "", fmt::join(decl.choices, ", "));
  const std::string range = is_number(decl) ? interval(decl) : "";
  return range.empty() ? type_name(decl.type) : fmt::format("{} in {}", type_name(decl.type), range);
}

json checked(const ParamDecl& decl, const json& v, const std::string& where, const std::string& key) {
  if (is_list(decl)) {
    auto list = json::array();
    if (v.is_array())
      for (const json& item : v) list.push_back(number(decl, item, where, key));
    else
      list.push_back(number(decl, v, where, key));
    return list;
  }
  if (is_number(decl)) return number(decl, v, where, key);
  if (decl.type != UBP_P_BOOL) return word(decl, v, where, key);
  if (!v.is_boolean()) wrong_type(decl, v, where, key);
  return v;
}

json checked_text(const ParamDecl& decl, std::string_view text, const std::string& where, const std::string& key) {
  if (is_list(decl)) {
    const bool brackets = text.size() >= 2 && text.front() == '[' && text.back() == ']';
    if (brackets) text = text.substr(1, text.size() - 2);
    auto list = json::array();
    if (text.empty()) return list;
    for (const std::string& item : brackets ? split_outside(text, ',') : split_plus(text))
      list.push_back(number_or_text(item));
    return checked(decl, list, where, key);
  }
  if (is_number(decl)) return checked(decl, number_or_text(text), where, key);
  if (decl.type == UBP_P_BOOL && (text == "true" || text == "false")) return text == "true";
  return checked(decl, unquoted(text).value_or(std::string(text)), where, key);
}

std::string shown(const json& v) {
  if (v.is_string()) return v.get<std::string>();
  if (v.is_number_float()) return fmt::format("{}", v.get<double>());
  if (!v.is_array()) return json_text(v);
  std::vector<std::string> parts;
  for (const json& item : v) parts.push_back(shown(item));
  return parts.empty() ? "[]" : fmt::format("{}", fmt::join(parts, "+"));
}

std::optional<double> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error != std::errc() || end != text.data() + text.size() || std::isnan(v)) return {};
  return v;
}

std::vector<std::string> split_outside(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  char quote = 0;
  int depth = 0;
  for (char c : text) {
    if (quote)
      quote = c == quote ? '\0' : quote;
    else if (c == '\'' || c == '"')
      quote = c;
    else if (c == '[' || c == ']')
      depth += c == '[' ? 1 : -1;
    if (c == separator && !quote && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

const ParamDecl* find_key(const std::vector<ParamDecl>& decls, std::string_view name) {
  for (const ParamDecl& decl : decls)
    if (decl.name == name || std::find(decl.aliases.begin(), decl.aliases.end(), name) != decl.aliases.end())
      return &decl;
  return nullptr;
}

std::vector<std::string> names_of(const std::vector<ParamDecl>& decls) {
  std::vector<std::string> names;
  for (const ParamDecl& decl : decls) names.push_back(decl.name);
  return names;
}

double seconds_of(std::string_view text, const std::string& where, const std::string& key) {
  double total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const double n = leading_number(rest);
    const char unit = rest.empty() ? 's' : rest.front();
    const double scale = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : unit == 'd' ? 86400 : -1;
    if (n < 0 || scale < 0)
      fail(Exit::usage, "{}: {}: no duration: found '{}', expected e.g. 90s, 20m, 1h30m", where, key, text);
    if (!rest.empty()) rest.remove_prefix(1);
    total += n * scale;
  }
  return total;
}

std::int64_t bytes_of(std::string_view text, const std::string& where, const std::string& key) {
  if (text.empty()) return 0;
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"", 1},         {"B", 1},        {"kB", 1e3},        {"MB", 1e6},           {"GB", 1e9},
      {"KiB", 1024.0}, {"kiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"TiB", 1099511627776.0}};
  std::string_view rest = text;
  const double n = leading_number(rest);
  for (auto [unit, scale] : kUnits)
    if (n >= 0 && rest == unit) return static_cast<std::int64_t>(n * scale);
  fail(Exit::usage, "{}: {}: no size: found '{}', expected e.g. 512MiB, 2GiB", where, key, text);
}

}  // namespace ubp
