// SPDX-License-Identifier: MIT
// make_plan without files and plugins: what tests use, and `ubp resume`, whose spec comes from a database.
#pragma once

#include <string>
#include <vector>

#include "plan/components.hpp"
#include "plan/plan.hpp"

namespace ubp {

/// `name` is what messages call the text. Throws as make_plan.
Plan plan_of_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
                  std::shared_ptr<Components>, bool single);

/// The same with the plugins of a registry.
Plan plan_of_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
                  Registry&, bool single);

/// The seed of a trial: a function of the sweep's seed, [train].seed and the replicate, and of nothing else. So a new
/// config or replicate changes no seed that was given before, and replicate k meets every config with the same
/// randomness: a comparison of two configs is a paired one. 53 bits, which every reader of JSON keeps.
std::uint64_t trial_seed(std::uint64_t sweep_seed, std::uint64_t train_seed, std::int64_t replicate);

}  // namespace ubp
