// SPDX-License-Identifier: MIT
// How Hyperband deals trials out to its brackets (Li et al., JMLR 18, 2018, Algorithm 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ubp::search {

/// By bracket, how many of the trials of one round begin there: ceil(B eta^s / (s + 1)) with s = B - 1 - bracket, so
/// that all brackets take about the same number of steps. Bracket 0 begins with the shortest runs.
/// REQUIRES: brackets >= 1, eta >= 2, and the numbers are within 63 bits.
std::vector<std::int64_t> bracket_shares(std::int64_t brackets, std::int64_t eta);

/// The bracket in whose share `ticket` falls, counted round and round through all shares.
std::size_t bracket_at(std::uint64_t ticket, const std::vector<std::int64_t>& shares);

}  // namespace ubp::search
