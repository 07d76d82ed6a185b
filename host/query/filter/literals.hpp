// SPDX-License-Identifier: MIT
// Texts of a filter as the values that SQL compares.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "query/filter/syntax.hpp"
#include "query/reader.hpp"

namespace ubp {

/// 3, -2, 1e-3, .5, inf; true and false are 1 and 0. A whole number beyond 63 bits is a text, as seeds are in the
/// views. Nothing if it is none, or stands in quotes.
std::optional<Value> number_literal(const FilterOperand&);

/// true, false, 1 or 0.
std::optional<Value> flag_literal(const FilterOperand&);

/// 2026-11-20, 2026-11-20T10:00 (or a blank), 2026-11-20T10:00:05.5, a Z may follow; or before `now`: -90s, -30m, -2h,
/// -7d, -2w. As the views write times: "2026-11-20 10:00:00.000". Nothing if it is none.
std::optional<std::string> time_literal(const std::string& text, std::chrono::system_clock::time_point now);

}  // namespace ubp
