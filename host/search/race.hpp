// SPDX-License-Identifier: MIT
// Configs against each other over seeds: which of them need more replicates, and which are worse.
//
// Replicate k has the same seed in every config, so that all comparisons are of differences on common replicates. After
// each round every config that is still racing meets the leader in a paired t test, with two consequences that are not
// the same:
//
// - It is set aside if it would be so far behind by chance in fewer than `aside` of cases: it gets no more replicates.
//   This saves trials and claims nothing; nobody corrects it for the number of configs.
// - It is worse if that can be said of all configs and all rounds together: with probability of at least 1 - alpha, no
//   config of a race is called worse than one that it equals. p is adjusted for every pair of configs and for its
//   looks (Bonferroni; round n has the share n / sum of rounds of alpha), which holds whatever depends on what and
//   whenever a race ends, as long as the differences are normal.
//
// One rule for both would have to pay for the claim with seeds: tests/race shows the exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ubp::search {

/// By config, then replicate; to be minimised. Nothing: not known yet. Not finite: it failed.
using RaceResults = std::vector<std::vector<std::optional<double>>>;

struct RaceOptions {
  double alpha = 0.05;               ///< of any config being called worse than its equal
  double aside = 0.05;               ///< 0: none is set aside; only those that are worse stop
  std::int64_t min_replicates = 3;   ///< of every config, before anything is decided; at least 2
  std::int64_t max_replicates = 20;  ///< of any config; at least min_replicates
};

struct Standing {
  enum class State { racing, aside, worse };
  State state = State::racing;
  std::int64_t replicates = 0;  ///< that were looked at
  std::string why;              ///< not racing: a sentence with the round, the leader, the difference and p
};

struct RaceCell {
  std::size_t config = 0;
  std::int64_t replicate = 0;
  bool operator==(const RaceCell&) const = default;
};

struct RaceState {
  std::int64_t round = 0;           ///< replicates of those that are racing; 0: the first decision is still to come
  std::size_t leader = 0;           ///< fewest failures, then the smallest mean, then the smallest number
  std::vector<Standing> standings;  ///< by config
  std::vector<RaceCell> next;       ///< what is missing of the next round, by replicate, then config
  std::string decided;              ///< why the race is over, a sentence; "": it is not
};

/// A pure function of the results: they are looked at in whole rounds, each replicate after those before it, so that
/// neither the order in which results arrive nor results beyond a round change a decision. A config with more failures
/// than the leader is set aside. REQUIRES: at least one config; rows may be shorter than max_replicates. Threads: any.
RaceState race(const RaceResults&, const RaceOptions&);

}  // namespace ubp::search
