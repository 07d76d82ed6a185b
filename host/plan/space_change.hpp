// SPDX-License-Identifier: MIT
// What an edit of a sweep's space has changed.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace ubp {

/// "model.latent 2..8 -> 2..16, optimizer.lr is new: 1e-4..1e-1:log": of two spaces as plans have them (Plan::space),
/// the first few axes that differ, by key; "" if none does.
std::string space_change(const nlohmann::json& before, const nlohmann::json& after);

/// Whether a config's swept values are a point of this space, as far as ranges, choices and axes without a condition
/// tell.
bool lies_in(const nlohmann::json& space, const nlohmann::json& params);

}  // namespace ubp
