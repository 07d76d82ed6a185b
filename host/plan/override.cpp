// SPDX-License-Identifier: MIT
#include "plan/override.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plan/host_tables.hpp"
#include "plugin/value.hpp"

namespace ubp {
namespace {

std::vector<std::string> parts_of(const std::string& key) {
  std::vector<std::string> parts(1);
  for (char c : key)
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::string use_of(const Section& section) {
  const auto found = section.settings.find("use");
  return found == section.settings.end() ? "" : shown(found->second.value);
}

std::size_t item_index(const Section& root, const std::vector<std::string>& parts, const std::string& key,
                       const std::string& where) {
  const auto found = root.lists.find(parts[0]);
  const std::vector<Section> none;
  const std::vector<Section>& items = found == root.lists.end() ? none : found->second;
  std::size_t index = 0;
  const char* last = parts[1].data() + parts[1].size();
  if (auto [end, error] = std::from_chars(parts[1].data(), last, index);
      error == std::errc() && end == last && index < items.size())
    return index;
  std::vector<std::string> ids;
  for (const Section& item : items) ids.push_back(use_of(item));
  const auto match = std::find(ids.begin(), ids.end(), parts[1]);
  if (match == ids.end())
    fail(Exit::usage, "{}: {}: no [[{}]] '{}'{}", where, key, parts[0], parts[1], suggestion(parts[1], ids));
  if (std::count(ids.begin(), ids.end(), parts[1]) > 1)
    fail(Exit::usage, "{}: {}: several [[{}]] use '{}': expected a number, e.g. {}.0", where, key, parts[0], parts[1],
         parts[0]);
  return static_cast<std::size_t>(match - ids.begin());
}

/// "sweep.objective.0.goal" or "sweep.objective.valid.mse.goal", split at its dots.
bool names_objective(const std::vector<std::string>& parts) {
  return parts.size() > 1 && parts[0] == "sweep" && parts[1] == "objective";
}

/// Which [[sweep.objective]] it names, by number or metric.
std::size_t objective_index(const Section& root, const std::vector<std::string>& parts, const std::string& key,
                            const std::string& where) {
  if (parts.size() < 4)
    fail(Exit::usage, "{}: {}: found {} names, expected sweep.objective.METRIC.KEY", where, key, parts.size());
  std::vector<std::string> metrics;
  if (const auto sweep = root.sections.find("sweep"); sweep != root.sections.end())
    if (const auto list = sweep->second.lists.find("objective"); list != sweep->second.lists.end())
      for (const Section& item : list->second) {
        const auto metric = item.settings.find("metric");
        metrics.push_back(metric == item.settings.end() ? "" : shown(metric->second.value));
      }
  std::string wanted = parts[2];
  for (std::size_t i = 3; i + 1 < parts.size(); ++i) wanted += "." + parts[i];
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if (wanted == metrics[i] || wanted == fmt::format("{}", i)) return i;
  fail(Exit::usage, "{}: {}: no [[sweep.objective]] '{}'{}", where, key, wanted, suggestion(wanted, metrics));
}

}  // namespace

std::vector<std::string> top_level_tables() {
  std::vector<std::string> names;
  for (const HostTable& table : host_tables())
    if (std::string_view(table.name).find('.') == std::string_view::npos) names.push_back(table.name);
  for (const char* table : {"model", "objective", "transform", "program"}) names.push_back(table);
  return names;
}

bool is_list_table(const std::string& name) { return name == "metric" || name == "transform"; }

std::string canonical_key(const Section& root, const std::string& key, const std::string& where) {
  const std::vector<std::string> parts = parts_of(key), tables = top_level_tables();
  if (std::find(tables.begin(), tables.end(), parts[0]) == tables.end())
    fail(Exit::usage, "{}: {}: no table '{}'{}", where, key, parts[0], suggestion(parts[0], tables));
  if (names_objective(parts))
    return fmt::format("sweep.objective.{}.{}", objective_index(root, parts, key, where), parts.back());
  const std::size_t most =
      parts[0] == "model" || parts[0] == "optimizer" || parts[0] == "sweep" || is_list_table(parts[0]) ? 3 : 2;
  const std::size_t least = is_list_table(parts[0]) ? 3 : 2;
  if (parts.size() < least || parts.size() > most)
    fail(Exit::usage, "{}: {}: found {} names, expected {}", where, key, parts.size(),
         is_list_table(parts[0]) ? parts[0] + ".ID.KEY"
         : most == 3             ? parts[0] + ".KEY or " + parts[0] + ".NAME.KEY"
                                 : parts[0] + ".KEY");
  return is_list_table(parts[0]) ? fmt::format("{}.{}.{}", parts[0], item_index(root, parts, key, where), parts[2])
                                 : key;
}

std::set<std::string> apply_overrides(Section& root, const std::vector<std::string>& overrides) {
  const std::string where = "command line";
  std::set<std::string> keys;
  for (const std::string& text : overrides) {
    const std::size_t equals = text.find('=');
    if (!is_utf8(text)) fail(Exit::usage, "{}: found '{}', expected UTF-8", where, text);
    if (equals == text.npos || equals == 0) fail(Exit::usage, "{}: found '{}', expected KEY=VALUE", where, text);
    const std::string key = canonical_key(root, text.substr(0, equals), where);
    const std::vector<std::string> parts = parts_of(key);
    Section* section = nullptr;
    if (names_objective(parts)) {
      section = &root.sections["sweep"].lists["objective"][std::stoul(parts[2])];
    } else if (is_list_table(parts[0])) {
      section = &root.lists[parts[0]][std::stoul(parts[1])];
    } else {
      section = &root.sections[parts[0]];
      if (section->where.empty()) section->where = where;
      if (parts.size() == 3) section = &section->sections[parts[1]];
    }
    if (section->where.empty()) section->where = where;
    section->settings[parts.back()] = {text.substr(equals + 1), true, where};
    keys.insert(key);
  }
  return keys;
}

}  // namespace ubp
