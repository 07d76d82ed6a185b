// SPDX-License-Identifier: MIT
// The leaderboard with what its seeds tell beyond means: how far each config is behind the best, and whether that is
// more than chance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/statistics/ranks.hpp"
#include "query/print.hpp"
#include "query/seeds.hpp"

namespace ubp {

/// leaderboard_listing with more columns, behind ci95_high: median and iqm (interquartile mean) over replicates;
/// difference, difference_low, difference_high (of the mean to the best's on common seeds, with its 95 % interval);
/// adjusted (p, as compare_seeds has it); verdict: best | not told apart | worse; noise: whether the difference is
/// within | beyond `noise_floor` (NaN: not known); p_best, how often a config has the best mean over draws of the
/// seeds; where baselines were judged (METRIC_gain), gain, gain_low, gain_high: over the best of them, with its 95 %
/// interval over seeds. Returns how many configs have results, of which `limit` are printed; 0: all.
std::int64_t print_board(Reader&, std::int64_t sweep_id, bool minimize, double noise_floor, std::int64_t limit,
                         RowSink&);

/// Configs that are equal but for their circumstances.
struct RankedConfigs {
  std::string params;                 ///< without those of circumstances, a JSON object
  std::vector<std::int64_t> configs;  ///< their numbers, by block
  std::vector<double> ranks;          ///< by block; 1: the best of it
  double mean_rank = 0;               ///< over blocks
  double mean = 0;                    ///< over blocks, of means over seeds
  bool worse = false;  ///< than the best: Friedman's p <= 0.05, mean ranks apart by the critical difference
};

struct BlockRanking {
  std::vector<std::string> blocks;    ///< the circumstances, JSON objects
  std::vector<RankedConfigs> ranked;  ///< by mean rank
  std::int64_t left_out = 0;          ///< configs without an equal in every block
  statistics::FriedmanTest friedman;
  double critical_difference = 0;
};

/// Which configs are good whatever the circumstances, by their ranks within each block (Demsar 2006). `circumstances`:
/// names of parameters, as SweepFacts::blocks.
BlockRanking rank_over_blocks(const std::vector<SeededResults>&, bool minimize,
                              const std::vector<std::string>& circumstances);

}  // namespace ubp
