// SPDX-License-Identifier: MIT
#include "plan/recorded_space.hpp"

namespace ubp {
namespace {

Axis axis_of(const std::string& key, const nlohmann::json& described) {
  Axis axis;
  axis.key = axis.where = key;
  axis.decl.name = key;
  if (const auto choices = described.find("choices"); choices != described.end()) {
    axis.choices = choices->get<std::vector<nlohmann::json>>();
  } else {
    axis.decl.type = described.at("type") == "int" ? UBP_P_INT : UBP_P_FLOAT;
    axis.range.lo = described.at("low");
    axis.range.hi = described.at("high");
    axis.range.log = described.at("log");
    axis.range.step = described.value("step", 0.0);
  }
  return axis;
}

}  // namespace

std::shared_ptr<const SearchSpace> recorded_space(const nlohmann::json& space) {
  struct Held {
    Draft draft;
    std::optional<SearchSpace> space;  // of the draft
  };
  const auto held = std::make_shared<Held>();
  for (const auto& [key, described] : space.items()) held->draft.axes.push_back(axis_of(key, described));
  held->space.emplace(held->draft);
  return {held, &*held->space};
}

}  // namespace ubp
