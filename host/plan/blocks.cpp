// SPDX-License-Identifier: MIT
#include "plan/blocks.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ubp {
namespace {

std::string where_of(const Draft& draft, const std::string& key) {
  const Fixed* fixed = draft.find(key);
  return fixed ? fixed->where : draft.name;
}

bool is_among(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The draft with only these of its axes, or only the others; what it forbids may be about all.
Draft reduced(const Draft& draft, const std::vector<std::string>& axes, bool to_them) {
  Draft part = draft;
  part.forbid.clear();
  std::erase_if(part.axes, [&](const Axis& axis) { return is_among(axes, axis.key) != to_them; });
  return part;
}

void require_independence(const Draft& draft, const std::vector<std::string>& axes) {
  const std::vector<Step> steps = ordered_steps(draft);
  for (const Step& a : steps)
    for (const Step& b : steps)
      if (is_among(axes, a.axis->key) != is_among(axes, b.axis->key) && depends_on(a, b))
        fail(Exit::usage,
             "{}: sweep.blocks: {} has a meaning only with some values of {}: expected both among the blocks, or none, "
             "where the sampler learns",
             where_of(draft, "sweep.blocks"), a.axis->key, b.axis->key);
}

}  // namespace

std::vector<std::string> axes_of_blocks(const Draft& draft, const std::string& text) {
  std::vector<std::string> known, named;
  for (const Axis& axis : draft.axes) known.push_back(axis.key);
  for (std::string key : split_outside(text, ',')) {
    std::erase(key, ' ');
    const bool all_of_dataset = key == "dataset.*";
    if (!key.empty() && !all_of_dataset && !is_among(known, key))
      fail(Exit::usage, "{}: sweep.blocks: '{}' is no parameter of the space{}", where_of(draft, "sweep.blocks"), key,
           suggestion(key, known));
    for (const std::string& axis : known)
      if (axis == key || (all_of_dataset && axis.starts_with("dataset."))) named.push_back(axis);
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named;
}

std::vector<Assignment> all_blocks(const Draft& draft, const std::vector<std::string>& axes) {
  require_independence(draft, axes);
  return grid_points(reduced(draft, axes, true));
}

std::shared_ptr<const SearchSpace> space_of_choices(std::shared_ptr<const Draft> draft,
                                                    const std::vector<std::string>& axes,
                                                    const std::vector<Assignment>& blocks) {
  const auto part = std::make_shared<const Draft>(reduced(*draft, axes, false));
  const std::vector<Predicate> predicates = forbidden(*draft);
  std::function<bool(const Assignment&)> allowed;
  if (!predicates.empty())
    allowed = [draft, predicates, blocks](const Assignment& point) {
      return std::none_of(blocks.begin(), blocks.end(), [&](const Assignment& block) {
        return is_forbidden(*draft, predicates, within(block, point));
      });
    };
  return {new SearchSpace(*part, allowed), [part](const SearchSpace* space) {
            delete space;  // and only then the draft
          }};
}

Assignment within(const Assignment& block, const Assignment& point) {
  Assignment config = point;
  config.insert(block.begin(), block.end());
  return config;
}

Parts parts_of(const Assignment& config, const std::vector<std::string>& axes) {
  Parts parts;
  for (const auto& [key, value] : config) (is_among(axes, key) ? parts.block : parts.point)[key] = value;
  return parts;
}

}  // namespace ubp
