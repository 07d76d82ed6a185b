// SPDX-License-Identifier: MIT
// The man page ubp(1), made from the verbs.
#pragma once

#include <string>

namespace ubp {

/// In roff, with the macros of man(7). The same for the same ubp: it carries no date.
std::string man_page();

}  // namespace ubp
