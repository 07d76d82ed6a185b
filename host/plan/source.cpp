// SPDX-License-Identifier: MIT
#include "plan/source.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ubp {
namespace {

constexpr std::size_t kMostDots = 1000;

/// toml++ says what it takes for granted about a text by assertions, and some texts break them.
struct BrokenAssertion {};
[[noreturn, maybe_unused]] void break_assertion() { throw BrokenAssertion(); }

}  // namespace
}  // namespace ubp

#define TOML_ASSERT(expr) ((expr) ? void() : ::ubp::break_assertion())
#include <toml++/toml.h>

namespace ubp {
namespace {

std::string position(const toml::node& node, const std::string& name) {
  return fmt::format("{}:{}", name, node.source().begin.line);
}

nlohmann::json value_of(const toml::node& node, const std::string& name) {
  if (const auto* v = node.as_string()) return v->get();
  if (const auto* v = node.as_integer()) return v->get();
  if (const auto* v = node.as_floating_point()) return v->get();
  if (const auto* v = node.as_boolean()) return v->get();
  if (const auto* items = node.as_array()) {
    auto list = nlohmann::json::array();
    for (const toml::node& item : *items) list.push_back(value_of(item, name));
    return list;
  }
  fail(Exit::usage, "{}: a {} has no meaning in a spec", position(node, name),
       node.is_table() ? "table inside a list" : "date or time");
}

Section section_of(const toml::table& table, const std::string& name) {
  Section section;
  section.where = position(table, name);
  for (auto&& [key, node] : table) {
    const std::string id(key.str());
    const toml::array* items = node.as_array();
    if (const auto* inner = node.as_table()) {
      section.sections.emplace(id, section_of(*inner, name));
    } else if (items && !items->empty() && items->is_homogeneous<toml::table>()) {
      for (const toml::node& item : *items) section.lists[id].push_back(section_of(*item.as_table(), name));
    } else {
      section.settings[id] = {value_of(node, name), false, position(node, name)};
    }
  }
  return section;
}

bool breaks_assertion(std::string_view text) {
  try {
    static_cast<void>(toml::parse(text));
  } catch (const toml::parse_error&) {
  } catch (const BrokenAssertion&) {
    return true;
  }
  return false;
}

/// The line that breaks an assertion, which tells no position itself: the last of the shortest beginning that does.
std::size_t broken_line(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t end = 0; (end = text.find('\n', end)) != text.npos;) ends.push_back(++end);
  const auto fine = [&](std::size_t end) { return !breaks_assertion(text.substr(0, end)); };
  return static_cast<std::size_t>(std::partition_point(ends.begin(), ends.end(), fine) - ends.begin()) + 1;
}

/// Every name of a dotted key nests a table, and a tree of any depth would not fit on the stack.
void require_short_keys(std::string_view text, const std::string& name) {
  std::size_t line = 1, dots = 0;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c == '\n' || c == ',') dots = 0;
    if (c == '.' && ++dots > kMostDots)
      fail(Exit::usage, "{}:{}: found more than {} dots without a comma, expected keys of a few names", name, line,
           kMostDots);
  }
}

/// Whether what begins at `at` can be a value: keys are of one line. A bracket that begins a line begins a table.
bool begins_value(std::string_view text, std::size_t at) {
  const std::size_t before = text.substr(0, at).find_last_not_of(" \t\r\n");
  if (before == text.npos || text[before] != '[')
    return before != text.npos && (text[before] == '=' || text[before] == ',');
  const std::size_t other = text.substr(0, before).find_last_not_of(" \t[");
  return other != text.npos && text[other] != '\n';
}

/// The first place behind the string that begins at `at`; behind its line, if it ends there without a quote.
std::size_t behind_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool is_long = text.substr(at, 3) == three && begins_value(text, at);
  for (at += is_long ? 3 : 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\')
      ++at;
    else if (is_long && text.substr(at, 3) == three)
      return at + 3;
    else if (!is_long && (text[at] == quote || text[at] == '\n'))
      return at + 1;
  }
  return text.size();
}

/// Whether a quote at `at` begins a string: behind anything else than these it is a mistake, and ends nothing.
bool begins_string(std::string_view text, std::size_t at) {
  const std::size_t before = text.substr(0, at).find_last_not_of(" \t\r");
  return before == text.npos || std::string_view("\n=[,{.").find(text[before]) != text.npos;
}

/// TOML has them in strings and comments only; toml++ tells its compiler that others never come.
void require_ascii_outside_strings(std::string_view text, const std::string& name) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) >= 0x80)
      fail(Exit::usage, "{}:{}: not valid TOML: found a character beyond ASCII outside of quotes and comments", name,
           1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    if ((text[at] == '"' || text[at] == '\'') && begins_string(text, at))
      at = behind_string(text, at);
    else
      at = text[at] == '#' ? std::min(text.find('\n', at), text.size()) : at + 1;
  }
}

}  // namespace

Section read_source(std::string_view text, const std::string& name) {
  if (text.size() > kMostSpecBytes)
    fail(Exit::usage, "{}: too large for a spec: found more than {} bytes", name, kMostSpecBytes);
  require_short_keys(text, name);
  require_ascii_outside_strings(text, name);
  try {
    Section root = section_of(toml::parse(text, name), name);
    root.where = name;
    return root;
  } catch (const toml::parse_error& error) {
    fail(Exit::usage, "{}:{}: not valid TOML: {}", name, error.source().begin.line, error.description());
  } catch (const BrokenAssertion&) {
    fail(Exit::usage, "{}:{}: not valid TOML: a key or a value is missing or broken off", name, broken_line(text));
  }
}

}  // namespace ubp
