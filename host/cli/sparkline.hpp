// SPDX-License-Identifier: MIT
// Numbers in their order as one word.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ubp {

/// One of eight blocks for each value, the lowest for the least; of more than `most` values the means of as many equal
/// parts. What is not finite is a blank; "" of nothing.
std::string sparkline(const std::vector<double>& values, std::size_t most);

/// The text's first `columns` characters, "…" in the place of the last one where it is longer. REQUIRES: UTF-8.
std::string fitted(const std::string& text, std::size_t columns);

}  // namespace ubp
