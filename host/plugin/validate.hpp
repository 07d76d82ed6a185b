// SPDX-License-Identifier: MIT
// What a component says about itself, against the rules of abi.h: a plugin that contradicts itself is refused when it
// is described, with its own name in the sentence, and not when a sweep happens to touch the contradiction.
#pragma once

#include <string_view>
#include <vector>

#include "plugin/manifest.hpp"

namespace ubp {

/// [a-z][a-z0-9_]*: what names a parameter, a role, a method.
bool is_name(std::string_view);
/// Names joined by dots: "barlow_twins", "vendor.name".
bool is_id(std::string_view);

/// Throws Error (plugin) "plugin FILE: objective 'ID': ..." for the first contradiction between what the component
/// declares (`manifest`) and what its C table says.
void require_valid(const Manifest&, const ubp_component&);

}  // namespace ubp
