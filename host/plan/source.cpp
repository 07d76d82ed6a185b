// SPDX-License-Identifier: MIT
#include "plan/source.hpp"

#include <toml++/toml.h>

#include "base/error.hpp"

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

}  // namespace

Section read_source(std::string_view text, const std::string& name) {
  try {
    Section root = section_of(toml::parse(text, name), name);
    root.where = name;
    return root;
  } catch (const toml::parse_error& error) {
    fail(Exit::usage, "{}:{}: not valid TOML: {}", name, error.source().begin.line, error.description());
  }
}

}  // namespace ubp
