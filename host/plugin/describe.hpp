// SPDX-License-Identifier: MIT
// From a loaded plugin's tables to manifests.
#pragma once

#include <vector>

#include "plugin/loader.hpp"
#include "plugin/manifest.hpp"

namespace ubp {

/// One manifest per component. Throws Error (plugin), one sentence that names file and component, if a declaration
/// contradicts itself (validate.hpp).
std::vector<Manifest> manifests_of(const Plugin&);

/// One parameter. Its default is null if it is required, or none of the values that its type has.
ParamDecl declared(const ubp_param_desc&);

}  // namespace ubp
