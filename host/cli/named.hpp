// SPDX-License-Identifier: MIT
// A sweep as typed; if its name is shared, stderr says which one was taken.
#pragma once

#include "query/find.hpp"

namespace ubp {

std::int64_t named_sweep(Reader&, const std::string& text);

}  // namespace ubp
