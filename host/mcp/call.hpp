// SPDX-License-Identifier: MIT
// A tool's call: this ubp as a child, and what it said as a result.
#pragma once

#include "mcp/tools.hpp"

namespace ubp::mcp {

/// The result of tools/call. Text: stdout, then what stderr says beside it; JSON that is an object is
/// structuredContent, too; of a tool that draws, the image. What the tool could not do is a result with isError and one
/// sentence: also a call that takes longer than a minute, or an answer that is too large. `arguments`: an object.
nlohmann::json call(const Tool&, const nlohmann::json& arguments, const std::string& database);

}  // namespace ubp::mcp
