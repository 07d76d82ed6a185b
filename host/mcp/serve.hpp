// SPDX-License-Identifier: MIT
// Messages by lines.
#pragma once

#include <cstdio>
#include <string>

namespace ubp::mcp {

/// Answers the messages that come from `in`, one a line, on `out`, one after the other, until `in` ends. A line of more
/// than a mebibyte is refused without being kept.
void serve(int in, std::FILE* out, const std::string& database);

}  // namespace ubp::mcp
