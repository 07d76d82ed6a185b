// SPDX-License-Identifier: MIT
// Samplers by name.
#pragma once

#include "search/sampler.hpp"

namespace ubp::search {

/// "random", "sobol", "tpe", ... Throws Error (usage) if there is no such sampler.
std::unique_ptr<Sampler> make_sampler(const std::string& name);

}  // namespace ubp::search
