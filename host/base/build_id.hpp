// SPDX-License-Identifier: MIT
// Which build of a program this is.
#pragma once

#include <string>

namespace ubp {

/// The running program's GNU build id, in hex: a digest that the linker has put into it, so that reading it costs
/// nothing. Of a program that was linked without one, the SHA-256 of its file. Throws Error (internal) if that cannot
/// be read.
const std::string& build_id();

}  // namespace ubp
