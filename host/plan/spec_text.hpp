// SPDX-License-Identifier: MIT
// The resolved spec as TOML: every default filled in, re-runnable, equal identity.
#pragma once

#include <map>
#include <string>

#include "plan/draft.hpp"
#include "plan/plan.hpp"

namespace ubp {

/// Where a table's component is swept, only the values that the spec gives are written: defaults differ by component.
std::string spec_text(const Draft&, const Plan&, bool single);

/// "model.latent" -> "64", "metric.0.use" -> "\"psnr\"": what a text of spec_text() says, key by key.
std::map<std::string, std::string> spec_keys(const std::string& text);

/// A JSON value as TOML.
std::string toml_value(const nlohmann::json&);

}  // namespace ubp
