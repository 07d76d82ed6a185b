// SPDX-License-Identifier: MIT
#include "plan/space_change.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"

#include <fmt/format.h>

namespace ubp {
namespace {

using nlohmann::json;

constexpr std::size_t kShown = 3, kShownChoices = 8;

std::string shown(const json& value) { return value.is_string() ? value.get<std::string>() : json_text(value); }

std::string shown_axis(const json& axis) {
  std::string text;
  if (axis.contains("choices")) {
    const json& choices = axis.at("choices");
    for (std::size_t i = 0; i < std::min(choices.size(), kShownChoices); ++i)
      text += (i > 0 ? "," : "") + shown(choices[i]);
    if (choices.size() > kShownChoices) text += fmt::format(",... ({} values)", choices.size());
  } else {
    text = axis.value("range", fmt::format("{}..{}", shown(axis.at("low")), shown(axis.at("high"))));
  }
  return axis.contains("when") ? fmt::format("{} when {}", text, shown(axis.at("when"))) : text;
}

json without_text(json axis) {
  axis.erase("range");  // as it was written; the rest says what it means
  return axis;
}

bool fits(const json& axis, const json& value) {
  if (!axis.contains("choices"))
    return value.is_number() && value.get<double>() >= axis.at("low").get<double>() &&
           value.get<double>() <= axis.at("high").get<double>();
  const json& choices = axis.at("choices");
  return std::find(choices.begin(), choices.end(), value) != choices.end();
}

}  // namespace

std::string space_change(const json& before, const json& after) {
  std::set<std::string> keys;
  for (const json* space : {&before, &after})
    for (const auto& [key, axis] : space->items()) keys.insert(key);
  std::string text;
  std::size_t changes = 0;
  for (const std::string& key : keys) {
    const auto was = before.find(key), is = after.find(key);
    const bool both = was != before.end() && is != after.end();
    if (both && without_text(*was) == without_text(*is)) continue;
    if (++changes > kShown) continue;
    text += changes > 1 ? ", " : "";
    if (both)
      text += fmt::format("{} {} -> {}", key, shown_axis(*was), shown_axis(*is));
    else
      text += is != after.end() ? fmt::format("{} is new: {}", key, shown_axis(*is))
                                : fmt::format("{} is no longer swept: {}", key, shown_axis(*was));
  }
  return changes > kShown ? fmt::format("{}, and {} more", text, changes - kShown) : text;
}

bool lies_in(const json& space, const json& params) {
  for (const auto& [key, value] : params.items())
    if (const auto axis = space.find(key); axis == space.end() || !fits(*axis, value)) return false;
  for (const auto& [key, axis] : space.items())
    if (!axis.contains("when") && !params.contains(key)) return false;
  return true;
}

}  // namespace ubp
