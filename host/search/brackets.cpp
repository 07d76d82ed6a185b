// SPDX-License-Identifier: MIT
#include "search/brackets.hpp"

#include <numeric>

namespace ubp::search {

std::vector<std::int64_t> bracket_shares(std::int64_t brackets, std::int64_t eta) {
  std::vector<std::int64_t> shares(static_cast<std::size_t>(brackets));
  std::int64_t power = 1;  // eta^s
  for (std::int64_t s = 0; s < brackets; ++s) {
    shares[static_cast<std::size_t>(brackets - 1 - s)] = (brackets * power + s) / (s + 1);
    if (s + 1 < brackets) power *= eta;
  }
  return shares;
}

std::size_t bracket_at(std::uint64_t ticket, const std::vector<std::int64_t>& shares) {
  std::uint64_t left = ticket % std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
  std::size_t bracket = 0;
  while (left >= static_cast<std::uint64_t>(shares[bracket])) left -= static_cast<std::uint64_t>(shares[bracket++]);
  return bracket;
}

}  // namespace ubp::search
