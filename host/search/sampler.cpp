// SPDX-License-Identifier: MIT
#include "search/sampler.hpp"

#include <fmt/format.h>

#include "search/unit.hpp"

namespace ubp::search {
Random Question::stream(const std::string& name) const {
  return {seed, fmt::format("sweep/{}/{}/{}", name, number, attempt)};
}

Point point_at(const Space& space, const std::vector<double>& u) {
  Point point(space.size(), kInactive);
  for (std::size_t i = 0; i < space.size(); ++i)
    if (space.is_active_at(i, point)) point[i] = value_at(space.dimensions[i], u[i]);
  return point;
}

Point uniform_point(const Question& question) {
  Random random = question.stream("random");
  std::vector<double> u(question.space.size());
  for (double& each : u) each = random.next_uniform();
  return point_at(question.space, u);
}

}  // namespace ubp::search
