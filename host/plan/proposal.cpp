// SPDX-License-Identifier: MIT
#include "plan/proposal.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kMostAttempts = 2000, kOfTheSampler = 100;

/// An upper bound; infinite if a dimension is a continuum.
double count_points(const search::Space& space) {
  double n = 1;
  for (const search::Dimension& d : space.dimensions) n *= d.discrete() ? static_cast<double>(d.count()) : INFINITY;
  return n;
}

}  // namespace

std::optional<Assignment> fresh_point(const SearchSpace& space, search::Sampler& sampler, search::Question question,
                                      const std::set<Assignment>& seen) {
  const search::Space& dimensions = space.space();
  if (!dimensions.active && static_cast<double>(seen.size()) >= count_points(dimensions)) return std::nullopt;
  for (; question.attempt < kMostAttempts; ++question.attempt) {
    // One that insists on what is there has nothing more to say.
    const search::Point point =
        question.attempt < kOfTheSampler ? sampler.propose(question) : search::uniform_point(question);
    if (dimensions.allowed && !dimensions.allowed(point)) continue;
    Assignment assignment = space.assignment(point);
    if (!seen.contains(assignment)) return assignment;
  }
  return std::nullopt;
}

}  // namespace ubp
