// SPDX-License-Identifier: MIT
// ubp compare --representation: what trials have learnt, beside each other.
#pragma once

#include "cli/options.hpp"

namespace ubp {

void declare_representation(Options&);

/// Returns the exit code. Throws Error as resemblance_of().
int compare_representations(const Options&);

}  // namespace ubp
