// SPDX-License-Identifier: MIT
// A spec's space in the numbers that samplers take, and back.
#pragma once

#include <memory>

#include "plan/space.hpp"
#include "search/space.hpp"

namespace ubp {

class SearchSpace {
 public:
  /// Throws Error (usage) as ordered_steps() and forbidden() do. REQUIRES: the draft outlives it.
  explicit SearchSpace(const Draft&);
  /// `allowed` instead of what the draft forbids.
  SearchSpace(const Draft&, std::function<bool(const Assignment&)> allowed);
  SearchSpace(const SearchSpace&) = delete;

  const search::Space& space() const { return space_; }
  Assignment assignment(const search::Point&) const;
  /// Inactive where the assignment says nothing; of a value that its axis does not have, the nearest.
  search::Point point(const Assignment&) const;

  /// What the spec says without a sweep: of every axis the key's own value, else its default, or the nearest value that
  /// the axis has.
  Assignment default_point() const;
  /// The default point with what a [[sweep.try]], which `what` names in messages, says instead. Throws Error (usage) if
  /// that names no axis, a value that the axis does not have, or an axis that is not active there; or if it says
  /// nothing of an axis that has no value of its own, as those of a program may.
  Assignment tried(const Section&, const std::string& what = "sweep.try") const;

 private:
  const Step* find(const std::string& key) const;
  Assignment completed(const Assignment& given) const;

  const Draft& draft_;
  std::vector<Step> steps_;
  search::Space space_;
};

}  // namespace ubp
