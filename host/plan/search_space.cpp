// SPDX-License-Identifier: MIT
#include "plan/search_space.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ubp {

using nlohmann::json;

namespace {

/// What a person gives within a continuum stays as it is; samplers and listings round.
json nearest_on(const Axis& axis, const json& value) {
  const bool within = axis.has_range() && count_values(axis) == 0 && value.is_number() && value >= axis.range.lo &&
                      value <= axis.range.hi;
  return within ? value : value_of(axis, coordinate_of(axis, value));
}

}  // namespace

SearchSpace::SearchSpace(const Draft& draft) : SearchSpace(draft, nullptr) {
  if (const std::vector<Predicate> predicates = forbidden(draft); !predicates.empty())
    space_.allowed = [this, predicates](const search::Point& point) {
      return !is_forbidden(draft_, predicates, assignment(point));
    };
}

SearchSpace::SearchSpace(const Draft& draft, std::function<bool(const Assignment&)> allowed)
    : draft_(draft), steps_(ordered_steps(draft)) {
  for (const Step& step : steps_) space_.dimensions.push_back(dimension_of(*step.axis));
  space_.active = [this](std::size_t i, const search::Point& point) {
    return is_active(draft_, assignment(point), steps_[i]);
  };
  if (std::all_of(steps_.begin(), steps_.end(), is_always_active)) space_.active = nullptr;
  if (allowed) space_.allowed = [this, allowed](const search::Point& point) { return allowed(assignment(point)); };
}

Assignment SearchSpace::assignment(const search::Point& point) const {
  Assignment assignment;
  for (std::size_t i = 0; i < steps_.size(); ++i)
    if (search::is_active(point[i])) assignment[steps_[i].axis->key] = value_of(*steps_[i].axis, point[i]);
  return assignment;
}

search::Point SearchSpace::point(const Assignment& assignment) const {
  search::Point point(steps_.size(), search::kInactive);
  for (std::size_t i = 0; i < steps_.size(); ++i)
    if (const auto given = assignment.find(steps_[i].axis->key); given != assignment.end())
      point[i] = coordinate_of(*steps_[i].axis, given->second);
  return point;
}

Assignment SearchSpace::completed(const Assignment& given) const {
  Assignment point;
  for (const Step& step : steps_) {
    if (!is_active(draft_, point, step)) continue;
    const auto own = given.find(step.axis->key);
    const json value = value_at(draft_, point, step.axis->key);
    point[step.axis->key] = own != given.end() ? nearest_on(*step.axis, own->second)
                                               : value_of(*step.axis, coordinate_of(*step.axis, value));
  }
  return point;
}

Assignment SearchSpace::default_point() const { return completed({}); }

Assignment SearchSpace::tried(const Section& section, const std::string& what) const {
  Assignment given;
  const std::string within = what.empty() ? ": " : fmt::format(": {}: ", what);
  const auto read = [&](const auto& self, const Section& in, const std::string& prefix) -> void {
    for (const auto& [name, setting] : in.settings) {
      const Step* step = find(prefix + name);
      std::vector<std::string> known;
      for (const Step& each : steps_) known.push_back(each.axis->key);
      if (!step)
        fail(Exit::usage, "{}{}'{}' is no parameter of the space{}", setting.where, within, prefix + name,
             suggestion(prefix + name, known));
      const Axis& axis = *step->axis;
      const json value = checked(axis.decl, setting.value, setting.where, axis.key);
      if (nearest_on(axis, value) != value)
        fail(Exit::usage, "{}{}{}: {} is not in the space", setting.where, within, axis.key, shown(value));
      given[axis.key] = value;
    }
    for (const auto& [name, inner] : in.sections) self(self, inner, prefix + name + ".");
  };
  read(read, section, "");
  const Assignment point = completed(given);
  for (const auto& [key, value] : given)
    if (!point.contains(key))
      fail(Exit::usage, "{}{}{} is not active with the other values of this point", section.where, within, key);
  for (const auto& [key, value] : point)
    if (draft_.program && !given.contains(key) && !draft_.find(key))
      fail(Exit::usage, "{}{}{}: missing: [program] gives it no value of its own", section.where, within, key);
  return point;
}

const Step* SearchSpace::find(const std::string& key) const {
  const auto found = std::find_if(steps_.begin(), steps_.end(), [&](const Step& s) { return s.axis->key == key; });
  return found == steps_.end() ? nullptr : &*found;
}

}  // namespace ubp
