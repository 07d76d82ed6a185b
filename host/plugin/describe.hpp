// SPDX-License-Identifier: MIT
// From a loaded plugin's tables to manifests.
#pragma once

#include <vector>

#include "plugin/loader.hpp"
#include "plugin/manifest.hpp"

namespace ubp {

/// One manifest per component. Throws Error (plugin) if a declaration contradicts itself.
std::vector<Manifest> manifests_of(const Plugin&);

}  // namespace ubp
