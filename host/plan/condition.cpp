// SPDX-License-Identifier: MIT
#include "plan/condition.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "plan/value.hpp"

namespace ubp {
namespace {

std::string trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string bare(const std::string& text) {
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Condition read_one(const std::string& text, const std::string& where) {
  for (const char* op : {"==", "!="}) {
    const std::size_t at = text.find(op);
    if (at == text.npos) continue;
    Condition condition{trimmed(text.substr(0, at)), {}, op[0] == '='};
    for (const std::string& value : split_outside(text.substr(at + 2), ','))
      condition.values.push_back(bare(trimmed(value)));
    if (!condition.key.empty() && !condition.values.front().empty()) return condition;
  }
  fail(Exit::usage, "{}: no condition: found '{}', expected KEY == VALUE, joined by `and`", where, text);
}

}  // namespace

std::vector<Condition> read_condition(const std::string& text, const std::string& where) {
  std::vector<Condition> all;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t at = std::min(text.find(" and ", from), text.size());
    all.push_back(read_one(text.substr(from, at - from), where));
    from = at + 5;
  }
  return all;
}

bool holds(const std::vector<Condition>& all, const std::function<nlohmann::json(const std::string&)>& value) {
  return std::all_of(all.begin(), all.end(), [&](const Condition& condition) {
    const nlohmann::json found = value(condition.key);
    const bool any = !found.is_null() && std::find(condition.values.begin(), condition.values.end(), shown(found)) !=
                                             condition.values.end();
    return any == condition.equal;
  });
}

}  // namespace ubp
