// SPDX-License-Identifier: MIT
// Samplers by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/sampler.hpp"

namespace ubp::search {

/// All that make_sampler knows, in the order in which people should read of them.
const std::vector<std::string>& sampler_names();

/// With its default options. REQUIRES: `name` is one of sampler_names().
std::unique_ptr<Sampler> make_sampler(const std::string& name);

}  // namespace ubp::search
