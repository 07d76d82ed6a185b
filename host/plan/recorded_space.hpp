// SPDX-License-Identifier: MIT
// A space as it was recorded, for results that have no spec to read it from.
#pragma once

#include <memory>

#include "plan/search_space.hpp"

namespace ubp {

/// Of axes as describe() has them (Plan::space), without their conditions. Throws json::exception if they are none.
std::shared_ptr<const SearchSpace> recorded_space(const nlohmann::json& space);

}  // namespace ubp
